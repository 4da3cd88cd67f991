-- name: ask(city_code, caller_index, caller, level, reason, interactions, tickets, by, at)$
-- A seat asks for a limit; returns its id.
INSERT INTO caller_limits (city_code, caller_index, caller, level, reason, interactions, tickets, asked_by, asked_at)
VALUES (:city_code, :caller_index, :caller, :level, :reason, :interactions, :tickets, :by, :at) RETURNING id;

-- name: find(city_code, id)^
-- One limit.
SELECT * FROM caller_limits WHERE city_code = :city_code AND id = :id;

-- name: lock(city_code, id)^
-- One limit, locked.
SELECT * FROM caller_limits WHERE city_code = :city_code AND id = :id FOR UPDATE;

-- name: page(city_code, state, at, before, page_size)
-- One page of limits, the newest first: asked for, holding at a moment, over, or all.
SELECT * FROM caller_limits
WHERE city_code = :city_code AND id < :before
  AND CASE :state
    WHEN 'asked' THEN decided_at IS NULL
    WHEN 'holding' THEN granted AND lifted_at IS NULL AND expires_at > :at
    WHEN 'over' THEN decided_at IS NOT NULL AND NOT (granted AND lifted_at IS NULL AND expires_at > :at)
    ELSE true END
ORDER BY id DESC LIMIT :page_size;

-- name: holding(city_code, at)
-- Every limit that holds at a moment.
SELECT * FROM caller_limits
WHERE city_code = :city_code AND granted AND lifted_at IS NULL AND expires_at > :at ORDER BY id;

-- name: decide(by, at, granted, decision, expires_at, city_code, id)!
-- A second person decides.
UPDATE caller_limits SET decided_by = :by, decided_at = :at, granted = :granted, decision = :decision,
  expires_at = :expires_at WHERE city_code = :city_code AND id = :id;

-- name: lift(by, at, reason, city_code, id)!
-- A limit is lifted before its time.
UPDATE caller_limits SET lifted_by = :by, lifted_at = :at, lift_reason = :reason WHERE city_code = :city_code AND id = :id;

-- name: replace(by, at, reason, city_code, caller_index, id)!
-- A new limit stands in place of the others of its caller that hold.
UPDATE caller_limits SET lifted_by = :by, lifted_at = :at, lift_reason = :reason
WHERE city_code = :city_code AND caller_index = :caller_index AND id <> :id AND granted AND lifted_at IS NULL
  AND expires_at > :at;

-- name: foreign_interactions(city_code, caller_index, interactions)$
-- How many of some interactions are not this caller's.
SELECT count(*) FROM unnest(:interactions::bigint[]) AS asked (id)
LEFT JOIN interactions AS i ON i.city_code = :city_code AND i.id = asked.id AND i.caller_index = :caller_index
WHERE i.id IS NULL;

-- name: foreign_tickets(city_code, caller_index, tickets)$
-- How many of some tickets are not this caller's.
SELECT count(*) FROM unnest(:tickets::bigint[]) AS asked (id)
LEFT JOIN tickets AS t ON t.city_code = :city_code AND t.id = asked.id AND t.caller_index = :caller_index
WHERE t.id IS NULL;

-- name: calls(city_code, caller_index, since, until)^
-- How often a caller came in a time, and how many of that were harassment or silent.
SELECT count(*) AS calls, count(*) FILTER (WHERE outcome IN ('harassment', 'silent')) AS in_vain
FROM interactions
WHERE city_code = :city_code AND caller_index = :caller_index AND offered_at >= :since AND offered_at < :until;

-- name: requests(city_code, caller_index, since, until)^
-- How many tickets a caller made in a time, and how many of them told of a danger and passed whatever holds.
SELECT count(*) AS tickets, count(*) FILTER (WHERE flags <> '{}') AS emergencies FROM tickets
WHERE city_code = :city_code AND caller_index = :caller_index AND registered_at >= :since AND registered_at < :until;

-- name: figures(city_code, since, at)^
-- Limits asked for since a moment: asked = waiting + refused + granted, granted = holding + expired + lifted.
SELECT count(*) AS asked, count(*) FILTER (WHERE decided_at IS NULL) AS waiting,
  count(*) FILTER (WHERE NOT granted) AS refused, count(*) FILTER (WHERE granted) AS granted,
  count(*) FILTER (WHERE granted AND lifted_at IS NULL AND expires_at > :at) AS holding,
  count(*) FILTER (WHERE granted AND lifted_at IS NULL AND expires_at <= :at) AS expired,
  count(*) FILTER (WHERE granted AND lifted_at IS NOT NULL) AS lifted
FROM caller_limits WHERE city_code = :city_code AND asked_at >= :since;
