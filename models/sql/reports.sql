-- name: ask(city_code, kind, first, last, format, by, at)$
-- Somebody asks for a report; returns its id.
INSERT INTO reports (city_code, kind, first_day, last_day, format, state, asked_by, is_by_program, asked_at)
VALUES (:city_code, :kind, :first, :last, :format, 'waiting', :by, false, :at) RETURNING id;

-- name: ask_by_program(city_code, kind, first, last, format, by, at)!
-- The program asks for the report of a time that is over, once, where anything was counted in it.
INSERT INTO reports (city_code, kind, first_day, last_day, format, state, asked_by, is_by_program, asked_at)
SELECT :city_code, :kind, :first::date, :last::date, :format, 'waiting', :by, true, :at
WHERE EXISTS (SELECT 1 FROM indicator_days AS d
  WHERE d.city_code = :city_code AND d.axis = 'all' AND d.day >= :first::date AND d.day <= :last::date)
ON CONFLICT (city_code, kind, first_day, format) WHERE is_by_program DO NOTHING;

-- name: claim(city_code, now, until, most)^
-- Takes the oldest report that waits and that nobody is making; one that was begun and never ended is taken again.
UPDATE reports SET claimed_until = :until, attempts = attempts + 1
WHERE city_code = :city_code AND id = (
  SELECT r.id FROM reports AS r
  WHERE r.city_code = :city_code AND r.state = 'waiting' AND r.attempts < :most AND (r.claimed_until IS NULL OR r.claimed_until < :now)
  ORDER BY r.id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, kind, first_day, last_day, format, attempts;

-- name: progress(progress, until, city_code, id)!
-- How far it is, in percent; whoever makes it has it for longer.
UPDATE reports SET progress = :progress, claimed_until = :until WHERE city_code = :city_code AND id = :id AND state = 'waiting';

-- name: keep(content, size, at, city_code, id)!
-- The report is made.
UPDATE reports SET state = 'made', progress = 100, content = :content, size = :size, made_at = :at, claimed_until = NULL, error = NULL
WHERE city_code = :city_code AND id = :id;

-- name: fail(error, most, retry_at, city_code, id)!
-- It could not be made; after so many attempts it is not tried again.
UPDATE reports SET error = :error, claimed_until = :retry_at, state = CASE WHEN attempts >= :most THEN 'failed' ELSE state END
WHERE city_code = :city_code AND id = :id;

-- name: give_up(now, most, error, city_code)!
-- What was begun so often and never ended is not begun again.
UPDATE reports SET state = 'failed', error = coalesce(error, :error)
WHERE city_code = :city_code AND state = 'waiting' AND attempts >= :most AND claimed_until < :now;

-- name: find(city_code, id)^
-- One report without its file.
SELECT id, kind, first_day, last_day, format, state, progress, asked_by, asked_at, made_at, size, error
FROM reports WHERE city_code = :city_code AND id = :id;

-- name: content(city_code, id)^
-- The file of a report.
SELECT id, kind, first_day, last_day, format, content FROM reports
WHERE city_code = :city_code AND id = :id AND content IS NOT NULL;

-- name: page(city_code, kind, before, page_size)
-- One page, the newest first, of one kind or of all.
SELECT id, kind, first_day, last_day, format, state, progress, asked_by, asked_at, made_at, size, error
FROM reports WHERE city_code = :city_code AND id < :before AND (:kind::text IS NULL OR kind = :kind)
ORDER BY id DESC LIMIT :page_size;

-- name: overdue(city_code, now, n)
-- The parts whose reply is overdue, the longest first, with the reason that their state tells.
SELECT a.ticket_id, a.department, a.reply_by, t.category, t.urgency, CASE
    WHEN a.state = 'send_back_requested' THEN 'send_back_undecided'
    WHEN a.state = 'replied' THEN 'not_signed_off'
    WHEN a.state = 'dispatched' THEN 'not_acknowledged'
    WHEN a.state = 'deferred' THEN 'deferred_too_long'
    WHEN a.extension_count > 0 THEN 'extended_and_late'
    WHEN a.contacted_at IS NULL THEN 'not_contacted'
    ELSE 'in_progress' END AS reason, count(*) OVER () AS total
FROM assignments AS a JOIN tickets AS t ON t.city_code = a.city_code AND t.id = a.ticket_id
WHERE a.city_code = :city_code AND a.state NOT IN ('signed_off', 'accepted', 'sent_back', 'recalled') AND a.paused_at IS NULL
  AND a.reply_by < :now
ORDER BY a.reply_by, a.ticket_id, a.ordinal LIMIT :n;

-- name: incidents(city_code, since, until)
-- Incidents that were opened in a time or were still open in it, with how many callers are attached.
SELECT i.lead, i.title, i.opened_at, i.closed_at, i.reports, (SELECT count(*) FROM tickets AS t
  WHERE t.city_code = i.city_code AND t.merged_into = i.lead AND t.state = 'merged') AS attached
FROM incidents AS i
WHERE i.city_code = :city_code AND i.opened_at < :until AND (i.closed_at IS NULL OR i.closed_at >= :since)
ORDER BY i.opened_at LIMIT 50;
