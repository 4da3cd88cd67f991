-- name: ask(city_code, ticket_id, seq, what, fields, reason, asked_by, asked_role, asked_at, lapses_at)$
-- One person asks for a second one's signature; returns the id.
INSERT INTO countersigns (city_code, ticket_id, seq, what, fields, reason, asked_by, asked_role, asked_at, lapses_at)
VALUES (:city_code, :ticket_id, :seq, :what, :fields, :reason, :asked_by, :asked_role::text::role, :asked_at, :lapses_at)
RETURNING id;

-- name: find(city_code, id)^
-- One, whatever became of it.
SELECT id, ticket_id, seq, what, fields, reason, asked_by, asked_role::text AS asked_role, asked_at, lapses_at, is_granted,
  decided_by, decided_at, used_at
FROM countersigns WHERE city_code = :city_code AND id = :id;

-- name: standing(city_code, ticket_id, what, fields, at)
-- What still stands of exactly this deed: not lapsed, not used, not refused; the newest first. The ticket must be locked.
SELECT id, ticket_id, seq, what, fields, reason, asked_by, asked_role::text AS asked_role, asked_at, lapses_at, is_granted,
  decided_by, decided_at, used_at
FROM countersigns
WHERE city_code = :city_code AND ticket_id = :ticket_id AND what = :what AND fields = :fields AND lapses_at > :at
  AND used_at IS NULL AND is_granted IS NOT false
ORDER BY id DESC;

-- name: decide(is_granted, decided_by, decided_at, city_code, id)!
-- The second person signs or refuses.
UPDATE countersigns SET is_granted = :is_granted, decided_by = :decided_by, decided_at = :decided_at
WHERE city_code = :city_code AND id = :id;

-- name: use(used_at, city_code, id)!
-- What was signed is done; a signature holds once.
UPDATE countersigns SET used_at = :used_at WHERE city_code = :city_code AND id = :id;

-- name: page(city_code, waiting_at, ticket_id, before, page_size)
-- One page, the newest first: those that still wait at a time, or all; of one ticket, or of all.
SELECT id, ticket_id, seq, what, fields, reason, asked_by, asked_role::text AS asked_role, asked_at, lapses_at, is_granted,
  decided_by, decided_at, used_at
FROM countersigns
WHERE city_code = :city_code AND id < :before
  AND (:waiting_at::timestamptz IS NULL OR (decided_at IS NULL AND lapses_at > :waiting_at::timestamptz))
  AND (:ticket_id::bigint IS NULL OR ticket_id = :ticket_id)
ORDER BY id DESC LIMIT :page_size;
