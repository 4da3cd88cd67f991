-- name: of_ticket(city_code, ticket_id)
-- The whole trail of a ticket.
SELECT * FROM events WHERE city_code = :city_code AND ticket_id = :ticket_id ORDER BY seq;

-- name: ids_after(city_code, after)
-- The next ticket ids in order, for a walk over all trails.
SELECT id FROM tickets WHERE city_code = :city_code AND id > :after ORDER BY id LIMIT 500;

-- name: count_by_type(city_code, since)
-- How often each kind of event was written since a time.
SELECT type, count(*) AS n FROM events WHERE city_code = :city_code AND at >= :since GROUP BY type ORDER BY type;

