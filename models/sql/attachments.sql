-- name: add(city_code, id, name, media_type, size, sha256, is_stripped, at)!
-- A file that lies in the attachments folder.
INSERT INTO attachments (city_code, id, name, media_type, size, sha256, is_stripped, at)
VALUES (:city_code, :id, :name, :media_type, :size, :sha256, :is_stripped, :at);

-- name: belong_to(ticket_id, city_code, ids)
-- Files that were uploaded before their ticket was registered; returns those that were free.
UPDATE attachments SET ticket_id = :ticket_id
WHERE city_code = :city_code AND id = ANY (:ids) AND ticket_id IS NULL RETURNING id;

-- name: take_photo(ticket_id, taken, assignment, city_code, id)$
-- Gives a stripped photo that is free to a ticket, as one of before or after the work; returns its digest.
UPDATE attachments SET ticket_id = :ticket_id, taken = :taken, assignment = :assignment
WHERE city_code = :city_code AND id = :id AND ticket_id IS NULL AND is_stripped RETURNING sha256;

-- name: of_ticket(city_code, ticket_id)
-- The files of a ticket: what came with the request, and the photos of the work.
SELECT id, name, media_type, size, taken, assignment, ticket_id, sha256 FROM attachments
WHERE city_code = :city_code AND ticket_id = :ticket_id ORDER BY at, id;

-- name: find(city_code, id)^
-- One file that belongs to a ticket.
SELECT id, name, media_type, size, taken, assignment, ticket_id, sha256 FROM attachments
WHERE city_code = :city_code AND id = :id AND ticket_id IS NOT NULL;
