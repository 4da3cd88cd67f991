-- name: calls(city_code, since, until)
-- Every call, chat and letter of the time, counted again and again by what is known of it.
SELECT CASE WHEN grouping(channel) = 0 THEN 'calls_by_channel' WHEN grouping(line) = 0 THEN 'calls_by_line'
    WHEN grouping(handling_line) = 0 THEN 'calls_by_handling_line' WHEN grouping(seat_group) = 0 THEN 'calls_by_seat_group' ELSE 'calls' END AS account,
  CASE WHEN grouping(channel) = 0 THEN channel::text WHEN grouping(line) = 0 THEN coalesce(line, '-')
    WHEN grouping(handling_line) = 0 THEN coalesce(handling_line, '-') WHEN grouping(seat_group) = 0 THEN seat_group ELSE '' END AS part, count(*) AS n
FROM interactions WHERE city_code = :city_code AND offered_at >= :since AND offered_at < :until
GROUP BY GROUPING SETS ((), (channel), (line), (handling_line), (seat_group));

-- name: calls_by_end(city_code, since, until)
-- The same by how they ended. Each case is written out whole: what fits none of them breaks the sum.
SELECT 'calls_by_end' AS account, v.part, v.n FROM (
  SELECT
    count(*) FILTER (WHERE answered_at IS NOT NULL AND ended_at IS NOT NULL AND outcome IS DISTINCT FROM 'abandoned') AS answered,
    count(*) FILTER (WHERE answered_at IS NOT NULL AND ended_at IS NULL AND outcome IS NULL) AS talking,
    count(*) FILTER (WHERE answered_at IS NULL AND ended_at IS NOT NULL AND outcome = 'abandoned') AS abandoned,
    count(*) FILTER (WHERE answered_at IS NULL AND ended_at IS NOT NULL AND outcome IS DISTINCT FROM 'abandoned') AS untouched,
    count(*) FILTER (WHERE answered_at IS NULL AND ended_at IS NULL AND outcome IS NULL) AS ringing
  FROM interactions WHERE city_code = :city_code AND offered_at >= :since AND offered_at < :until
) AS c CROSS JOIN LATERAL (VALUES ('answered', c.answered), ('talking', c.talking),
  ('abandoned', c.abandoned), ('untouched', c.untouched), ('ringing', c.ringing)) AS v (part, n);

-- name: calls_by_outcome(city_code, since, until)
-- What ended, by the outcome that was stated; what ended as a new ticket, and whether it has one.
SELECT 'calls_by_outcome' AS account, CASE WHEN grouping(outcome) = 1 THEN '' ELSE coalesce(outcome, 'unstated') END AS part,
  count(*) AS n
FROM interactions WHERE city_code = :city_code AND offered_at >= :since AND offered_at < :until AND ended_at IS NOT NULL
GROUP BY GROUPING SETS ((), (outcome))
UNION ALL
SELECT 'calls_with_ticket', v.part, v.n FROM (
  SELECT count(*) AS whole, count(*) FILTER (WHERE EXISTS (
    SELECT 1 FROM tickets AS t WHERE t.city_code = i.city_code AND t.interaction = i.id)) AS ticket
  FROM interactions AS i
  WHERE i.city_code = :city_code AND i.offered_at >= :since AND i.offered_at < :until AND i.outcome = 'new_ticket'
) AS c CROSS JOIN LATERAL (VALUES ('', c.whole), ('ticket', c.ticket)) AS v (part, n);

