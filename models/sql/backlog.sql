-- name: figures(city_code, now)^
-- Zero backlog in one query. gross counts the dates as they were first set, net as approved extensions, deferrals and
-- pauses have moved them; supervision excuses nothing. A paused clock is not late in the net figure.
-- A reply keeps the date only once it is signed off; whom nobody called is answered all the same.
WITH open AS (
  SELECT t.id, t.state, t.promised_at, t.first_promised_at, t.stage_by
  FROM tickets AS t
  WHERE t.city_code = :city_code AND t.state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up')
), part AS (
  SELECT a.ticket_id,
    min(part_due(a.acknowledged_at, a.acknowledge_by, a.contacted_at, a.replied_at, a.contact_by, a.reply_by))
      FILTER (WHERE a.paused_at IS NULL) AS due_by,
    bool_or(a.first_reply_by < :now
      OR (a.acknowledged_at IS NULL AND a.first_acknowledge_by < :now)
      OR (a.contacted_at IS NULL AND a.replied_at IS NULL AND a.first_contact_by < :now)) AS is_late_gross,
    min(a.reply_by) AS reply_by,
    bool_or(a.role = 'lead' AND a.paused_at IS NOT NULL) AS is_paused,
    bool_or(a.state = 'send_back_requested' AND a.decide_by < :now) AS waits_for_ruling
  FROM assignments AS a
  WHERE a.city_code = :city_code AND a.state NOT IN ('signed_off', 'accepted', 'sent_back', 'recalled')
  GROUP BY a.ticket_id
), merged AS (
  SELECT o.*, ticket_due(o.promised_at, p.is_paused, o.stage_by, p.due_by) AS due_by, coalesce(p.is_late_gross, false) AS part_late_gross,
    p.reply_by, coalesce(p.waits_for_ruling, false) AS waits_for_ruling
  FROM open AS o LEFT JOIN part AS p ON p.ticket_id = o.id
)
SELECT count(*) AS open,
  count(*) FILTER (WHERE least(promised_at, reply_by, stage_by) BETWEEN :now AND :now + interval '1 day') AS due_within_a_day,
  count(*) FILTER (WHERE due_by < :now) AS backlog_net,
  count(*) FILTER (WHERE first_promised_at < :now OR part_late_gross OR stage_by < :now) AS backlog_gross,
  count(*) FILTER (WHERE (first_promised_at < :now OR part_late_gross)
    AND NOT coalesce(due_by < :now, false)) AS overdue_excused,
  count(*) FILTER (WHERE state = 'in_review' AND stage_by < :now) AS stuck_in_review,
  count(*) FILTER (WHERE state = 'follow_up' AND stage_by < :now) AS stuck_in_follow_up,
  count(*) FILTER (WHERE waits_for_ruling) AS stuck_in_send_back,
  count(*) FILTER (WHERE state IN ('registered', 'on_desk') AND stage_by < :now) AS on_desk_past_limit
FROM merged;

-- name: by_department(now, city_code)
-- Live parts of each department, how many are past a due time, and how many of the others have one within a day.
SELECT department, count(*) AS open,
  count(*) FILTER (WHERE paused_at IS NULL AND part_due(acknowledged_at, acknowledge_by, contacted_at, replied_at, contact_by, reply_by)
    BETWEEN :now AND :now + interval '1 day') AS due_within_a_day,
  count(*) FILTER (WHERE paused_at IS NULL
    AND part_due(acknowledged_at, acknowledge_by, contacted_at, replied_at, contact_by, reply_by) < :now) AS backlog_net,
  count(*) FILTER (WHERE first_reply_by < :now
    OR (acknowledged_at IS NULL AND first_acknowledge_by < :now)
    OR (contacted_at IS NULL AND replied_at IS NULL AND first_contact_by < :now)) AS backlog_gross
FROM assignments
WHERE city_code = :city_code AND state NOT IN ('signed_off', 'accepted', 'sent_back', 'recalled')
GROUP BY department ORDER BY backlog_net DESC, open DESC, department;

