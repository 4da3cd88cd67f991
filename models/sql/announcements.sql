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

-- name: page(city_code, before, page_size)
-- One page of announcements, the newest first.
SELECT id, line, name, change, details, at FROM announcements
WHERE city_code = :city_code AND id < :before ORDER BY id DESC LIMIT :page_size;