-- name: passed_on(city_code, since, until)
-- Calls whose handling line is where the last transfer led, or the dialled one; callers that were referred, and by which script.
SELECT 'calls_passed_on' AS account, v.part, v.n FROM (
  SELECT count(*) AS whole, count(*) FILTER (WHERE i.handling_line IS NOT DISTINCT FROM i.line AND t.to_line IS NULL) AS stayed,
    count(*) FILTER (WHERE i.handling_line = t.to_line) AS transferred
  FROM interactions AS i LEFT JOIN LATERAL (
    SELECT to_line FROM line_transfers AS t WHERE t.city_code = i.city_code AND t.interaction = i.id
    ORDER BY seq DESC LIMIT 1) AS t ON true
  WHERE i.city_code = :city_code AND i.offered_at >= :since AND i.offered_at < :until
) AS c CROSS JOIN LATERAL (VALUES ('', c.whole), ('stayed', c.stayed), ('transferred', c.transferred)) AS v (part, n)
UNION ALL
SELECT 'calls_referred', v.part, v.n FROM (
  SELECT count(*) AS whole, count(r.line) AS script FROM interactions AS i
  LEFT JOIN referrals AS r ON r.city_code = i.city_code AND r.interaction = i.id
  WHERE i.city_code = :city_code AND i.offered_at >= :since AND i.offered_at < :until AND i.outcome = 'referred'
) AS c CROSS JOIN LATERAL (VALUES ('', c.whole), ('script', c.script)) AS v (part, n);

-- name: registered(city_code, since, until, low, high)
-- How many tickets the trail says were registered in the time; what was split off later counts with the whole that it came in.
SELECT 'tickets' AS account, '' AS part, count(*) AS n FROM events AS e
LEFT JOIN tickets AS t ON t.city_code = e.city_code AND t.id = e.ticket_id AND t.id >= :low AND t.id < :high
LEFT JOIN tickets AS whole ON whole.city_code = t.city_code AND whole.id = t.parent
WHERE e.city_code = :city_code AND e.ticket_id >= :low AND e.ticket_id < :high
  AND e.seq = 1 AND e.type = 'register'
  AND coalesce(whole.registered_at, e.at) >= :since AND coalesce(whole.registered_at, e.at) < :until;

-- name: tickets(city_code, since, until, low, high)
-- The tickets themselves by where they stand now and by what they are; '-' is nothing known.
SELECT CASE WHEN grouping(state) = 0 THEN 'tickets_by_state' WHEN grouping(channel) = 0 THEN 'tickets_by_channel'
    WHEN grouping(line) = 0 THEN 'tickets_by_line' WHEN grouping(kind) = 0 THEN 'tickets_by_kind'
    WHEN grouping(district) = 0 THEN 'tickets_by_district' ELSE 'tickets_by_lead' END AS account,
  CASE WHEN grouping(state) = 0 THEN state::text WHEN grouping(channel) = 0 THEN channel::text
    WHEN grouping(line) = 0 THEN coalesce(line, '-') WHEN grouping(kind) = 0 THEN kind::text
    WHEN grouping(district) = 0 THEN coalesce(district, '-') ELSE coalesce(lead, '-') END AS part, count(*) AS n
FROM tickets WHERE city_code = :city_code AND id >= :low AND id < :high
  AND registered_at >= :since AND registered_at < :until AND imported_from IS NULL
GROUP BY GROUPING SETS ((state), (channel), (line), (kind), (district), (lead));

-- name: trails(city_code, since, until, low, high)
-- Everything on the trails of those tickets: the lengths that the tickets know, what is there, and the clocks started.
WITH day AS (
  SELECT id, event_count FROM tickets WHERE city_code = :city_code AND id >= :low AND id < :high
    AND registered_at >= :since AND registered_at < :until AND imported_from IS NULL
), told AS (
  SELECT e.type, count(*) AS n FROM events AS e JOIN day ON day.id = e.ticket_id
  WHERE e.city_code = :city_code AND e.ticket_id >= :low AND e.ticket_id < :high GROUP BY e.type
)
SELECT 'events_by_type' AS account, '' AS part, coalesce(sum(event_count), 0)::bigint AS n FROM day
UNION ALL SELECT 'events_by_type', type, n FROM told
UNION ALL SELECT 'parts', '', coalesce(sum(n), 0)::bigint FROM told WHERE type = 'clock_started'
UNION ALL SELECT 'follow_ups_by_answer', '', coalesce(sum(n), 0)::bigint FROM told WHERE type = 'follow_up'
UNION ALL SELECT 'supervisions_by_action', '', coalesce(sum(n), 0)::bigint FROM told
  WHERE type IN ('remind', 'supervise', 'escalate');