-- name: states(city_code)
-- How many open tickets stand in each state; those that have ended are all the past, and nobody counts that every ten seconds.
SELECT state::text AS state, count(*) AS n FROM tickets
WHERE city_code = :city_code AND state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up') GROUP BY state;

-- name: ping_pong(city_code, send_backs, dispatches, n)
-- Open tickets that the hotline, or a unit that had delegated them, was asked so often to take back, or that were dispatched
-- while the lead changed hands: the buck-passing list.
WITH below AS (
  SELECT ticket_id, sum(send_back_count)::int AS n FROM assignments
  WHERE city_code = :city_code AND role = 'delegated' AND send_back_count > 0 GROUP BY ticket_id
)
SELECT t.id, t.state, t.category, t.urgency, t.send_back_count, coalesce(b.n, 0) AS delegated_send_back_count,
  t.dispatch_count, t.lead, t.promised_at, t.is_disputed, t.supervision_level
FROM tickets AS t LEFT JOIN below AS b ON b.ticket_id = t.id
WHERE t.city_code = :city_code AND t.state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up')
  AND (t.send_back_count + coalesce(b.n, 0) >= :send_backs OR (t.dispatch_count >= :dispatches AND (
  SELECT count(DISTINCT a.department) FROM assignments AS a
  WHERE a.city_code = t.city_code AND a.ticket_id = t.id AND a.role = 'lead') > 1))
ORDER BY t.send_back_count + coalesce(b.n, 0) DESC, t.dispatch_count DESC, t.id DESC LIMIT :n;

-- name: is_due_after(city_code, at)$
-- Whether anything open is promised, or a part due, later than a time.
SELECT EXISTS (
  SELECT FROM tickets WHERE city_code = :city_code AND promised_at > :at
    AND state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up')
) OR EXISTS (
  SELECT FROM assignments WHERE city_code = :city_code AND reply_by > :at
    AND state NOT IN ('signed_off', 'accepted', 'sent_back', 'recalled')
);

-- name: due_from(city_code, since, most)
-- Parts that are still to be answered and due from a time on, the nearest first; `total` says how many there are.
SELECT ticket_id, ordinal, department, reply_by, count(*) OVER () AS total FROM assignments
WHERE city_code = :city_code AND reply_by >= :since
  AND state NOT IN ('signed_off', 'accepted', 'sent_back', 'recalled')
ORDER BY reply_by, ticket_id, ordinal LIMIT :most;

