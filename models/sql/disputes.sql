-- name: ruled_lead(city_code, ticket_id)$
-- Who leads by the newest ruling on a ticket that says who leads; one on an assisting part does not.
SELECT lead FROM disputes WHERE city_code = :city_code AND ticket_id = :ticket_id AND lead IS NOT NULL
ORDER BY n DESC LIMIT 1;
