-- name: open_review(city_code, ticket_id, ordinal, at)!
-- A deferred part has come to a review date.
INSERT INTO deferral_reviews (city_code, ticket_id, ordinal, opened_at) VALUES (:city_code, :ticket_id, :ordinal, :at);

-- name: decide(at, by, verdict, city_code, ticket_id, ordinal)!
-- The review that waits is decided: kept, extended or ended.
UPDATE deferral_reviews SET decided_at = :at, decided_by = :by, verdict = :verdict
WHERE city_code = :city_code AND ticket_id = :ticket_id AND ordinal = :ordinal AND decided_at IS NULL
  AND opened_at = (SELECT max(opened_at) FROM deferral_reviews AS r
    WHERE r.city_code = :city_code AND r.ticket_id = :ticket_id AND r.ordinal = :ordinal);

-- name: page(city_code, after_by, after_ticket, after_ordinal, department, waiting, page_size)
-- Deferred parts, the nearest agreed date first, after the cursor; only those of a department, or whose review waits, where
-- asked for.
SELECT a.ticket_id, a.ordinal, a.department, a.reply_by, a.first_reply_by, a.asked IS NOT NULL AS waits, a.decide_by,
  (SELECT count(*) FROM deferral_reviews AS r
   WHERE r.city_code = a.city_code AND r.ticket_id = a.ticket_id AND r.ordinal = a.ordinal) AS reviews
FROM assignments AS a
WHERE a.city_code = :city_code AND a.state = 'deferred'
  AND (a.reply_by, a.ticket_id, a.ordinal) > (:after_by, :after_ticket, :after_ordinal::int)
  AND (:department::text IS NULL OR a.department = :department::text)
  AND (NOT :waiting::boolean OR a.asked IS NOT NULL)
ORDER BY a.reply_by, a.ticket_id, a.ordinal LIMIT :page_size;

-- name: counts(city_code)
-- How many parts of each department are deferred now, and how many of their reviews wait.
SELECT department, count(*) AS deferred, count(asked) AS waiting FROM assignments
WHERE city_code = :city_code AND state = 'deferred' GROUP BY department ORDER BY department;

-- name: reviews(city_code, since)^
-- Reviews opened since a moment by what was decided; a settled one was answered or taken away before anybody decided.
SELECT count(*) AS opened, count(*) FILTER (WHERE verdict = 'kept') AS kept,
  count(*) FILTER (WHERE verdict = 'extended') AS extended, count(*) FILTER (WHERE verdict = 'ended') AS ended,
  count(*) FILTER (WHERE verdict IS NULL AND a.asked IS NOT NULL AND a.state = 'deferred') AS waiting,
  count(*) FILTER (WHERE verdict IS NULL AND NOT (a.asked IS NOT NULL AND a.state = 'deferred')) AS settled
FROM deferral_reviews AS r JOIN assignments AS a USING (city_code, ticket_id, ordinal)
WHERE r.city_code = :city_code AND r.opened_at >= :since;
