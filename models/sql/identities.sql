-- name: username(city_code, identity)$
-- Whose account this person of the provider has.
SELECT username FROM identities WHERE city_code = :city_code AND identity = :identity;

-- name: bind(city_code, identity, username, bound_at)$
-- Binds an account to a person; null where either is bound already.
INSERT INTO identities (city_code, identity, username, bound_at) VALUES (:city_code, :identity, :username, :bound_at)
ON CONFLICT DO NOTHING RETURNING username;

-- name: unbind(city_code, username)$
-- Ends the binding of an account; null where there is none.
DELETE FROM identities WHERE city_code = :city_code AND username = :username RETURNING username;

-- name: lose_role(at, city_code, username)$
-- The provider gives no role any more; null where that is known.
UPDATE users SET role_lost_at = :at WHERE city_code = :city_code AND username = :username AND role_lost_at IS NULL
RETURNING username;

-- name: regain_role(city_code, username)$
-- The provider gives one, or has no say any more; null where none was lost.
UPDATE users SET role_lost_at = NULL WHERE city_code = :city_code AND username = :username AND role_lost_at IS NOT NULL
RETURNING username;
