-- name: ruled_lead(city_code, ticket_id)$
-- Who leads by the newest ruling on a ticket that says who leads; one on an assisting part does not.
SELECT lead FROM disputes WHERE city_code = :city_code AND ticket_id = :ticket_id AND lead IS NOT NULL
ORDER BY n DESC LIMIT 1;

-- name: end_open(at, ruling, city_code, ticket_id)!
-- The ticket has ended: nothing is left to be ruled.
UPDATE disputes SET ruled_at = :at, ruling = :ruling
WHERE city_code = :city_code AND ticket_id = :ticket_id AND ruled_at IS NULL;
