-- name: issue(city_code, token_hash, role, subject, label, scope, per_minute, created_at, created_by, expires_at)$
-- Makes a token known; returns its id.
INSERT INTO credentials (city_code, token_hash, role, subject, label, scope, per_minute, created_at, created_by, expires_at)
VALUES (:city_code, :token_hash, :role::text::role, :subject, :label, :scope::text[], :per_minute, :created_at, :created_by,
  :expires_at)
RETURNING id;

-- name: lock(city_code, id)^
-- A token that is about to change; never the token itself.
SELECT id, role::text AS role, subject, label, scope, per_minute, created_at, created_by, expires_at, revoked_at, replaced_by
FROM credentials WHERE city_code = :city_code AND id = :id FOR UPDATE;

-- name: limit(per_minute, city_code, id)!
-- How often it may be used.
UPDATE credentials SET per_minute = :per_minute WHERE city_code = :city_code AND id = :id;

-- name: revoke(at, city_code, id)!
-- It holds no more.
UPDATE credentials SET revoked_at = :at WHERE city_code = :city_code AND id = :id;

-- name: replace(expires_at, replaced_by, city_code, id)!
-- Another takes its place; it holds a little longer, never longer than it did.
UPDATE credentials SET replaced_by = :replaced_by, expires_at = least(expires_at, :expires_at)
WHERE city_code = :city_code AND id = :id;

-- name: page(city_code, role, before, page_size)
-- One page, the newest first, of one role or of all.
SELECT id, role::text AS role, subject, label, scope, per_minute, created_at, created_by, expires_at, revoked_at, replaced_by
FROM credentials WHERE city_code = :city_code AND id < :before AND (:role::text IS NULL OR role = :role::text::role)
ORDER BY id DESC LIMIT :page_size;