-- name: overdue(city_code, now, department, is_excused, after_at, after_id, page_size)
-- What the gross figure counts, ticket by ticket, the longest overdue first: which dates were passed as they were first set
-- (late_since is the earliest of them), which are as they stand now, and what has moved them. Of one department: its parts alone.
WITH part AS (
  SELECT a.ticket_id,
    min(least(a.first_reply_by, CASE WHEN a.acknowledged_at IS NULL THEN a.first_acknowledge_by END,
      CASE WHEN a.contacted_at IS NULL AND a.replied_at IS NULL THEN a.first_contact_by END)) AS first_by,
    bool_or(a.paused_at IS NULL AND a.reply_by < :now) AS is_reply_late,
    bool_or(a.paused_at IS NULL AND a.acknowledged_at IS NULL AND a.acknowledge_by < :now) AS is_acknowledge_late,
    bool_or(a.paused_at IS NULL AND a.contacted_at IS NULL AND a.replied_at IS NULL AND a.contact_by < :now) AS is_contact_late,
    bool_or(a.role = 'lead' AND a.paused_at IS NOT NULL) AS is_lead_paused,
    bool_or(a.paused_at IS NOT NULL) AS is_paused,
    bool_or(a.state = 'deferred') AS is_deferred,
    bool_or(a.extension_count > 0) AS is_extended,
    bool_or(a.reply_by > a.first_reply_by) AS is_moved,
    min(a.reply_by) AS part_reply_by
  FROM assignments AS a
  WHERE a.city_code = :city_code AND a.state NOT IN ('signed_off', 'accepted', 'sent_back', 'recalled')
    AND (:department::text IS NULL OR a.department = :department)
  GROUP BY a.ticket_id
), counted AS (
  SELECT t.id, t.state, t.category, t.urgency, t.lead, t.district, t.promised_at, t.supervision_level, t.urge_count, p.part_reply_by,
    least(p.first_by, CASE WHEN :department::text IS NULL THEN least(t.first_promised_at, t.stage_by) END) AS late_since,
    :department::text IS NULL AND t.promised_at < :now AND NOT coalesce(p.is_lead_paused, false) AS is_promise_late,
    :department::text IS NULL AND coalesce(t.stage_by < :now, false) AS is_stage_late,
    coalesce(p.is_reply_late, false) AS is_reply_late, coalesce(p.is_acknowledge_late, false) AS is_acknowledge_late,
    coalesce(p.is_contact_late, false) AS is_contact_late, coalesce(p.is_paused, false) AS is_paused,
    coalesce(p.is_deferred, false) AS is_deferred, coalesce(p.is_extended, false) AS is_extended,
    coalesce(p.is_moved, false) OR t.promised_at > t.first_promised_at AS is_moved
  FROM tickets AS t LEFT JOIN part AS p ON p.ticket_id = t.id
  WHERE t.city_code = :city_code AND t.state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up')
    AND (:department::text IS NULL OR p.ticket_id IS NOT NULL)
), judged AS (
  SELECT c.*, NOT (is_promise_late OR is_stage_late OR is_reply_late OR is_acknowledge_late OR is_contact_late) AS is_excused
  FROM counted AS c WHERE c.late_since < :now
)
SELECT * FROM judged
WHERE (:is_excused::bool IS NULL OR is_excused = :is_excused) AND (late_since, id) > (:after_at, :after_id)
ORDER BY late_since, id LIMIT :page_size;

-- name: by_district(city_code, now)
-- The open tickets of each district and the net figure of each: they add up to those of the city, with what has no known place.
SELECT district, count(*) AS open, count(*) FILTER (WHERE due_by < :now) AS backlog_net
FROM open_due WHERE city_code = :city_code
GROUP BY district ORDER BY open DESC, district;

-- name: newest(city_code, since, n)
-- The newest requests as a wall may show them to whoever passes: points rounded to some hundred metres, no tip-off nor what
-- accuses somebody, and words only where the caller did not ask for confidence and no flag says that they are delicate.
SELECT t.id, t.category, t.urgency, t.kind::text AS kind, t.district, t.registered_at,
  round(t.lat::numeric, 3)::float AS lat, round(t.lon::numeric, 3)::float AS lon,
  CASE WHEN t.disclosure = 'open' AND cardinality(t.flags) = 0 THEN x.masked_text END AS text
FROM (SELECT * FROM tickets WHERE city_code = :city_code ORDER BY id DESC LIMIT :n) AS t
JOIN ticket_texts AS x ON x.city_code = t.city_code AND x.id = t.id
WHERE t.registered_at >= :since AND t.kind <> 'tip_off' AND t.accused IS NULL
ORDER BY t.id DESC;

-- name: hours(city_code, since, until)
-- How many requests came in each hour of a day that begins at `since`; a matter that was split off did not come in.
SELECT floor(extract(epoch FROM e.at - :since::timestamptz) / 3600)::int AS hour, count(*) AS requests
FROM events AS e JOIN tickets AS t ON t.city_code = e.city_code AND t.id = e.ticket_id
WHERE e.city_code = :city_code AND e.at >= :since AND e.at < :until AND e.type = 'register' AND t.parent IS NULL
GROUP BY 1 ORDER BY 1;

-- name: usual_hours(city_code, since, until)
-- Which share of what comes in a day came in each hour of it, over the days between two midnights that were counted.
SELECT extract(hour FROM at AT TIME ZONE 'Asia/Shanghai')::int AS hour, sum(n)::float / nullif(sum(sum(n)) OVER (), 0) AS share
FROM arrivals WHERE city_code = :city_code AND at >= :since AND at < :until
GROUP BY 1 ORDER BY 1;
