-- name: page(city_code, grid, street, district, below, barred, own, page_size)
-- One page of what patrols reported on a ground, the newest first.
SELECT t.*, x.masked_text FROM tickets AS t
JOIN ticket_texts AS x ON x.city_code = t.city_code AND x.id = t.id
WHERE t.city_code = :city_code AND t.channel = 'patrol' AND t.id < :below
  AND (:grid::text IS NULL OR t.grid = :grid) AND (:street::text IS NULL OR t.street = :street)
  AND (:district::text IS NULL OR t.district = :district)
  AND (t.recused = '{}' OR NOT is_kept_from(:city_code, t.id, :barred, :own))
ORDER BY t.id DESC LIMIT :page_size;

-- name: by_lead(city_code, low, since)
-- How many reports stand in which state with whom, registered since a time.
SELECT t.lead, t.state::text AS state, count(*) AS n FROM tickets AS t
WHERE t.city_code = :city_code AND t.channel = 'patrol' AND t.id >= :low AND t.registered_at >= :since
GROUP BY t.lead, t.state;
