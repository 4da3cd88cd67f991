-- name: page(city_code, role, department, is_active, after, page_size)
-- One page of accounts by name.
SELECT username, role::text AS role, department, created_at, signed_in_at, must_change, disabled_at,
  EXISTS (SELECT 1 FROM identities AS i WHERE i.city_code = u.city_code AND i.username = u.username) AS is_bound
FROM users AS u WHERE city_code = :city_code AND username > :after
  AND (:role::text IS NULL OR role = :role::text::role)
  AND (:department::text IS NULL OR department = :department)
  AND (:is_active::boolean IS NULL OR (disabled_at IS NULL) = :is_active)
ORDER BY username LIMIT :page_size;

-- name: lock(city_code, username)^
-- An account that is about to change.
SELECT username, role::text AS role, department, created_at, signed_in_at, must_change, disabled_at, password_hash,
  EXISTS (SELECT 1 FROM identities AS i WHERE i.city_code = u.city_code AND i.username = u.username) AS is_bound
FROM users AS u WHERE city_code = :city_code AND username = :username FOR UPDATE;

-- name: lock_administrators(city_code)
-- Who administers the installation and may sign in. Locked in one order: of two who take each other's account away
-- the second waits, and finds itself the last.
SELECT username FROM users WHERE city_code = :city_code AND role = 'administrator' AND disabled_at IS NULL AND role_lost_at IS NULL
ORDER BY username FOR UPDATE;

-- name: change(role, department, password_hash, must_change, disabled_at, city_code, username)!
-- Keeps what changed of an account.
UPDATE users SET role = :role::text::role, department = :department, password_hash = :password_hash,
  must_change = :must_change, disabled_at = :disabled_at
WHERE city_code = :city_code AND username = :username;

-- name: end_sessions(city_code, username, but)!
-- Signs an account out everywhere, but for one session where one is named.
DELETE FROM sessions
WHERE city_code = :city_code AND username = :username AND (:but::bytea IS NULL OR token_hash <> :but);

-- name: note(city_code, username, action, role_before, role, department, by_user, at)!
-- Who did what to whose account; nothing changes or removes a row.
INSERT INTO user_changes (city_code, username, action, role_before, role, department, by_user, at)
VALUES (:city_code, :username, :action, :role_before::text::role, :role::text::role, :department, :by_user, :at);

-- name: changes(city_code, username, before, page_size)
-- One page of what was done to accounts, the newest first.
SELECT id, username, action, role_before::text AS role_before, role::text AS role, department, by_user, at
FROM user_changes
WHERE city_code = :city_code AND id < :before AND (:username::text IS NULL OR username = :username)
ORDER BY id DESC LIMIT :page_size;

-- name: was_in_other_hands(city_code, username, since)$
-- Has somebody else made this account, or taken it in hand so that they could sign in as it, since then?
SELECT EXISTS (
  SELECT 1 FROM user_changes
  WHERE city_code = :city_code AND username = :username AND at > :since AND by_user <> :username
    AND action IN ('create', 'enable', 'reset_password', 'set_role', 'second_factor_off', 'bind'));
