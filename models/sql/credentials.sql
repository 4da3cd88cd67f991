-- name: find(city_code, token_hash, wall_now)^
-- Whose token this is, for what, and how often.
SELECT role::text AS role, subject, scope, per_minute FROM credentials
WHERE city_code = :city_code AND token_hash = :token_hash AND revoked_at IS NULL
  AND (expires_at IS NULL OR expires_at > :wall_now);

-- name: add(city_code, token_hash, role, subject, created_at)!
-- Makes a token known; again is no error.
INSERT INTO credentials (city_code, token_hash, role, subject, created_at)
VALUES (:city_code, :token_hash, :role::text::role, :subject, :created_at) ON CONFLICT DO NOTHING;

-- name: add_user(city_code, username, role, department, password_hash, must_change, created_at)$
-- Makes an account; returns null where the name is taken.
INSERT INTO users (city_code, username, role, department, password_hash, must_change, created_at)
VALUES (:city_code, :username, :role::text::role, :department, :password_hash, :must_change, :created_at)
ON CONFLICT DO NOTHING RETURNING username;

-- name: user(city_code, username)^
-- An account.
SELECT username, role::text AS role, department, password_hash, must_change, disabled_at IS NOT NULL AS is_disabled,
  role_lost_at IS NOT NULL AS has_lost_role
FROM users
WHERE city_code = :city_code AND username = :username;

-- name: add_session(city_code, token_hash, username, created_at, expires_at, by_provider)!
-- A signed-in browser; the token itself is never stored. Nobody is signed in whose account was disabled, or whose role
-- was lost, meanwhile.
WITH seen AS (
  UPDATE users SET signed_in_at = :created_at::timestamptz
  WHERE city_code = :city_code AND username = :username AND disabled_at IS NULL AND role_lost_at IS NULL
  RETURNING username
)
INSERT INTO sessions (city_code, token_hash, username, created_at, expires_at, seen_at, by_provider)
SELECT :city_code, :token_hash::bytea, username, :created_at, :expires_at::timestamptz, :created_at, :by_provider::boolean
FROM seen;

-- name: session(city_code, token_hash, wall_now, idle_since)^
-- Who is signed in with this token, which was used after `idle_since`.
SELECT u.username, u.role::text AS role, u.department, u.must_change AND NOT s.by_provider AS must_change, s.seen_at
FROM sessions AS s
JOIN users AS u ON u.city_code = s.city_code AND u.username = s.username
WHERE s.city_code = :city_code AND s.token_hash = :token_hash AND s.expires_at > :wall_now AND s.seen_at > :idle_since
  AND u.disabled_at IS NULL;

-- name: touch(wall_now, city_code, token_hash)!
-- A session was used.
UPDATE sessions SET seen_at = :wall_now WHERE city_code = :city_code AND token_hash = :token_hash;

-- name: end_session(city_code, token_hash)!
-- Sign out.
DELETE FROM sessions WHERE city_code = :city_code AND token_hash = :token_hash;
