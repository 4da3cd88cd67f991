-- name: ask(city_code, ticket_id, assignment, department, reason, seq, evidence, by, at)$
-- Somebody asks that a ticket or a part is not counted; returns the id.
INSERT INTO exclusions (city_code, ticket_id, assignment, department, reason, seq, evidence, state, asked_by, asked_at)
VALUES (:city_code, :ticket_id, :assignment, :department, :reason, :seq, :evidence, 'waiting', :by, :at) RETURNING id;

-- name: find(city_code, id)^
-- One exclusion.
SELECT * FROM exclusions WHERE city_code = :city_code AND id = :id;

-- name: decide(state, by, at, city_code, id)!
-- A second person decides, or takes a decision back.
UPDATE exclusions SET state = :state, decided_by = :by, decided_at = :at WHERE city_code = :city_code AND id = :id;

-- name: page(city_code, state, departments, before, barred, own, page_size)
-- One page, the newest first: of some departments' parts, or of all; in one state, or in any.
SELECT * FROM exclusions
WHERE city_code = :city_code AND id < :before AND (:state::text IS NULL OR state = :state)
  AND (:departments::text[] IS NULL OR department = ANY (:departments::text[]))
  AND (:barred::text[] = '{}' OR NOT is_kept_from(:city_code, exclusions.ticket_id, :barred, :own))
ORDER BY id DESC LIMIT :page_size;

-- name: figures(city_code, since, until)
-- How many were asked for in a time, by department, reason and what became of them.
SELECT coalesce(department, '') AS department, reason, state, count(*) AS n FROM exclusions
WHERE city_code = :city_code AND asked_at >= :since AND asked_at < :until
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
