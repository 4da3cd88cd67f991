-- name: clock(city_code)^
-- The demo clock as it was set last.
SELECT wall_at, clock_at, speed, seen_at FROM clock WHERE city_code = :city_code;

-- name: set_clock(city_code, wall_at, clock_at, speed)!
-- Sets the demo clock.
INSERT INTO clock (city_code, wall_at, clock_at, speed, seen_at)
VALUES (:city_code, :wall_at, :clock_at, :speed, :clock_at)
ON CONFLICT (city_code) DO UPDATE SET wall_at = EXCLUDED.wall_at, clock_at = EXCLUDED.clock_at,
  speed = EXCLUDED.speed, seen_at = EXCLUDED.seen_at;

-- name: seen(at, city_code)!
-- Remembers the newest time that the clock has shown.
UPDATE clock SET seen_at = greatest(seen_at, :at) WHERE city_code = :city_code;

-- name: beat(city_code, worker, at)!
-- A worker lives.
INSERT INTO heartbeats (city_code, worker, at) VALUES (:city_code, :worker, :at)
ON CONFLICT (city_code, worker) DO UPDATE SET at = EXCLUDED.at;

-- name: last_beat(city_code, worker)$
-- When a worker was last alive.
SELECT max(at) FROM heartbeats WHERE city_code = :city_code AND worker = :worker;

-- name: keep_city(city_code, version, loaded_at, document)!
-- Keeps a city folder as it was loaded.
INSERT INTO city_versions (city_code, version, loaded_at, document)
VALUES (:city_code, :version, :loaded_at, :document) ON CONFLICT DO NOTHING;

-- name: city_version(city_code, version)$
-- A city folder as it was loaded.
SELECT document FROM city_versions WHERE city_code = :city_code AND version = :version;

-- name: amendments(city_code)
-- What rulings changed in the duty catalogue, oldest first.
SELECT duty FROM duty_amendments WHERE city_code = :city_code ORDER BY at, id, version;

-- name: rulings(city_code)
-- The same with the ticket whose dispute was ruled so, and when.
SELECT duty, ticket_id, at FROM duty_amendments WHERE city_code = :city_code ORDER BY at, id, version;

-- name: keep_key(city_code, key, digest, at)!
-- Remembers a key by its digest when it is first used.
INSERT INTO keyring (city_code, key, digest, first_used_at) VALUES (:city_code, :key, :digest, :at)
ON CONFLICT DO NOTHING;

-- name: keys(city_code)
-- The digests of the keys that were used here.
SELECT key, digest, first_used_at, resealed_at FROM keyring WHERE city_code = :city_code;

-- name: cities_under(digest)
-- Which cities of the database have the same keyring: the key of the blind indexes is never changed.
SELECT city_code FROM keyring WHERE key = 'index' AND digest = :digest ORDER BY city_code;

-- name: resealed(city_codes, key)
-- Which of these cities have everything sealed anew under this key.
SELECT city_code FROM keyring WHERE city_code = ANY (:city_codes::text[]) AND key = :key AND resealed_at IS NOT NULL;

-- name: note_resealed(at, city_code, key)!
-- Everything was sealed anew under this key.
UPDATE keyring SET resealed_at = :at WHERE city_code = :city_code AND key = :key;
