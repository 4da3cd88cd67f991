-- name: locked_until(city_code, keys, at)$
-- Until when one of these may try no password; null where they may.
SELECT max(locked_until) FROM sign_in_failures
WHERE city_code = :city_code AND key = ANY (:keys::bytea[]) AND locked_until > :at;

-- name: try_once(city_code, key, at, forgotten_before, stale_before, free, is_in_a_row)$
-- Counts a password as wrong before it is checked; returns how many, null while locked, and where no more are free while
-- another is being checked. They are counted anew when the last one, or the first, is long past. Of whom a check was begun
-- that never ended, it is waited for no longer: it was wrong.
INSERT INTO sign_in_failures AS f (city_code, key, failures, checking, last_at, since) VALUES (:city_code, :key, 1, 1, :at, :at)
ON CONFLICT (city_code, key) DO UPDATE SET (failures, checking, last_at, since) = (
  SELECT CASE WHEN is_past THEN 1 ELSE f.failures + 1 END, CASE WHEN is_past OR is_stale THEN 1 ELSE f.checking + 1 END,
    EXCLUDED.last_at, CASE WHEN is_past THEN EXCLUDED.since ELSE f.since END
  FROM (SELECT CASE WHEN :is_in_a_row THEN f.last_at ELSE f.since END < :forgotten_before AS is_past,
    f.last_at < :stale_before AS is_stale) AS window_of_it
)
WHERE (f.locked_until IS NULL OR f.locked_until <= EXCLUDED.last_at)
  AND (f.failures < :free OR f.checking = 0 OR f.last_at < :stale_before)
RETURNING failures;

-- name: found_wrong(city_code, key)$
-- It is checked, and was wrong; returns how many were, without those that are being checked still.
UPDATE sign_in_failures SET checking = greatest(checking - 1, 0) WHERE city_code = :city_code AND key = :key
RETURNING failures - checking;

-- name: lock(locked_until, city_code, key)!
-- Locks an account or an address for a while, never shorter than it was.
UPDATE sign_in_failures SET locked_until = greatest(locked_until, :locked_until) WHERE city_code = :city_code AND key = :key;

-- name: wake(wall_now, city_code)!
-- What was counted at a time that has not come was counted now, and locks as long as it did.
UPDATE sign_in_failures SET locked_until = :wall_now + (locked_until - last_at), last_at = :wall_now,
  since = least(since, :wall_now)
WHERE city_code = :city_code AND last_at > :wall_now;

-- name: take_back(city_code, key)!
-- It is checked, and was not wrong: one less. A lock that a wrong one set stays.
UPDATE sign_in_failures SET failures = greatest(failures - 1, 0), checking = greatest(checking - 1, 0)
WHERE city_code = :city_code AND key = :key;

-- name: forgive(city_code, key)!
-- The right password ends the row.
DELETE FROM sign_in_failures WHERE city_code = :city_code AND key = :key;

-- name: forget(city_code, before)!
-- Drops what is long past, and what counts nothing.
DELETE FROM sign_in_failures WHERE city_code = :city_code AND (last_at < :before OR failures <= 0);

-- name: factor(city_code, username)^
-- The second factor of an account, sealed.
SELECT totp_secret, totp_since, totp_step FROM users WHERE city_code = :city_code AND username = :username;

-- name: set_factor(secret, since, city_code, username)!
-- A new secret, in use only from `since` on; null takes it away.
UPDATE users SET totp_secret = :secret, totp_since = :since, totp_step = 0
WHERE city_code = :city_code AND username = :username;

-- name: take_step(step, city_code, username)$
-- Takes the code of a step of time once; null where it or a later one was taken already.
UPDATE users SET totp_step = :step WHERE city_code = :city_code AND username = :username AND totp_step < :step
RETURNING totp_step;

-- name: add_code(city_code, username, code_hash)!
-- Keeps one recovery code by its hash.
INSERT INTO recovery_codes (city_code, username, code_hash) VALUES (:city_code, :username, :code_hash);

-- name: take_code(city_code, username, code_hash)$
-- Takes a recovery code, once.
DELETE FROM recovery_codes WHERE city_code = :city_code AND username = :username AND code_hash = :code_hash
RETURNING username;

-- name: drop_codes(city_code, username)!
-- Drops every recovery code of an account.
DELETE FROM recovery_codes WHERE city_code = :city_code AND username = :username;

-- name: codes_left(city_code, username)$
-- How many recovery codes are left.
SELECT count(*) FROM recovery_codes WHERE city_code = :city_code AND username = :username;
