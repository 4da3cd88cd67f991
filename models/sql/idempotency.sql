-- name: find(city_code, channel, key)^
-- The answer kept under a client's key.
SELECT * FROM idempotency WHERE city_code = :city_code AND channel = :channel AND key = :key;
