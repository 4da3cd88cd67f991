-- name: add(city_code, id, name, media_type, size, sha256, at)!
-- A file that lies in the attachments folder.
INSERT INTO attachments (city_code, id, name, media_type, size, sha256, at)
VALUES (:city_code, :id, :name, :media_type, :size, :sha256, :at);

-- name: belong_to(ticket_id, city_code, ids)
-- Files that were uploaded before their ticket was registered; returns those that were free.
UPDATE attachments SET ticket_id = :ticket_id
WHERE city_code = :city_code AND id = ANY (:ids) AND ticket_id IS NULL RETURNING id;
