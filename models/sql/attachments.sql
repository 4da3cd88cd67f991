-- name: add(city_code, id, name, media_type, size, sha256, at)!
-- A file that lies in the attachments folder.
INSERT INTO attachments (city_code, id, name, media_type, size, sha256, at)
VALUES (:city_code, :id, :name, :media_type, :size, :sha256, :at);