-- name: parts(city_code, since, until, low, high)
-- Departments' parts of those tickets by where they stand, whose they are, and in what role.
SELECT CASE WHEN grouping(a.state) = 0 THEN 'parts_by_state' WHEN grouping(a.department) = 0 THEN 'parts_by_department'
    ELSE 'parts_by_role' END AS account,
  CASE WHEN grouping(a.state) = 0 THEN a.state::text WHEN grouping(a.department) = 0 THEN a.department
    ELSE a.role::text END AS part, count(*) AS n
FROM assignments AS a JOIN tickets AS t ON t.city_code = a.city_code AND t.id = a.ticket_id
WHERE a.city_code = :city_code AND a.ticket_id >= :low AND a.ticket_id < :high AND t.id >= :low AND t.id < :high
  AND t.registered_at >= :since AND t.registered_at < :until AND t.imported_from IS NULL
GROUP BY GROUPING SETS ((a.state), (a.department), (a.role));

-- name: beside(city_code, since, until, low, high)
-- What was recorded beside the trail: follow-ups by answer, supervision by action.
SELECT 'follow_ups_by_answer' AS account, CASE WHEN NOT f.reached THEN 'not_reached'
    WHEN f.solved AND f.satisfied THEN 'satisfied' WHEN f.solved THEN 'unsatisfied' ELSE 'unsolved' END AS part, count(*) AS n
FROM follow_ups AS f JOIN tickets AS t ON t.city_code = f.city_code AND t.id = f.ticket_id
WHERE f.city_code = :city_code AND t.id >= :low AND t.id < :high AND t.registered_at >= :since AND t.registered_at < :until
  AND t.imported_from IS NULL
GROUP BY 2
UNION ALL
SELECT 'supervisions_by_action', s.action, count(*)
FROM supervisions AS s JOIN tickets AS t ON t.city_code = s.city_code AND t.id = s.ticket_id
WHERE s.city_code = :city_code AND t.id >= :low AND t.id < :high AND t.registered_at >= :since AND t.registered_at < :until
  AND t.imported_from IS NULL
GROUP BY 2;

-- name: merged(city_code, since, until, low, high)
-- Every merged ticket lies, at some height, under one that was not merged away and is not void.
WITH RECURSIVE up AS (
  SELECT t.id, t.merged_into FROM tickets AS t
  WHERE t.city_code = :city_code AND t.id >= :low AND t.id < :high AND t.registered_at >= :since
    AND t.registered_at < :until AND t.state = 'merged' AND t.imported_from IS NULL
  UNION
  SELECT up.id, p.merged_into FROM up JOIN tickets AS p ON p.city_code = :city_code AND p.id = up.merged_into
  WHERE p.state = 'merged'
)
SELECT 'merged' AS account, '' AS part, count(DISTINCT id) AS n FROM up
UNION ALL
SELECT 'merged', 'under_a_ticket', count(*) FROM up JOIN tickets AS p ON p.city_code = :city_code AND p.id = up.merged_into
WHERE p.state NOT IN ('merged', 'void');

-- name: deliveries(city_code, since, until)
-- Webhooks written in the time: what was delivered has a date, the others wait or are dead.
SELECT 'deliveries' AS account, v.part, v.n FROM (
  SELECT count(*) AS whole, count(*) FILTER (WHERE state = 'delivered' AND delivered_at IS NOT NULL) AS delivered,
    count(*) FILTER (WHERE state = 'waiting' AND delivered_at IS NULL) AS waiting,
    count(*) FILTER (WHERE state = 'dead' AND delivered_at IS NULL) AS dead
  FROM deliveries WHERE city_code = :city_code AND created_at >= :since AND created_at < :until
) AS c CROSS JOIN LATERAL (VALUES ('', c.whole), ('delivered', c.delivered), ('waiting', c.waiting), ('dead', c.dead))
  AS v (part, n);

