-- name: claim(claimed_until, city_code, now, wall_now, batch)
-- Takes due timers for a while, the longest due first; other workers skip them. Never looks at tickets.
WITH taken AS MATERIALIZED (
  SELECT ticket_id, subject FROM timers
  WHERE city_code = :city_code AND due_at <= :now AND (claimed_until IS NULL OR claimed_until < :wall_now)
  ORDER BY due_at LIMIT :batch FOR UPDATE SKIP LOCKED
)
UPDATE timers AS t SET claimed_until = :claimed_until, attempts = t.attempts + 1
FROM taken
WHERE t.city_code = :city_code AND t.ticket_id = taken.ticket_id AND t.subject = taken.subject
RETURNING t.city_code, t.ticket_id, t.subject, t.kind, t.due_at, t.attempts;

-- name: get(city_code, ticket_id, subject)^
-- One timer, to see that it is still the one that was claimed.
SELECT city_code, ticket_id, subject, kind, due_at, attempts FROM timers
WHERE city_code = :city_code AND ticket_id = :ticket_id AND subject = :subject;

-- name: drop(city_code, ticket_id, subject)!
-- A timer whose work is done.
DELETE FROM timers WHERE city_code = :city_code AND ticket_id = :ticket_id AND subject = :subject;

-- name: put_off(until, city_code, ticket_id, subject)!
-- A timer whose work failed waits before it is tried again, so that one poisoned ticket stops nothing.
UPDATE timers SET claimed_until = :until
WHERE city_code = :city_code AND ticket_id = :ticket_id AND subject = :subject;

-- name: wake(lapses_at, city_code)!
-- No claim and no pause lasts longer than a claim that is made now.
UPDATE timers SET claimed_until = :lapses_at WHERE city_code = :city_code AND claimed_until > :lapses_at;

-- name: due(city_code, now)^
-- How many timers wait to be fired, and since when the first.
SELECT count(*) AS n, min(due_at) AS since FROM timers WHERE city_code = :city_code AND due_at <= :now;
