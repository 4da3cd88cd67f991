-- name: find(city_code, ticket_id, seq)^
-- One supervision of a ticket by its place in the trail.
SELECT * FROM supervisions WHERE city_code = :city_code AND ticket_id = :ticket_id AND seq = :seq;

-- name: page(city_code, after_by, after_ticket, after_seq, level, department, late_at, barred, own, page_size)
-- Open letters, the nearest date of an answer first, after the cursor; only those of a level, of a department, or whose answer
-- is late, where asked for.
SELECT * FROM supervisions
WHERE city_code = :city_code AND answer_by IS NOT NULL AND closed_at IS NULL
  AND (answer_by, ticket_id, seq) > (:after_by, :after_ticket, :after_seq::int)
  AND (:level::smallint IS NULL OR level = :level::smallint)
  AND (:department::text IS NULL OR department = :department::text)
  AND (:late_at::timestamptz IS NULL OR (answered_at IS NULL AND answer_by <= :late_at::timestamptz))
  AND (:barred::text[] = '{}' OR NOT is_kept_from(:city_code, supervisions.ticket_id, :barred, :own))
ORDER BY answer_by, ticket_id, seq LIMIT :page_size;

-- name: figures(city_code, since, at)
-- Letters issued since a moment, by level and department: how many, answered, with their answer late, open, and by outcome.
SELECT level, department, count(*) AS issued, count(answered_at) AS answered,
  count(*) FILTER (WHERE answered_at IS NULL AND closed_at IS NULL AND answer_by <= :at) AS late,
  count(*) FILTER (WHERE closed_at IS NULL) AS open,
  count(*) FILTER (WHERE outcome = 'met') AS met, count(*) FILTER (WHERE outcome = 'unmet') AS unmet,
  count(*) FILTER (WHERE outcome = 'withdrawn') AS withdrawn, count(*) FILTER (WHERE outcome = 'ended') AS ended
FROM supervisions WHERE city_code = :city_code AND at >= :since AND answer_by IS NOT NULL
GROUP BY level, department ORDER BY level DESC, department;

-- name: answer(at, by, answer, city_code, ticket_id, seq)!
-- The department's written answer.
UPDATE supervisions SET answered_at = :at, answered_by = :by, answer = :answer
WHERE city_code = :city_code AND ticket_id = :ticket_id AND seq = :seq;

-- name: close(at, by, outcome, city_code, ticket_id, seq)!
-- How one ended.
UPDATE supervisions SET closed_at = :at, closed_by = :by, outcome = :outcome
WHERE city_code = :city_code AND ticket_id = :ticket_id AND seq = :seq;

-- name: end_all(at, by, city_code, ticket_id)!
-- The ticket has ended: what was still open of its letters ends with it.
UPDATE supervisions SET closed_at = :at, closed_by = :by, outcome = 'ended'
WHERE city_code = :city_code AND ticket_id = :ticket_id AND answer_by IS NOT NULL AND closed_at IS NULL;