-- name: handoffs(city_code, since, until)
-- Emergencies handed to 110, 119, 120 …: confirmed, or nobody has yet.
SELECT 'handoffs' AS account, v.part, v.n FROM (
  SELECT count(*) AS whole, count(*) FILTER (WHERE confirmed_at >= opened_at) AS confirmed,
    count(*) FILTER (WHERE confirmed_at IS NULL) AS open
  FROM handoffs WHERE city_code = :city_code AND opened_at >= :since AND opened_at < :until
) AS c CROSS JOIN LATERAL (VALUES ('', c.whole), ('confirmed', c.confirmed), ('open', c.open)) AS v (part, n);

-- name: police(city_code, since, until, low, high)
-- What came from 110 and where it stands; clues pushed to it, which the trail tells too, and what became of them; when handoffs
-- reached the other side.
SELECT 'police_orders' AS account, v.part, v.n FROM (
  SELECT count(*) AS whole, count(*) FILTER (WHERE t.state IN ('on_desk', 'assigned', 'in_review', 'follow_up')) AS being_handled,
    count(*) FILTER (WHERE t.state IN ('closed', 'archived', 'answered')) AS closed,
    count(*) FILTER (WHERE t.state = 'handed_off') AS handed_off,
    count(*) FILTER (WHERE t.state IN ('declined', 'merged', 'withdrawn', 'void')) AS other
  FROM tickets AS t WHERE t.city_code = :city_code AND t.id >= :low AND t.id < :high AND t.police_number IS NOT NULL
    AND t.registered_at >= :since AND t.registered_at < :until
) AS c CROSS JOIN LATERAL (VALUES ('', c.whole), ('being_handled', c.being_handled), ('closed', c.closed), ('handed_off', c.handed_off),
  ('other', c.other)) AS v (part, n)
UNION ALL
SELECT 'risk_clues', '', count(*) FROM events
WHERE city_code = :city_code AND type = 'risk_clue_push' AND at >= :since AND at < :until
UNION ALL
SELECT 'risk_clues', v.part, v.n FROM (
  SELECT count(*) FILTER (WHERE withdrawn_at IS NOT NULL) AS withdrawn,
    count(*) FILTER (WHERE withdrawn_at IS NULL AND acknowledged_at IS NOT NULL) AS acknowledged,
    count(*) FILTER (WHERE withdrawn_at IS NULL AND acknowledged_at IS NULL) AS unacknowledged
  FROM risk_clues WHERE city_code = :city_code AND pushed_at >= :since AND pushed_at < :until
) AS c CROSS JOIN LATERAL (VALUES ('withdrawn', c.withdrawn), ('acknowledged', c.acknowledged), ('unacknowledged', c.unacknowledged))
  AS v (part, n)
UNION ALL
SELECT 'handoffs_offered', v.part, v.n FROM (
  SELECT count(*) AS whole, count(*) FILTER (WHERE offered_at <= offer_by) AS in_time,
    count(*) FILTER (WHERE offered_at > offer_by) AS late, count(*) FILTER (WHERE offered_at IS NULL) AS not_offered
  FROM handoffs WHERE city_code = :city_code AND opened_at >= :since AND opened_at < :until
) AS c CROSS JOIN LATERAL (VALUES ('', c.whole), ('in_time', c.in_time), ('late', c.late),
  ('not_offered', c.not_offered)) AS v (part, n);

-- name: asks(city_code, since, until)
-- Who was asked how it ended: by how that came to its end, and of what has ended, on which rung.
SELECT 'asks_by_outcome' AS account, v.part, v.n FROM (
  SELECT count(*) AS whole, count(*) FILTER (WHERE ended_at IS NULL) AS being_asked,
    count(*) FILTER (WHERE ended_at IS NOT NULL AND outcome = 'answered') AS said,
    count(*) FILTER (WHERE ended_at IS NOT NULL AND outcome = 'silent') AS unanswered,
    count(*) FILTER (WHERE ended_at IS NOT NULL AND outcome = 'overtaken') AS overtaken
  FROM follow_up_asks WHERE city_code = :city_code AND opened_at >= :since AND opened_at < :until
) AS c CROSS JOIN LATERAL (VALUES ('', c.whole), ('being_asked', c.being_asked), ('said', c.said),
  ('unanswered', c.unanswered), ('overtaken', c.overtaken)) AS v (part, n)
