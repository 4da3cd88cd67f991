-- name: lock(key)$
-- One after the other: an offer and a seat that falls free, each blind to the other, would leave work beside a free agent.
SELECT pg_advisory_xact_lock(hashtextextended(:key, 0)) IS NULL;

-- name: seat(city_code, agent)^
-- One agent's seat.
SELECT agent, seat_groups, state, since, interaction, reason, signed_on_at, seen_at FROM seats
WHERE city_code = :city_code AND agent = :agent;

-- name: seat_with(city_code, interaction)^
-- The seat of whoever was given an interaction, or is at it.
SELECT agent, seat_groups, state, since, interaction, reason, signed_on_at, seen_at FROM seats
WHERE city_code = :city_code AND interaction = :interaction;

-- name: free_seat(city_code, seat_group)^
-- Whoever has been free the longest and answers for a group.
SELECT agent, seat_groups, state, since, interaction, reason, signed_on_at, seen_at FROM seats
WHERE city_code = :city_code AND state = 'free' AND :seat_group = ANY(seat_groups) ORDER BY since, agent LIMIT 1;

-- name: put(city_code, agent, seat_groups, state, since, interaction, reason, signed_on_at, seen_at)!
-- Where an agent stands now.
INSERT INTO seats (city_code, agent, seat_groups, state, since, interaction, reason, signed_on_at, seen_at)
VALUES (:city_code, :agent, :seat_groups, :state, :since, :interaction, :reason, :signed_on_at, :seen_at)
ON CONFLICT (city_code, agent) DO UPDATE SET seat_groups = EXCLUDED.seat_groups, state = EXCLUDED.state,
  since = EXCLUDED.since, interaction = EXCLUDED.interaction, reason = EXCLUDED.reason,
  signed_on_at = EXCLUDED.signed_on_at, seen_at = greatest(seats.seen_at, EXCLUDED.seen_at);

-- name: seen(at, city_code, agent)$
-- A sign of life.
UPDATE seats SET seen_at = greatest(seen_at, :at) WHERE city_code = :city_code AND agent = :agent RETURNING true;

-- name: of_agents(city_code, agents)
-- The seats of some agents.
SELECT agent, seat_groups, state, since, interaction, reason, signed_on_at, seen_at FROM seats
WHERE city_code = :city_code AND agent = ANY(:agents::text[]);

-- name: heard(city_code, agents)
-- How long the sealed transcripts of what some agents have in hand are.
SELECT s.agent, octet_length(i.transcript) AS heard FROM seats AS s JOIN interactions AS i ON i.city_code = s.city_code
  AND i.id = s.interaction
WHERE s.city_code = :city_code AND s.agent = ANY(:agents::text[]) AND i.transcript IS NOT NULL;

-- name: all_seen(at, city_code, agents)!
-- A sign of life of many at once.
UPDATE seats SET seen_at = greatest(seen_at, :at) WHERE city_code = :city_code AND agent = ANY(:agents::text[]);

-- name: leave(city_code, agent)!
-- An agent signs off.
DELETE FROM seats WHERE city_code = :city_code AND agent = :agent;

-- name: page(city_code, after, page_size)
-- One page of the seats, by agent.
SELECT agent, seat_groups, state, since, interaction, reason, signed_on_at, seen_at FROM seats
WHERE city_code = :city_code AND agent > :after ORDER BY agent LIMIT :page_size;

-- name: states(city_code)
-- How many seats of each group are in which state; who sits in two groups counts in both.
SELECT seat_group, state, count(*) AS n FROM seats, unnest(seat_groups) AS seat_group
WHERE city_code = :city_code GROUP BY 1, 2;

-- name: queues(city_code)
-- What waits for an agent, by group and kind, and since when.
SELECT seat_group, kind, count(*) AS n, min(waiting_since) AS since FROM seat_work
WHERE city_code = :city_code AND agent IS NULL GROUP BY 1, 2;

-- name: all_states(city_code)
-- How many agents are in which state.
SELECT state, count(*) AS n FROM seats WHERE city_code = :city_code GROUP BY 1;

-- name: wake(city_code, subject, kind, due_at)!
-- The next moment of a seat, or of work that rests.
INSERT INTO timers (city_code, ticket_id, subject, kind, due_at, attempts) VALUES (:city_code, 0, :subject, :kind, :due_at, 0)
ON CONFLICT (city_code, ticket_id, subject) DO UPDATE SET kind = EXCLUDED.kind, due_at = EXCLUDED.due_at,
  claimed_until = NULL, attempts = 0;

-- name: sleep(city_code, subject)!
-- Nothing is to happen with a seat or with work by itself.
DELETE FROM timers WHERE city_code = :city_code AND ticket_id = 0 AND subject = :subject;

-- name: work(city_code, interaction)^
-- What is to be done about an interaction.
SELECT interaction, kind, seat_group, waiting_since, waits_from, agent, given_at, taken_at, is_urgent FROM seat_work
WHERE city_code = :city_code AND interaction = :interaction;

-- name: longest_waiting(city_code, seat_groups, now)^
-- What has waited longest for somebody of these groups; danger comes first.
SELECT interaction, kind, seat_group, waiting_since, waits_from, agent, given_at, taken_at, is_urgent FROM seat_work
WHERE city_code = :city_code AND agent IS NULL AND seat_group = ANY(:seat_groups::text[]) AND waits_from <= :now
ORDER BY is_urgent DESC, waiting_since, interaction LIMIT 1;

-- name: held(city_code, agent)
-- What an agent was given or has taken, the longest waiting first.
SELECT interaction, kind, seat_group, waiting_since, waits_from, agent, given_at, taken_at, is_urgent FROM seat_work
WHERE city_code = :city_code AND agent = :agent ORDER BY waiting_since, interaction;

-- name: put_work(city_code, interaction, kind, seat_group, waiting_since, waits_from, agent, given_at, taken_at, is_urgent)!
-- Something is to be done, or is with somebody else now; its place among what waits never changes.
INSERT INTO seat_work (city_code, interaction, kind, seat_group, waiting_since, waits_from, agent, given_at, taken_at, is_urgent)
VALUES (:city_code, :interaction, :kind, :seat_group, :waiting_since, :waits_from, :agent, :given_at, :taken_at, :is_urgent)
ON CONFLICT (city_code, interaction) DO UPDATE SET kind = EXCLUDED.kind, seat_group = EXCLUDED.seat_group,
  waits_from = EXCLUDED.waits_from, agent = EXCLUDED.agent, given_at = EXCLUDED.given_at, taken_at = EXCLUDED.taken_at,
  is_urgent = EXCLUDED.is_urgent;

-- name: drop_work(city_code, interaction)!
-- Nothing is to be done any more.
DELETE FROM seat_work WHERE city_code = :city_code AND interaction = :interaction;

-- name: wake_work(now, city_code)!
-- What rests waits from now on.
UPDATE seat_work SET waits_from = :now WHERE city_code = :city_code AND waits_from > :now;

-- name: wake_again(now, city_code, subjects)!
-- The moment at which it would have waited again is now.
UPDATE timers SET due_at = :now WHERE city_code = :city_code AND ticket_id = 0 AND subject LIKE :subjects AND due_at > :now;
