-- name: claim(city_code, now, before)$
-- Takes the making of the next forecast where the last one was begun before a time; null where another has it or it is too early.
INSERT INTO forecasts (city_code, claimed_at) VALUES (:city_code, :now)
ON CONFLICT (city_code) DO UPDATE SET claimed_at = EXCLUDED.claimed_at WHERE forecasts.claimed_at < :before
RETURNING claimed_at;

-- name: keep(city_code, made_at, body)!
-- Keeps a forecast as the one that is told.
INSERT INTO forecasts (city_code, claimed_at, made_at, body) VALUES (:city_code, :made_at, :made_at, :body::text::json)
ON CONFLICT (city_code) DO UPDATE SET made_at = EXCLUDED.made_at, body = EXCLUDED.body;

-- name: kept(city_code)$
-- The forecast that was made last.
SELECT body::text FROM forecasts WHERE city_code = :city_code;

-- name: last_day(city_code)$
-- The newest day that was counted.
SELECT max(day) FROM ticket_days WHERE city_code = :city_code;

-- name: lock_days(city_code)!
-- Whoever counts days waits for another that does.
SELECT pg_advisory_xact_lock(hashtext('ticket_days ' || :city_code));

-- name: forget_days(city_code, since)!
-- Drops the days that are to be counted again.
DELETE FROM ticket_days WHERE city_code = :city_code AND day >= :since;

-- name: count_days(city_code, low, since, since_at)!
-- Counts requests by day, category and district; `low` is the first id that can be meant, so that older months are not read.
-- A matter that was split off did not come in.
INSERT INTO ticket_days (city_code, day, category, district, tickets)
SELECT city_code, (registered_at AT TIME ZONE 'Asia/Shanghai')::date AS day, left(category, 4), coalesce(district, ''), count(*)
FROM tickets
WHERE city_code = :city_code AND id >= :low AND registered_at >= :since_at AND parent IS NULL
GROUP BY 1, 2, 3, 4
HAVING (registered_at AT TIME ZONE 'Asia/Shanghai')::date >= :since;

-- name: days(city_code, since)
-- The daily counts from a day on.
SELECT day, category, district, tickets FROM ticket_days WHERE city_code = :city_code AND day >= :since;

-- name: open_by_department(city_code)
-- Parts that each department has not closed.
SELECT department, count(*) AS open FROM assignments
WHERE city_code = :city_code AND state NOT IN ('signed_off', 'accepted', 'sent_back', 'recalled')
GROUP BY department;

-- name: flow(city_code, low, since)
-- Parts that came to each department in the four weeks from a time on, and those that it closed in each of these weeks.
SELECT department, count(*) FILTER (WHERE dispatched_at >= :since) AS dispatched, ARRAY[
  count(*) FILTER (WHERE signed_off_at >= :since AND signed_off_at < :since + interval '7 days'),
  count(*) FILTER (WHERE signed_off_at >= :since + interval '7 days' AND signed_off_at < :since + interval '14 days'),
  count(*) FILTER (WHERE signed_off_at >= :since + interval '14 days' AND signed_off_at < :since + interval '21 days'),
  count(*) FILTER (WHERE signed_off_at >= :since + interval '21 days' AND signed_off_at < :since + interval '28 days')
] AS closed
FROM assignments WHERE city_code = :city_code AND ticket_id >= :low
GROUP BY department;

-- name: count_past_parts(city_code, low, since, now)$
-- How many parts, dispatched since a time, have seen their date pass. A clock that stands still has no date.
SELECT count(*) FROM assignments
WHERE city_code = :city_code AND ticket_id >= :low AND dispatched_at >= :since AND reply_by < :now
  AND first_reply_by < :now AND paused_at IS NULL;

-- name: past_parts(city_code, low, since, now, every)
-- The parts of every so many-th ticket among these, whatever became of them: the newest alone would be the urgent ones, whose
-- dates pass first.
SELECT a.*, t.kind::text AS kind, t.urgency, (
    SELECT count(*) FROM assignments AS b WHERE b.city_code = a.city_code AND b.ticket_id = a.ticket_id
      AND b.state = 'sent_back' AND b.ended_at <= a.dispatched_at) AS turns
FROM assignments AS a JOIN tickets AS t ON t.city_code = a.city_code AND t.id = a.ticket_id
WHERE a.city_code = :city_code AND a.ticket_id >= :low AND a.ticket_id % :every::int = 0 AND a.dispatched_at >= :since
  AND a.reply_by < :now AND a.first_reply_by < :now AND a.paused_at IS NULL;

-- name: open_parts(city_code, now, until)
-- Open parts whose date comes before a time.
SELECT a.*, t.kind::text AS kind, t.urgency, (
    SELECT count(*) FROM assignments AS b WHERE b.city_code = a.city_code AND b.ticket_id = a.ticket_id
      AND b.state = 'sent_back' AND b.ended_at <= a.dispatched_at) AS turns
FROM assignments AS a JOIN tickets AS t ON t.city_code = a.city_code AND t.id = a.ticket_id
WHERE a.city_code = :city_code AND a.state NOT IN ('signed_off', 'accepted', 'sent_back', 'recalled')
  AND a.reply_by > :now AND a.reply_by <= :until AND a.paused_at IS NULL;

-- name: part_events(city_code, ids)
-- What moved the dates of tickets' parts, or was to move them, in order.
SELECT ticket_id, type, at, body FROM events
WHERE city_code = :city_code AND ticket_id = ANY (:ids::bigint[])
  AND type IN ('clock_moved', 'request_extension', 'send_back')
ORDER BY ticket_id, seq;

-- name: forget_risks(city_code)!
-- Drops every chance that was told.
DELETE FROM red_risks WHERE city_code = :city_code;

-- name: keep_risks(city_code, rows)!
-- Keeps the chances of open parts; rows come as a JSON array.
INSERT INTO red_risks
SELECT :city_code, r.ticket_id, r.ordinal, r.department, r.reply_by, r.rank, r.chance, r.low, r.high
FROM json_to_recordset(:rows::text::json) AS r (ticket_id bigint, ordinal smallint, department text, reply_by timestamptz,
  rank real, chance real, low real, high real);

-- name: reds(city_code, now, until, departments, before_rank, before_id, before_ordinal, page_size)
-- One page of parts that may turn red before a time, the likeliest first: of those that are still open and have the same date.
SELECT r.ticket_id, r.ordinal, r.department, r.reply_by, r.rank, r.chance, r.low, r.high, a.state::text AS state,
  t.category, t.urgency
FROM red_risks AS r
JOIN assignments AS a ON a.city_code = r.city_code AND a.ticket_id = r.ticket_id AND a.ordinal = r.ordinal
JOIN tickets AS t ON t.city_code = r.city_code AND t.id = r.ticket_id
WHERE r.city_code = :city_code AND r.reply_by > :now AND r.reply_by <= :until AND a.reply_by = r.reply_by
  AND a.state NOT IN ('signed_off', 'accepted', 'sent_back', 'recalled') AND a.paused_at IS NULL
  AND (:departments::text[] IS NULL OR r.department = ANY (:departments::text[]))
  AND (r.rank, r.ticket_id, r.ordinal) < (:before_rank, :before_id, :before_ordinal)
ORDER BY r.rank DESC, r.ticket_id DESC, r.ordinal DESC LIMIT :page_size;