UNION ALL
SELECT 'asks_by_rung', v.part, v.n FROM (
  SELECT count(*) FILTER (WHERE outcome IS NOT NULL) AS whole,
    count(*) FILTER (WHERE ended_at IS NOT NULL AND rung = 'sms') AS sms,
    count(*) FILTER (WHERE ended_at IS NOT NULL AND rung = 'auto_call') AS auto_call,
    count(*) FILTER (WHERE ended_at IS NOT NULL AND rung = 'person') AS person
  FROM follow_up_asks WHERE city_code = :city_code AND opened_at >= :since AND opened_at < :until
) AS c CROSS JOIN LATERAL (VALUES ('', c.whole), ('sms', c.sms), ('auto_call', c.auto_call), ('person', c.person))
  AS v (part, n);

-- name: oversight(city_code, since, until)
-- How departments, seats and callers were watched: letters by how they ended, reviews of deferrals that the trail tells of by what
-- they came to, limits on callers and inspections by where they stand. What fits no case breaks its sum.
SELECT 'letters' AS account, v.part, v.n FROM (
  SELECT count(*) AS whole, count(*) FILTER (WHERE closed_at IS NULL) AS open, count(*) FILTER (WHERE outcome = 'met') AS met,
    count(*) FILTER (WHERE outcome = 'unmet') AS unmet, count(*) FILTER (WHERE outcome = 'withdrawn') AS withdrawn,
    count(*) FILTER (WHERE outcome = 'ended') AS ended
  FROM supervisions WHERE city_code = :city_code AND at >= :since AND at < :until AND answer_by IS NOT NULL
) AS c CROSS JOIN LATERAL (VALUES ('', c.whole), ('open', c.open), ('met', c.met), ('unmet', c.unmet),
  ('withdrawn', c.withdrawn), ('ended', c.ended)) AS v (part, n)
UNION ALL
SELECT 'deferral_reviews', '', count(*) FROM events
WHERE city_code = :city_code AND type = 'deferral_review' AND at >= :since AND at < :until
UNION ALL
SELECT 'deferral_reviews', v.part, v.n FROM (
  SELECT count(*) FILTER (WHERE r.verdict = 'kept') AS kept, count(*) FILTER (WHERE r.verdict = 'extended') AS extended,
    count(*) FILTER (WHERE r.verdict = 'ended') AS ended,
    count(*) FILTER (WHERE r.verdict IS NULL AND a.state = 'deferred' AND a.asked IS NOT NULL) AS waiting,
    count(*) FILTER (WHERE r.verdict IS NULL AND NOT (a.state = 'deferred' AND a.asked IS NOT NULL)) AS settled
  FROM deferral_reviews AS r JOIN assignments AS a USING (city_code, ticket_id, ordinal)
  WHERE r.city_code = :city_code AND r.opened_at >= :since AND r.opened_at < :until
) AS c CROSS JOIN LATERAL (VALUES ('kept', c.kept), ('extended', c.extended), ('ended', c.ended), ('waiting', c.waiting),
  ('settled', c.settled)) AS v (part, n)
UNION ALL
SELECT 'caller_limits', v.part, v.n FROM (
  SELECT count(*) AS whole, count(*) FILTER (WHERE decided_at IS NULL) AS waiting, count(*) FILTER (WHERE NOT granted) AS refused,
    count(*) FILTER (WHERE granted AND lifted_at IS NULL) AS granted,
    count(*) FILTER (WHERE granted AND lifted_at IS NOT NULL) AS lifted
  FROM caller_limits WHERE city_code = :city_code AND asked_at >= :since AND asked_at < :until
) AS c CROSS JOIN LATERAL (VALUES ('', c.whole), ('waiting', c.waiting), ('refused', c.refused), ('granted', c.granted),
  ('lifted', c.lifted)) AS v (part, n)
