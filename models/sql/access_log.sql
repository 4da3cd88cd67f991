-- name: note(city_code, at, by_user, role, what, ticket_id, second, reason, place)!
-- Somebody looked at somebody's data; nothing changes a row.
INSERT INTO access_log (city_code, at, by_user, role, what, ticket_id, second, reason, place)
VALUES (:city_code, :at, :by_user, :role::text::role, :what, :ticket_id, :second, :reason, :place);

-- name: page(city_code, by_user, ticket_id, since, until, before, page_size)
-- One page, the newest first: of one person, of one ticket, within a time, or all.
SELECT id, at, by_user, role::text AS role, what, ticket_id, second, reason, place FROM access_log
WHERE city_code = :city_code AND id < :before AND (:by_user::text IS NULL OR by_user = :by_user)
  AND (:ticket_id::bigint IS NULL OR ticket_id = :ticket_id)
  AND (:since::timestamptz IS NULL OR at >= :since) AND (:until::timestamptz IS NULL OR at < :until)
ORDER BY id DESC LIMIT :page_size;
