-- name: of_ticket(city_code, ticket_id)
-- The whole trail of a ticket.
SELECT * FROM events WHERE city_code = :city_code AND ticket_id = :ticket_id ORDER BY seq;

-- name: clocks_of(city_code, ticket_ids)
-- What moved the clocks of the parts of some tickets, in the order of each trail.
SELECT * FROM events
WHERE city_code = :city_code AND ticket_id = ANY (:ticket_ids::bigint[]) AND type IN ('clock_started', 'clock_moved')
ORDER BY ticket_id, seq;

-- name: words_of_ticket(city_code, ticket_id)
-- The events of a ticket beside which a person's words stand, with those words, still sealed.
SELECT e.seq, e.type, e.at, e.body, w.words
FROM event_words AS w JOIN events AS e ON e.city_code = w.city_code AND e.ticket_id = w.ticket_id AND e.seq = w.seq
WHERE w.city_code = :city_code AND w.ticket_id = :ticket_id ORDER BY w.seq;

-- name: ids_after(city_code, after, batch)
-- The next ticket ids in order, for a walk over all trails.
SELECT id FROM tickets WHERE city_code = :city_code AND id > :after ORDER BY id LIMIT :batch;

-- name: without_ticket(city_code)
-- Whose trail is there while the ticket is not: nothing ever deletes a ticket.
SELECT e.ticket_id, count(*) AS n FROM events AS e
WHERE e.city_code = :city_code
  AND NOT EXISTS (SELECT 1 FROM tickets AS t WHERE t.city_code = e.city_code AND t.id = e.ticket_id)
GROUP BY e.ticket_id ORDER BY e.ticket_id;

-- name: count_by_type(city_code, since)
-- How often each kind of event was written since a time.
SELECT type, count(*) AS n FROM events WHERE city_code = :city_code AND at >= :since GROUP BY type ORDER BY type;

-- name: since(city_code, since, batch)
-- What happened to any ticket from a time on, the oldest first; what was taken over of the past (`imported`) did not happen now.
-- A changed telephone number is no ticket's: it comes as ticket 0 with the announcement's id.
(SELECT ticket_id, seq, type, at FROM events WHERE city_code = :city_code AND at >= :since AND type <> 'imported'
 ORDER BY at, ticket_id, seq LIMIT :batch)
UNION ALL
(SELECT 0, id, 'line_changed', at FROM announcements WHERE city_code = :city_code AND at >= :since
 ORDER BY at, id LIMIT :batch)
ORDER BY at, ticket_id, seq LIMIT :batch;

-- name: parties(city_code, ticket_ids)
-- Which departments have or had a part of these tickets, which have one in hand, and whom the tickets accuse.
SELECT a.ticket_id, array_agg(DISTINCT a.department) AS departments, t.recused,
  coalesce(array_agg(DISTINCT a.department) FILTER (WHERE a.state NOT IN ('accepted', 'sent_back', 'recalled')), '{}') AS live
FROM assignments AS a
JOIN tickets AS t ON t.city_code = a.city_code AND t.id = a.ticket_id
WHERE a.city_code = :city_code AND a.ticket_id = ANY (:ticket_ids::bigint[]) GROUP BY a.ticket_id, t.recused;

-- name: touched_since(city_code, since)
-- Which tickets have an event since a time, in order.
SELECT DISTINCT ticket_id FROM events WHERE city_code = :city_code AND at >= :since ORDER BY ticket_id;

-- name: heads(city_code, ticket_ids)
-- Where the chains of some tickets stand, in order.
SELECT id, event_count, head_hash FROM tickets WHERE city_code = :city_code AND id = ANY (:ticket_ids::bigint[]) ORDER BY id;

-- name: heads_after(city_code, after, batch)
-- Where the chains of the next tickets stand, in order.
SELECT id, event_count, head_hash FROM tickets WHERE city_code = :city_code AND id > :after ORDER BY id LIMIT :batch;