UNION ALL
SELECT 'inspections', v.part, v.n FROM (
  SELECT count(*) AS whole, count(*) FILTER (WHERE scored_at IS NULL AND appealed_at IS NULL) AS drawn,
    count(*) FILTER (WHERE final_score IS NOT NULL AND appealed_at IS NULL) AS scored,
    count(*) FILTER (WHERE final_score IS NOT NULL AND appealed_at IS NOT NULL AND decided_at IS NULL) AS appealed,
    count(*) FILTER (WHERE final_score IS NOT NULL AND appealed_at IS NOT NULL AND decided_at IS NOT NULL) AS decided
  FROM inspections WHERE city_code = :city_code AND drawn_at >= :since AND drawn_at < :until
) AS c CROSS JOIN LATERAL (VALUES ('', c.whole), ('drawn', c.drawn), ('scored', c.scored), ('appealed', c.appealed),
  ('decided', c.decided)) AS v (part, n);

-- name: ground(city_code, since, until, low, high)
-- Of those tickets: photos of the work, which the trail tells too, before and after, but for tickets that are erased; published
-- suggestions, which the trail tells too, by where they stand; supports, which each suggestion counts too, by how the supporter was
-- known.
WITH day AS (
  SELECT id, erased_at FROM tickets WHERE city_code = :city_code AND id >= :low AND id < :high
    AND registered_at >= :since AND registered_at < :until AND imported_from IS NULL
), told AS (
  SELECT e.type, count(*) AS n FROM events AS e JOIN day ON day.id = e.ticket_id
  WHERE e.city_code = :city_code AND e.ticket_id >= :low AND e.ticket_id < :high
    AND (e.type = 'suggestion_published' OR e.type = 'photo' AND day.erased_at IS NULL) GROUP BY e.type
), published AS (
  SELECT s.id, s.supports, CASE WHEN s.withdrawn_at IS NULL THEN s.state ELSE 'unpublished' END AS state
  FROM suggestions AS s JOIN day ON day.id = s.ticket_id WHERE s.city_code = :city_code
)
SELECT 'photos' AS account, '' AS part, coalesce(sum(n), 0)::bigint AS n FROM told WHERE type = 'photo'
UNION ALL SELECT 'photos', a.taken, count(*) FROM attachments AS a JOIN day ON day.id = a.ticket_id
  WHERE a.city_code = :city_code AND a.taken IS NOT NULL GROUP BY a.taken
UNION ALL SELECT 'suggestions', '', coalesce(sum(n), 0)::bigint FROM told WHERE type = 'suggestion_published'
UNION ALL SELECT 'suggestions', state, count(*) FROM published GROUP BY state
UNION ALL SELECT 'supports', '', coalesce(sum(supports), 0)::bigint FROM published
UNION ALL SELECT 'supports', CASE WHEN p.is_verified THEN 'phone' ELSE 'visitor' END, count(*)
  FROM supports AS p JOIN published ON published.id = p.suggestion WHERE p.city_code = :city_code GROUP BY 2;

-- name: open_now(city_code)
-- What is open now, of whatever day: each is somebody's to take on.
SELECT 'open_now' AS account, v.part, v.n FROM (
  SELECT count(*) AS whole,
    count(*) FILTER (WHERE t.state IN ('registered', 'on_desk')) AS on_desk,
    count(*) FILTER (WHERE t.state = 'assigned' AND EXISTS (SELECT 1 FROM assignments AS a WHERE a.city_code = t.city_code
      AND a.ticket_id = t.id AND a.role = 'lead' AND a.state NOT IN ('accepted', 'sent_back', 'recalled'))) AS with_department,
    count(*) FILTER (WHERE t.state = 'in_review') AS in_review,
    count(*) FILTER (WHERE t.state = 'follow_up') AS follow_up
  FROM tickets AS t WHERE t.city_code = :city_code
    AND t.state NOT IN ('closed', 'archived', 'answered', 'declined', 'handed_off', 'merged', 'withdrawn', 'void')
) AS c CROSS JOIN LATERAL (VALUES ('', c.whole), ('on_desk', c.on_desk), ('with_department', c.with_department),
  ('in_review', c.in_review), ('follow_up', c.follow_up)) AS v (part, n);
