-- name: claim(claimed_until, city_code, wall_now, batch)
-- Takes messages that wait to be sent.
UPDATE notices SET claimed_until = :claimed_until, attempts = attempts + 1
WHERE (city_code, id) IN (
  SELECT city_code, id FROM notices
  WHERE city_code = :city_code AND sent_at IS NULL AND attempts < 20
    AND (claimed_until IS NULL OR claimed_until < :wall_now)
  ORDER BY created_at LIMIT :batch FOR UPDATE SKIP LOCKED
)
RETURNING id, ticket_id, kind, address, body;

-- name: sent(at, city_code, ids)!
-- The provider took them.
UPDATE notices SET sent_at = :at, claimed_until = NULL WHERE city_code = :city_code AND id = ANY (:ids);

-- name: newest(city_code, n)
-- The newest messages, for the demo's page.
SELECT id, ticket_id, kind, address, body, created_at, sent_at FROM notices
WHERE city_code = :city_code ORDER BY created_at DESC LIMIT :n;
