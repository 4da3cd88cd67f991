-- name: open(rows)!
-- Who is to be asked now. Whoever was asked in this round already, before a merger was undone, is not asked again.
INSERT INTO follow_up_asks SELECT * FROM json_populate_recordset(NULL::follow_up_asks, :rows::text::json)
ON CONFLICT (city_code, ticket_id, round) DO NOTHING;

-- name: current(city_code, ticket_id)^
-- The ask of a ticket that waits for an answer, locked.
SELECT * FROM follow_up_asks WHERE city_code = :city_code AND ticket_id = :ticket_id AND ended_at IS NULL
ORDER BY round DESC LIMIT 1 FOR UPDATE;

-- name: of_call(city_code, call)^
-- The ask that an automatic call was ordered for.
SELECT * FROM follow_up_asks WHERE city_code = :city_code AND call = :call;

-- name: tried(at, city_code, ticket_id, round)!
-- A merged caller was tried in vain; what is about a ticket of its own stands in follow_ups.
UPDATE follow_up_asks SET tries = tries || :at::timestamptz
WHERE city_code = :city_code AND ticket_id = :ticket_id AND round = :round;

-- name: climb(rung, call, city_code, ticket_id, round)!
-- An ask comes to another rung, or a call is ordered for it.
UPDATE follow_up_asks SET rung = :rung, call = :call
WHERE city_code = :city_code AND ticket_id = :ticket_id AND round = :round;

-- name: answered(ended_at, outcome, way, solved, satisfied, city_code, ticket_id)!
-- The open ask of a ticket ends.
UPDATE follow_up_asks SET ended_at = :ended_at, outcome = :outcome, way = :way, solved = :solved, satisfied = :satisfied
WHERE city_code = :city_code AND ticket_id = :ticket_id AND ended_at IS NULL;

-- name: overtaken(at, city_code, common)!
-- The matter is taken up again: nobody is asked any more how it ended.
UPDATE follow_up_asks SET ended_at = :at, outcome = 'overtaken'
WHERE city_code = :city_code AND common = :common AND ended_at IS NULL;

-- name: page(city_code, rung, after_at, after_id, page_size)
-- One page of who waits to be asked, the longest waiting first; on one rung, or on all. What it is about is the common ticket.
SELECT a.*, t.kind, t.urgency, t.category, t.lead, ARRAY(
    SELECT f.at FROM follow_ups AS f
    WHERE f.city_code = a.city_code AND f.ticket_id = a.ticket_id AND f.round = a.round ORDER BY f.attempt) || a.tries AS tried
FROM follow_up_asks AS a
JOIN tickets AS t ON t.city_code = a.city_code AND t.id = a.common
WHERE a.city_code = :city_code AND a.ended_at IS NULL AND (:rung::text IS NULL OR a.rung = :rung)
  AND (a.opened_at, a.ticket_id) > (:after_at, :after_id)
ORDER BY a.opened_at, a.ticket_id LIMIT :page_size;

-- name: waiting(city_code, ticket_id)^
-- The same of one caller.
SELECT a.*, t.kind, t.urgency, t.category, t.lead, ARRAY(
    SELECT f.at FROM follow_ups AS f
    WHERE f.city_code = a.city_code AND f.ticket_id = a.ticket_id AND f.round = a.round ORDER BY f.attempt) || a.tries AS tried
FROM follow_up_asks AS a
JOIN tickets AS t ON t.city_code = a.city_code AND t.id = a.common
WHERE a.city_code = :city_code AND a.ended_at IS NULL AND a.ticket_id = :ticket_id ORDER BY a.round DESC LIMIT 1;

-- name: figures(city_code, since, until)^
-- Of the asks opened in a span: how many came to an end, and on which rung; how often people tried.
SELECT count(*) AS opened, count(ended_at) AS ended, count(*) FILTER (WHERE ended_at IS NULL) AS open,
  count(*) FILTER (WHERE outcome = 'answered') AS answered, count(*) FILTER (WHERE outcome = 'silent') AS silent,
  count(*) FILTER (WHERE outcome = 'overtaken') AS overtaken,
  count(*) FILTER (WHERE ended_at IS NOT NULL AND rung = 'sms') AS ended_on_sms,
  count(*) FILTER (WHERE ended_at IS NOT NULL AND rung = 'auto_call') AS ended_on_auto_call,
  count(*) FILTER (WHERE ended_at IS NOT NULL AND rung = 'person') AS ended_on_person,
  count(*) FILTER (WHERE solved) AS solved, count(*) FILTER (WHERE satisfied) AS satisfied,
  count(*) FILTER (WHERE rung = 'person' AND ended_at IS NULL) AS waiting_for_person,
  coalesce(sum(cardinality(tries) + CASE WHEN common <> ticket_id AND way = 'phone' THEN 1 ELSE 0 END + (
    SELECT count(*) FROM follow_ups AS f WHERE f.city_code = a.city_code AND f.ticket_id = a.ticket_id
      AND f.round = a.round AND f.way IN ('phone', 'visit'))) FILTER (WHERE ended_at IS NOT NULL AND rung = 'person'), 0)::bigint
    AS calls_of_people,
  min(opened_at) AS first_at
FROM follow_up_asks AS a WHERE a.city_code = :city_code AND a.opened_at >= :since AND a.opened_at < :until;

-- name: staff(city_code)$
-- How many accounts the follow-up desk has.
SELECT count(*) FROM users WHERE city_code = :city_code AND role = 'follow_up';
