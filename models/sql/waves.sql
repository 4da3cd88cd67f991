-- name: waiting(city_code, page_size)
-- The next tickets that have not joined a wave, the oldest first, locked: another worker waits and then finds them joined.
SELECT ticket_id, nearest, likeness FROM wave_tickets
WHERE city_code = :city_code AND wave IS NULL ORDER BY at, ticket_id LIMIT :page_size FOR UPDATE;

-- name: of_tickets(city_code, ids)
-- The waves of tickets, for those that have joined one or are about to.
SELECT ticket_id, wave FROM wave_tickets WHERE city_code = :city_code AND ticket_id = ANY (:ids::bigint[]);

-- name: found(city_code, ids)!
-- Makes waves of tickets that nobody resembled before.
INSERT INTO wave_tickets (city_code, ticket_id, at, wave)
SELECT city_code, id, registered_at, id FROM tickets WHERE city_code = :city_code AND id = ANY (:ids::bigint[])
ON CONFLICT DO NOTHING;

-- name: join(city_code, ids, waves)!
-- Tickets join waves.
UPDATE wave_tickets AS w SET wave = joined.wave
FROM unnest(:ids::bigint[], :waves::bigint[]) AS joined (ticket_id, wave)
WHERE w.city_code = :city_code AND w.ticket_id = joined.ticket_id;

-- name: count(city_code, ids, since, callers, at)
-- Counts waves anew; one becomes raised when so many callers have come to it since a time. Returns those raised just now.
INSERT INTO waves (city_code, id, tickets, callers, first_at, last_at, raised_at, described, is_stale, keywords)
SELECT :city_code, counted.wave, counted.tickets, counted.callers, counted.first_at, counted.last_at,
  CASE WHEN counted.recent >= :callers::int THEN :at::timestamptz END, 0, true, '{}'
FROM (
  SELECT w.wave, count(*) AS tickets, count(DISTINCT coalesce(t.caller_index, int8send(t.id))) AS callers,
    count(DISTINCT coalesce(t.caller_index, int8send(t.id))) FILTER (WHERE w.at >= :since::timestamptz) AS recent,
    min(w.at) AS first_at, max(w.at) AS last_at
  FROM wave_tickets AS w JOIN tickets AS t ON t.city_code = w.city_code AND t.id = w.ticket_id
  WHERE w.city_code = :city_code AND w.wave = ANY (:ids::bigint[])
  GROUP BY w.wave
) AS counted
ON CONFLICT (city_code, id) DO UPDATE SET tickets = EXCLUDED.tickets, callers = EXCLUDED.callers,
  first_at = EXCLUDED.first_at, last_at = EXCLUDED.last_at, raised_at = coalesce(waves.raised_at, EXCLUDED.raised_at),
  is_stale = EXCLUDED.tickets >= 1.2 * waves.described
RETURNING id, raised_at = :at::timestamptz AS is_new;

-- name: stale(city_code, page_size)
-- Raised waves that have grown by a fifth since they were described, with how many tickets they have.
SELECT id, tickets FROM waves WHERE city_code = :city_code AND is_stale AND raised_at IS NOT NULL
ORDER BY id LIMIT :page_size;

-- name: newest(city_code, id, most)
-- The newest tickets of a wave with their words.
SELECT t.id, t.place, t.category, x.masked_text, x.fingerprint FROM (
  SELECT ticket_id FROM wave_tickets WHERE city_code = :city_code AND wave = :id ORDER BY at DESC LIMIT :most
) AS w
JOIN tickets AS t ON t.city_code = :city_code AND t.id = w.ticket_id
JOIN ticket_texts AS x ON x.city_code = :city_code AND x.id = w.ticket_id
ORDER BY t.id;

-- name: describe(city_code, id, tickets, representative, sentence, keywords, place, category)!
-- Keeps the description of a wave; it stays stale where many tickets have joined meanwhile.
UPDATE waves SET representative = :representative, sentence = :sentence, keywords = :keywords::text[], place = :place,
  category = :category, described = :tickets, is_stale = tickets >= 1.2 * :tickets::int
WHERE city_code = :city_code AND id = :id;

-- name: page(city_code, before_at, before_id, newest, page_size)
-- One page of raised and described waves, the one with the newest ticket first, each with its newest tickets.
SELECT w.id, w.tickets, w.callers, w.first_at, w.last_at, w.raised_at, w.representative, w.sentence, w.keywords, w.place,
  w.category, ARRAY(
    SELECT m.ticket_id FROM wave_tickets AS m WHERE m.city_code = w.city_code AND m.wave = w.id
    ORDER BY m.at DESC, m.ticket_id DESC LIMIT :newest) AS newest
FROM waves AS w
WHERE w.city_code = :city_code AND w.raised_at IS NOT NULL AND w.sentence IS NOT NULL
  AND (w.last_at, w.id) < (:before_at, :before_id)
ORDER BY w.last_at DESC, w.id DESC LIMIT :page_size;
