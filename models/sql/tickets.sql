-- name: lock(city_code, id)^
-- The ticket row, locked until the transaction ends: one writer a ticket.
SELECT * FROM tickets WHERE city_code = :city_code AND id = :id FOR NO KEY UPDATE;

-- name: lock_common(city_code, id)!
-- The ticket that this one was merged into, if any, locked: whoever locks both of them locks it first.
SELECT id FROM tickets
WHERE city_code = :city_code AND id = (SELECT merged_into FROM tickets WHERE city_code = :city_code AND id = :id)
FOR NO KEY UPDATE;

-- name: get(city_code, id)^
-- The ticket row.
SELECT * FROM tickets WHERE city_code = :city_code AND id = :id;

-- name: get_text(city_code, id)^
-- What was said, sealed.
SELECT * FROM ticket_texts WHERE city_code = :city_code AND id = :id;

-- name: set_brief(brief, city_code, id)!
-- The department's brief, edited; the edit is on the trail.
UPDATE ticket_texts SET brief = :brief WHERE city_code = :city_code AND id = :id;

-- name: set_answer(answer, city_code, id)!
-- What the hotline itself told the citizen.
UPDATE ticket_texts SET answer = :answer WHERE city_code = :city_code AND id = :id;

-- name: assignments(city_code, ticket_id)
-- Every part of one ticket in the order of their making.
SELECT * FROM assignments WHERE city_code = :city_code AND ticket_id = :ticket_id ORDER BY ordinal;

-- name: merged_into(city_code, id)
-- Tickets whose callers share this ticket's answer; who has withdrawn since does not.
SELECT id FROM tickets WHERE city_code = :city_code AND merged_into = :id AND state = 'merged' ORDER BY id;

-- name: merged_callers(city_code, id)
-- The same tickets with how their callers are reached, sealed.
SELECT t.*, x.query_code, x.caller FROM tickets AS t JOIN ticket_texts AS x USING (city_code, id)
WHERE t.city_code = :city_code AND t.merged_into = :id AND t.state = 'merged' ORDER BY t.id;

-- name: has_caller(city_code, id, caller_index)$
-- Whether a caller is among those who share this ticket's answer.
SELECT EXISTS (
  SELECT 1 FROM tickets WHERE city_code = :city_code AND merged_into = :id AND state = 'merged'
    AND caller_index = :caller_index::bytea);

-- name: share(city_code, id)^
-- The ticket row; nobody changes it until the transaction ends.
SELECT * FROM tickets WHERE city_code = :city_code AND id = :id FOR SHARE;

-- name: briefs(city_code, ids)
-- What the departments of these tickets are told, sealed.
SELECT id, brief FROM ticket_texts WHERE city_code = :city_code AND id = ANY (:ids::bigint[]);

-- name: count_registered(city_code, low, since, without)$
-- How many tickets were registered since a time and are not erased, but for some ends.
SELECT count(*) FROM tickets WHERE city_code = :city_code AND id >= :low AND registered_at >= :since
  AND erased_at IS NULL AND state <> ALL (:without::text[]::ticket_state[]);

-- name: readings(city_code, low, below, since, without, page_size)
-- The same tickets, one page, newest first, with what was read of them.
SELECT t.*, x.reading, x.masked_text FROM tickets AS t
JOIN ticket_texts AS x ON x.city_code = t.city_code AND x.id = t.id
WHERE t.city_code = :city_code AND t.id >= :low AND t.id < :below AND t.registered_at >= :since
  AND t.erased_at IS NULL AND t.state <> ALL (:without::text[]::ticket_state[])
ORDER BY t.id DESC LIMIT :page_size;

-- name: spread(city_code, low, since, most)
-- At most so many requests, spread evenly over all that were registered from a time on; `low` is the first id that can be.
-- A matter that was split off is part of what was asked in one; one of an old platform's was not read when it came; one that is erased has none.
SELECT s.id AS ticket_id, s.line, s.received_at, s.registered_at, x.masked_text FROM (
  SELECT id, line, received_at, registered_at, row_number() OVER (ORDER BY id) AS n, count(*) OVER () AS total
  FROM tickets WHERE city_code = :city_code AND id >= :low AND registered_at >= :since AND parent IS NULL
    AND imported_from IS NULL AND erased_at IS NULL
) AS s
JOIN ticket_texts AS x ON x.city_code = :city_code AND x.id = s.id
WHERE s.n % ((s.total + :most::int - 1) / :most::int) = 0
ORDER BY s.id;
