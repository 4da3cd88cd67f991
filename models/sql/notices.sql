-- name: add(city_code, id, ticket_id, kind, address, body, at)!
-- A message that waits to be sent.
INSERT INTO notices (city_code, id, ticket_id, kind, address, body, created_at, attempts)
VALUES (:city_code, :id, :ticket_id, :kind, :address, :body, :at, 0);

-- name: claim(claimed_until, city_code, wall_now, most_attempts, wechat, batch)
-- Takes messages that wait to be sent, oldest first; other workers skip them. Those by WeChat, or the others.
-- What is said in a chat waits behind what was said there before and has not gone: its id is the conversation's and a number.
WITH taken AS MATERIALIZED (
  SELECT id FROM notices AS n
  WHERE city_code = :city_code AND sent_at IS NULL AND attempts < :most_attempts
    AND (claimed_until IS NULL OR claimed_until < :wall_now)
    AND (kind = 'chat_wechat') = :wechat
    AND (kind NOT IN ('chat_sms', 'chat_wechat') OR NOT EXISTS (
      SELECT 1 FROM notices AS before
      WHERE before.city_code = :city_code AND before.sent_at IS NULL AND before.attempts < :most_attempts
        AND before.claimed_until >= :wall_now AND before.kind = n.kind
        AND substring(before.id from '^(.*)_') = substring(n.id from '^(.*)_')
        AND (before.created_at, length(before.id), before.id) < (n.created_at, length(n.id), n.id)))
  ORDER BY created_at LIMIT :batch FOR UPDATE SKIP LOCKED
)
UPDATE notices AS n SET claimed_until = :claimed_until, attempts = attempts + 1
FROM taken AS t
WHERE n.city_code = :city_code AND n.id = t.id
RETURNING n.id, n.ticket_id, n.kind, n.address, n.body, n.attempts, n.created_at;

-- name: sent(at, city_code, ids)!
-- The provider took them.
UPDATE notices SET sent_at = :at, claimed_until = NULL WHERE city_code = :city_code AND id = ANY (:ids);

-- name: failed(until, error, failed_id, city_code, ids)!
-- The provider did not take the one: it is tried again after that wall time. So is what waits behind it, which was not tried:
-- the attempt that its claim counted is taken back.
UPDATE notices SET claimed_until = :until,
  last_error = CASE WHEN id = :failed_id THEN :error ELSE last_error END,
  attempts = CASE WHEN id = :failed_id THEN attempts ELSE greatest(attempts - 1, 0) END
WHERE city_code = :city_code AND id = ANY (:ids);

-- name: wake(lapses_at, city_code)!
-- No claim and no pause lasts longer than a claim that is made now.
UPDATE notices SET claimed_until = :lapses_at
WHERE city_code = :city_code AND sent_at IS NULL AND claimed_until > :lapses_at;

-- name: newest(city_code, n)
-- The newest messages, for people to look at.
SELECT id, ticket_id, kind, address, body, created_at, sent_at FROM notices
WHERE city_code = :city_code ORDER BY created_at DESC LIMIT :n;
