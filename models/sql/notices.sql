-- name: add(city_code, id, ticket_id, kind, address, body, at)!
-- A message that waits to be sent.
INSERT INTO notices (city_code, id, ticket_id, kind, address, body, created_at, attempts)
VALUES (:city_code, :id, :ticket_id, :kind, :address, :body, :at, 0);

-- name: claim(claimed_until, city_code, wall_now, most_attempts, wechat, batch)
-- Takes messages that wait to be sent, oldest first; other workers skip them. Those by WeChat, the others, or all.
WITH taken AS MATERIALIZED (
  SELECT id FROM notices
  WHERE city_code = :city_code AND sent_at IS NULL AND attempts < :most_attempts
    AND (claimed_until IS NULL OR claimed_until < :wall_now)
    AND (:wechat::boolean IS NULL OR (kind = 'chat_wechat') = :wechat)
  ORDER BY created_at LIMIT :batch FOR UPDATE SKIP LOCKED
)
UPDATE notices AS n SET claimed_until = :claimed_until, attempts = attempts + 1
FROM taken AS t
WHERE n.city_code = :city_code AND n.id = t.id
RETURNING n.id, n.ticket_id, n.kind, n.address, n.body, n.attempts, n.created_at;

-- name: sent(at, city_code, ids)!
-- The provider took them.
UPDATE notices SET sent_at = :at, claimed_until = NULL WHERE city_code = :city_code AND id = ANY (:ids);

-- name: failed(until, error, city_code, id)!
-- The provider did not take it: it is tried again after that wall time.
UPDATE notices SET claimed_until = :until, last_error = :error WHERE city_code = :city_code AND id = :id;

-- name: newest(city_code, n)
-- The newest messages, for people to look at.
SELECT id, ticket_id, kind, address, body, created_at, sent_at FROM notices
WHERE city_code = :city_code ORDER BY created_at DESC LIMIT :n;
