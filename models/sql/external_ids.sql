-- name: add(city_code, system, number, ticket_id, by, at)$
-- Gives a ticket its number in another system, unless a ticket has that one already; returns the number if it was given.
INSERT INTO external_ids (city_code, system, number, ticket_id, by, at)
VALUES (:city_code, :system, :number, :ticket_id, :by, :at) ON CONFLICT DO NOTHING RETURNING number;

-- name: holder(city_code, system, number)$
-- Which ticket has that number.
SELECT ticket_id FROM external_ids WHERE city_code = :city_code AND system = :system AND number = :number;

-- name: take_away(city_code, system, number, ticket_id)$
-- Takes a number away that was typed wrong; returns it if the ticket had it.
DELETE FROM external_ids
WHERE city_code = :city_code AND system = :system AND number = :number AND ticket_id = :ticket_id RETURNING number;

-- name: of_ticket(city_code, ticket_id)
-- Every number of a ticket elsewhere, in the order in which they were given.
SELECT system, number, by, at FROM external_ids
WHERE city_code = :city_code AND ticket_id = :ticket_id ORDER BY at, system, number;

-- name: make_searchable(tokens, city_code, ticket_id)!
-- Whoever looks for the number finds the ticket.
UPDATE ticket_texts SET search = search || array_to_tsvector(:tokens::text[])
WHERE city_code = :city_code AND id = :ticket_id;

-- name: make_unsearchable(tokens, city_code, ticket_id)!
-- Nobody finds the ticket by a number that is not its own.
UPDATE ticket_texts SET search = ts_delete(search, :tokens::text[]) WHERE city_code = :city_code AND id = :ticket_id;

-- name: unnumbered(city_code, line, after, low, since, page_size)
-- Tickets of our own that came by a line since a time and have no number in its system yet, the oldest first.
SELECT t.id, t.state, t.registered_at FROM tickets AS t
WHERE t.city_code = :city_code AND t.id > :after AND t.id >= :low AND t.registered_at >= :since AND t.line = :line
  AND t.imported_from IS NULL AND t.state <> 'void' AND NOT EXISTS (
    SELECT 1 FROM external_ids AS x WHERE x.city_code = t.city_code AND x.ticket_id = t.id AND x.system = t.line)
ORDER BY t.id LIMIT :page_size;

-- name: numbered(city_code, lines, low, since, until)
-- Of the tickets of a time that came by these lines, how many have a number in that line's own system.
SELECT t.line, count(*) AS tickets, count(*) FILTER (WHERE EXISTS (
  SELECT 1 FROM external_ids AS x WHERE x.city_code = t.city_code AND x.ticket_id = t.id AND x.system = t.line)) AS numbered
FROM tickets AS t
WHERE t.city_code = :city_code AND t.id >= :low AND t.registered_at >= :since AND t.registered_at < :until
  AND t.line = ANY (:lines::text[]) AND t.imported_from IS NULL
GROUP BY t.line ORDER BY t.line;
