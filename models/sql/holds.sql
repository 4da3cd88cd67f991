-- name: head(city_code, now, decides, designate_at)^
-- The desk's next ticket, locked: the gravest, of these what was registered first, that nobody holds and nobody takes a step of
-- at this moment. Who does not rule and designate gets none that waits for that.
SELECT t.id FROM tickets AS t
WHERE t.city_code = :city_code AND t.state = 'on_desk'
  AND (:decides::boolean OR (NOT t.is_disputed AND t.dispatch_count + 1 < :designate_at::int))
  AND NOT EXISTS (
    SELECT 1 FROM holds AS h WHERE h.city_code = t.city_code AND h.ticket_id = t.id AND h.lapses_at > :now)
ORDER BY t.urgency, t.registered_at, t.id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED;

-- name: take(city_code, ticket_id, holder, now, lapses_at, takes_over)^
-- Holds a ticket, or goes on to; nothing where somebody else holds it who is not to be put aside.
INSERT INTO holds (city_code, ticket_id, holder, held_at, lapses_at)
VALUES (:city_code, :ticket_id, :holder, :now, :lapses_at)
ON CONFLICT (city_code, ticket_id) DO UPDATE SET holder = EXCLUDED.holder, lapses_at = EXCLUDED.lapses_at,
  held_at = CASE WHEN holds.holder = EXCLUDED.holder AND holds.lapses_at > EXCLUDED.held_at THEN holds.held_at
    ELSE EXCLUDED.held_at END
WHERE holds.holder = EXCLUDED.holder OR holds.lapses_at <= EXCLUDED.held_at OR :takes_over::boolean
RETURNING ticket_id, holder, held_at, lapses_at;

-- name: of_tickets(city_code, ids, now)
-- Who holds which of some tickets.
SELECT ticket_id, holder, held_at, lapses_at FROM holds
WHERE city_code = :city_code AND ticket_id = ANY (:ids::bigint[]) AND lapses_at > :now;

-- name: let_go(city_code, ticket_id, holder)!
-- Ends the hold of one person, or of whoever has it.
DELETE FROM holds
WHERE city_code = :city_code AND ticket_id = :ticket_id AND (:holder::text IS NULL OR holder = :holder);

-- name: forget(city_code, now)!
-- Drops what has lapsed.
DELETE FROM holds WHERE city_code = :city_code AND lapses_at <= :now;
