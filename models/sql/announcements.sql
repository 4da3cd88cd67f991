-- name: register(city_code)^
-- The register of telephone numbers as it was announced last, locked: two that start at once announce a change once.
SELECT city_version, lines FROM line_register WHERE city_code = :city_code FOR UPDATE;

-- name: keep_register(city_code, city_version, lines, at)!
-- The register from now on.
INSERT INTO line_register (city_code, city_version, lines, at) VALUES (:city_code, :city_version, :lines, :at)
ON CONFLICT (city_code) DO UPDATE SET city_version = EXCLUDED.city_version, lines = EXCLUDED.lines, at = EXCLUDED.at;

-- name: add(city_code, line, name, change, details, city_version, at)!
-- One number that came, went or changed.
INSERT INTO announcements (city_code, line, name, change, details, city_version, at)
VALUES (:city_code, :line, :name, :change, :details, :city_version, :at);

-- name: plan(city_code, line, name, change, details, city_version, at, holds_from, planned_by)$
-- A change that is announced ahead; returns its id.
INSERT INTO announcements (city_code, line, name, change, details, city_version, at, holds_from, planned_by)
VALUES (:city_code, :line, :name, :change, :details, :city_version, :at, :holds_from, :planned_by) RETURNING id;

-- name: done(at, city_code, line, change)!
-- The register has changed a number in one way: what was announced ahead of that kind is done.
UPDATE announcements SET done_at = :at
WHERE city_code = :city_code AND line = :line AND change = :change AND planned_by IS NOT NULL AND done_at IS NULL AND called_off_at IS NULL;

-- name: call_off(at, because, city_code, id)!
-- What was announced ahead will not be.
UPDATE announcements SET called_off_at = :at, called_off_because = :because WHERE city_code = :city_code AND id = :id;

-- name: find(city_code, id)^
-- One announcement, locked.
SELECT id, line, name, change, details, at, holds_from, planned_by, done_at, called_off_at, called_off_because
FROM announcements WHERE city_code = :city_code AND id = :id FOR UPDATE;

-- name: page(city_code, before, page_size)
-- One page of announcements, the newest first.
SELECT id, line, name, change, details, at, holds_from, planned_by, done_at, called_off_at, called_off_because
FROM announcements WHERE city_code = :city_code AND id < :before ORDER BY id DESC LIMIT :page_size;
