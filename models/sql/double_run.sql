-- name: page(city_code, after, low, high, since, until, page_size)
-- The next tickets of a time with every number under which another platform knows them; what is void never was.
SELECT t.id, t.line, t.category, t.lead, t.registered_at, t.promised_at, t.closed_at,
  array_remove(array_append(ARRAY(
    SELECT x.number FROM external_ids AS x WHERE x.city_code = t.city_code AND x.ticket_id = t.id), t.old_number), NULL) AS numbers
FROM tickets AS t
WHERE t.city_code = :city_code AND t.id > :after AND t.id >= :low AND t.id < :high
  AND t.registered_at >= :since AND t.registered_at < :until AND t.state <> 'void'
ORDER BY t.id LIMIT :page_size;
