-- name: find(city_code, channel, key)^
-- The answer kept under a client's key.
SELECT * FROM idempotency WHERE city_code = :city_code AND channel = :channel AND key = :key;

-- name: forget(city_code, before)$
-- Drops answers older than the given time, some at a time; returns how many.
WITH gone AS (
  DELETE FROM idempotency WHERE (city_code, channel, key) IN (
    SELECT city_code, channel, key FROM idempotency
    WHERE city_code = :city_code AND created_at < :before LIMIT 1000)
  RETURNING 1
) SELECT count(*) FROM gone;
