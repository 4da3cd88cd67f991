-- name: switches(city_code)
-- How the automatic dispatch of every category was switched last.
SELECT DISTINCT ON (category) category, is_on, at, actor, reason FROM auto_dispatch
WHERE city_code = :city_code ORDER BY category, n DESC;

-- name: switch(city_code, category, is_on, at, actor, reason)!
-- Switches the automatic dispatch of a category.
INSERT INTO auto_dispatch (city_code, category, is_on, at, actor, reason)
VALUES (:city_code, :category, :is_on, :at, :actor, :reason);

-- name: outcomes(city_code, low)
-- What went out by itself from a ticket id on, by the category it went out under, and how much of it had to go elsewhere.
SELECT auto_category AS category, count(*) AS dispatched, count(*) FILTER (WHERE dispatch_count > 1) AS misdirected
FROM tickets WHERE city_code = :city_code AND id >= :low AND auto_category IS NOT NULL GROUP BY auto_category;

-- name: shares(city_code, low)
-- How many tickets of each category there were from a ticket id on; those of an old platform never came in here.
SELECT category, count(*) AS tickets FROM tickets
WHERE city_code = :city_code AND id >= :low AND imported_from IS NULL GROUP BY category;
