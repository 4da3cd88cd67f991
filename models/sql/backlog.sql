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
    bool_or(a.paused_at IS NULL AND (a.reply_by < :now
      OR (a.acknowledged_at IS NULL AND a.acknowledge_by < :now)
      OR (a.contacted_at IS NULL AND a.replied_at IS NULL AND a.contact_by < :now))) AS is_late_net,
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
  SELECT o.*, coalesce(p.is_late_net, false) AS part_late_net, coalesce(p.is_late_gross, false) AS part_late_gross,
    p.reply_by, coalesce(p.is_paused, false) AS is_paused, coalesce(p.waits_for_ruling, false) AS waits_for_ruling
  FROM open AS o LEFT JOIN part AS p ON p.ticket_id = o.id
)
SELECT count(*) AS open,
  count(*) FILTER (WHERE least(promised_at, reply_by, stage_by) BETWEEN :now AND :now + interval '1 day') AS due_within_a_day,
  count(*) FILTER (WHERE (promised_at < :now AND NOT is_paused) OR part_late_net OR stage_by < :now) AS backlog_net,
  count(*) FILTER (WHERE first_promised_at < :now OR part_late_gross OR stage_by < :now) AS backlog_gross,
  count(*) FILTER (WHERE (first_promised_at < :now OR part_late_gross)
    AND NOT ((promised_at < :now AND NOT is_paused) OR part_late_net OR coalesce(stage_by < :now, false))) AS overdue_excused,
  count(*) FILTER (WHERE state = 'in_review' AND stage_by < :now) AS stuck_in_review,
  count(*) FILTER (WHERE state = 'follow_up' AND stage_by < :now) AS stuck_in_follow_up,
  count(*) FILTER (WHERE waits_for_ruling) AS stuck_in_send_back,
  count(*) FILTER (WHERE state IN ('registered', 'on_desk') AND stage_by < :now) AS on_desk_past_limit
FROM merged;

-- name: by_department(now, city_code)
-- Live parts of each department and how many are past a due time.
SELECT department, count(*) AS open,
  count(*) FILTER (WHERE paused_at IS NULL AND (reply_by < :now
    OR (acknowledged_at IS NULL AND acknowledge_by < :now)
    OR (contacted_at IS NULL AND replied_at IS NULL AND contact_by < :now))) AS backlog_net,
  count(*) FILTER (WHERE first_reply_by < :now
    OR (acknowledged_at IS NULL AND first_acknowledge_by < :now)
    OR (contacted_at IS NULL AND replied_at IS NULL AND first_contact_by < :now)) AS backlog_gross
FROM assignments
WHERE city_code = :city_code AND state NOT IN ('signed_off', 'accepted', 'sent_back', 'recalled')
GROUP BY department ORDER BY backlog_net DESC, open DESC, department;

-- name: states(city_code)
-- How many tickets stand in each state.
SELECT state::text AS state, count(*) AS n FROM tickets WHERE city_code = :city_code GROUP BY state;

-- name: ping_pong(city_code, send_backs, dispatches, n)
-- Tickets that the hotline was asked so often to take back, or that were dispatched while the lead changed hands: the buck-passing list.
SELECT id, send_back_count, dispatch_count, lead FROM tickets
WHERE city_code = :city_code AND (send_back_count >= :send_backs OR (dispatch_count >= :dispatches AND (
  SELECT count(DISTINCT a.department) FROM assignments AS a
  WHERE a.city_code = tickets.city_code AND a.ticket_id = tickets.id AND a.role = 'lead') > 1))
ORDER BY send_back_count DESC, dispatch_count DESC, id DESC LIMIT :n;

-- name: due_from(city_code, since, most)
-- Parts that are still to be answered and due from a time on, the nearest first; `total` says how many there are.
SELECT ticket_id, ordinal, department, reply_by, count(*) OVER () AS total FROM assignments
WHERE city_code = :city_code AND reply_by >= :since
  AND state NOT IN ('signed_off', 'accepted', 'sent_back', 'recalled')
ORDER BY reply_by, ticket_id, ordinal LIMIT :most;
