-- name: ruled_lead(city_code, ticket_id)$
-- Who leads by the newest ruling on a ticket.
SELECT lead FROM disputes WHERE city_code = :city_code AND ticket_id = :ticket_id AND ruled_at IS NOT NULL
ORDER BY n DESC LIMIT 1;
