-- name: unread(city_code, version, since, page_size)
-- The next requests, registered from a time on, that a candidate has not read. A matter that was split off has the words of
-- the whole, so that they tell nothing of it.
SELECT t.id AS ticket_id, t.line, t.received_at, t.registered_at, x.masked_text FROM events AS e
JOIN tickets AS t ON t.city_code = e.city_code AND t.id = e.ticket_id
JOIN ticket_texts AS x ON x.city_code = e.city_code AND x.id = e.ticket_id
WHERE e.city_code = :city_code AND e.at >= :since AND e.type = 'register' AND t.parent IS NULL
  AND NOT EXISTS (SELECT FROM shadow_readings AS s
    WHERE s.city_code = e.city_code AND s.version = :version AND s.ticket_id = e.ticket_id)
ORDER BY e.at, e.ticket_id LIMIT :page_size;

-- name: add(readings)!
-- Keeps what was read; another worker may have read the same.
INSERT INTO shadow_readings
SELECT * FROM json_populate_recordset(NULL::shadow_readings, :readings::text::json) ON CONFLICT DO NOTHING;

-- name: reached(city_code, version)$
-- When the newest request was registered that a candidate has read.
SELECT max(registered_at) FROM shadow_readings WHERE city_code = :city_code AND version = :version;

-- name: figures(city_code, version, present)
-- How a candidate and the model in use agree, by the category that the latter reads, and which of them was right where a
-- person has said since what it is about.
SELECT r.present_category AS category, count(*) AS read,
  count(*) FILTER (WHERE r.category = r.present_category) AS same_category,
  count(*) FILTER (WHERE r.kind = r.present_kind) AS same_kind,
  count(*) FILTER (WHERE r.urgency = r.present_urgency) AS same_urgency,
  count(t.id) AS confirmed,
  count(t.id) FILTER (WHERE e.category = r.category) AS candidate_right,
  count(t.id) FILTER (WHERE e.category = r.present_category) AS present_right
FROM shadow_readings AS r
LEFT JOIN examples AS e ON e.city_code = r.city_code AND e.ticket_id = r.ticket_id
LEFT JOIN tickets AS t ON t.city_code = e.city_code AND t.id = e.ticket_id AND t.lead IS NOT NULL
WHERE r.city_code = :city_code AND r.version = :version AND r.present = :present
GROUP BY r.present_category ORDER BY r.present_category;
