-- name: add(city_code, id, name, media_type, size, sha256, at)!
-- A file that lies in the attachments folder.
INSERT INTO attachments (city_code, id, name, media_type, size, sha256, at)
VALUES (:city_code, :id, :name, :media_type, :size, :sha256, :at);

-- name: belong_to(ticket_id, city_code, ids)
-- Files that were uploaded before their ticket was registered; returns those that were free.
UPDATE attachments SET ticket_id = :ticket_id
WHERE city_code = :city_code AND id = ANY (:ids) AND ticket_id IS NULL RETURNING id;

-- name: of_ticket(city_code, ticket_id)
-- The files that came with a ticket.
SELECT id, name, media_type, size FROM attachments
WHERE city_code = :city_code AND ticket_id = :ticket_id ORDER BY at, id;

-- name: find(city_code, id)^
-- One file that belongs to a ticket.
SELECT id, name, media_type, size, ticket_id, sha256 FROM attachments
WHERE city_code = :city_code AND id = :id AND ticket_id IS NOT NULL;
