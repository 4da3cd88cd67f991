-- name: of_owner(city_code, owner)
-- A person's views, by name.
SELECT name, filters, changed_at FROM saved_views WHERE city_code = :city_code AND owner = :owner ORDER BY name;

-- name: put(city_code, owner, name, filters, at, most)$
-- Keeps a view under its name; nothing where the person has too many others already.
INSERT INTO saved_views (city_code, owner, name, filters, changed_at)
SELECT :city_code, :owner::text, :name::text, :filters::json, :at::timestamptz
WHERE (SELECT count(*) FROM saved_views WHERE city_code = :city_code AND owner = :owner AND name <> :name) < :most::int
ON CONFLICT (city_code, owner, name) DO UPDATE SET filters = EXCLUDED.filters, changed_at = EXCLUDED.changed_at
RETURNING true;

-- name: drop(city_code, owner, name)$
-- Forgets a view; nothing where there is none.
DELETE FROM saved_views WHERE city_code = :city_code AND owner = :owner AND name = :name RETURNING true;
