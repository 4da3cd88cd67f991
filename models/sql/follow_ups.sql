-- name: attempts(city_code, ticket_id, round)
-- When the citizen was tried in one round, oldest first.
SELECT at FROM follow_ups WHERE city_code = :city_code AND ticket_id = :ticket_id AND round = :round ORDER BY attempt;

-- name: of_ticket(city_code, ticket_id)
-- Every attempt and its outcome.
SELECT round, attempt, at, way, reached, solved, satisfied, reason FROM follow_ups
WHERE city_code = :city_code AND ticket_id = :ticket_id ORDER BY round, attempt;

-- name: rating(city_code, ticket_id)^
-- The citizen's own rating.
SELECT at, solved, satisfied, score FROM ratings WHERE city_code = :city_code AND ticket_id = :ticket_id;

-- name: has_displeased_merged(city_code, ticket_id, since)$
-- Whether a caller whose ticket was merged into this one has rated it as unsolved or unsatisfactory since a time.
SELECT EXISTS (
  SELECT FROM tickets AS t JOIN ratings AS r ON r.city_code = t.city_code AND r.ticket_id = t.id
  WHERE t.city_code = :city_code AND t.merged_into = :ticket_id AND t.state = 'merged' AND r.at >= :since
    AND NOT (r.solved AND r.satisfied));
