-- name: piles(city_code, batch)
-- Takes the next tickets that told of a keyword and were not counted yet; returns the piles that they have grown.
WITH taken AS (
  UPDATE keyword_hits SET is_counted = true
  WHERE city_code = :city_code AND ticket_id IN (
    SELECT ticket_id FROM keyword_hits WHERE city_code = :city_code AND NOT is_counted
    ORDER BY at, ticket_id LIMIT :batch FOR UPDATE SKIP LOCKED)
  RETURNING keyword, district
)
SELECT DISTINCT keyword, district FROM taken;

-- name: waves(city_code, since, batch)
-- Takes raised waves that have grown since they were looked at, those with the newest ticket first.
UPDATE waves SET seen = tickets WHERE city_code = :city_code AND id IN (
  SELECT id FROM waves
  WHERE city_code = :city_code AND raised_at IS NOT NULL AND last_at >= :since AND seen < tickets
  ORDER BY last_at DESC LIMIT :batch FOR UPDATE SKIP LOCKED)
RETURNING id;

-- name: lock(city_code, subject)^
-- The prompt of a pile-up, locked.
SELECT * FROM prompts WHERE city_code = :city_code AND subject = :subject FOR UPDATE;

-- name: lock_id(city_code, id)^
-- One prompt, locked.
SELECT * FROM prompts WHERE city_code = :city_code AND id = :id FOR UPDATE;

-- name: find(city_code, id)^
-- One prompt.
SELECT * FROM prompts WHERE city_code = :city_code AND id = :id;

-- name: count(city_code, wave, keyword, district, since, after)^
-- How many tickets of a pile-up lie by themselves: not merged, and leading no incident.
SELECT count(*) AS tickets, count(DISTINCT coalesce(t.caller_index, int8send(t.id))) AS callers, min(p.at) AS first_at,
  max(p.at) AS last_at, coalesce(max(t.id), 0) AS newest
FROM pile(:city_code, :wave, :keyword, :district, :since) AS p
JOIN tickets AS t ON t.city_code = :city_code AND t.id = p.ticket_id
WHERE t.merged_into IS NULL AND t.id > :after AND NOT EXISTS (
  SELECT 1 FROM incidents AS i WHERE i.city_code = :city_code AND i.lead = t.id AND i.closed_at IS NULL);

-- name: newest(city_code, wave, keyword, district, since, after, most)
-- The newest tickets of a pile-up that lie by themselves, with their words.
SELECT t.id, t.place, t.category, x.masked_text, x.fingerprint FROM (
  SELECT t.id, t.place, t.category FROM pile(:city_code, :wave, :keyword, :district, :since) AS p
  JOIN tickets AS t ON t.city_code = :city_code AND t.id = p.ticket_id
  WHERE t.merged_into IS NULL AND t.id > :after ORDER BY t.id DESC LIMIT :most
) AS t
JOIN ticket_texts AS x ON x.city_code = :city_code AND x.id = t.id
ORDER BY t.id;

-- name: known(city_code, ids, but)$
-- How many of some tickets lie in the pile-up of another prompt that is open, or that was dismissed and goes on.
SELECT count(*) FROM unnest(:ids::bigint[]) AS one (id) WHERE EXISTS (
  SELECT 1 FROM prompts AS p WHERE p.city_code = :city_code AND p.state IN ('open', 'dismissed')
    AND p.subject <> :but AND p.subject IN (
    SELECT 'wave:' || w.wave FROM wave_tickets AS w WHERE w.city_code = :city_code AND w.ticket_id = one.id
    UNION ALL
    SELECT 'keyword:' || h.keyword || '@' || h.district FROM keyword_hits AS h
    WHERE h.city_code = :city_code AND h.ticket_id = one.id AND h.at >= p.since));

-- name: ask(city_code, subject, wave, keyword, district, since, after, tickets, callers, first_at, last_at, at, described, sentence, place, category, representative)!
-- Asks anew, or keeps how far the pile-up has grown.
INSERT INTO prompts (city_code, subject, wave, keyword, district, state, since, after, tickets, callers, first_at,
  last_at, raised_at, described, sentence, place, category, representative, settled_callers, attached_to)
VALUES (:city_code, :subject, :wave, :keyword, :district, 'open', :since, :after, :tickets, :callers, :first_at,
  :last_at, :at, :described, :sentence, :place, :category, :representative, 0, :after)
ON CONFLICT (city_code, subject) DO UPDATE SET state = 'open', since = EXCLUDED.since,
  tickets = EXCLUDED.tickets, callers = EXCLUDED.callers, first_at = EXCLUDED.first_at, last_at = EXCLUDED.last_at,
  raised_at = CASE WHEN prompts.state = 'open' THEN prompts.raised_at ELSE EXCLUDED.raised_at END,
  described = EXCLUDED.described, sentence = EXCLUDED.sentence, place = EXCLUDED.place, category = EXCLUDED.category,
  representative = EXCLUDED.representative;

-- name: saw(last_at, city_code, subject)!
-- A settled pile-up has grown, and not so much that anybody is asked again.
UPDATE prompts SET last_at = :last_at WHERE city_code = :city_code AND subject = :subject;

-- name: renew(since, last_at, city_code, subject)!
-- The pile-up that was settled is over; what comes now is another one.
UPDATE prompts SET state = CASE WHEN state = 'open' THEN state ELSE 'over' END, since = :since, last_at = :last_at,
  settled_callers = 0 WHERE city_code = :city_code AND subject = :subject;

-- name: settle(state, by, role, at, reason, incident, after, city_code, id)!
-- A person has settled it; what came since `after` may raise it again.
UPDATE prompts SET state = :state, settled_by = :by, settled_role = :role, settled_at = :at, reason = :reason,
  incident = coalesce(:incident::bigint, incident), settled_callers = callers, after = :after
WHERE city_code = :city_code AND id = :id;

-- name: cover(city_code, ids, incident, at)!
-- What another prompt's incident has taken in asks for nothing any more.
UPDATE prompts SET state = 'covered', settled_at = :at, incident = :incident
WHERE city_code = :city_code AND id = ANY (:ids::bigint[]) AND state = 'open';

-- name: attachable(city_code, wave, keyword, district, since, attached_to, after, lead, page_size)
-- The next tickets of an opened pile-up that are to be attached, in the order of their numbers.
SELECT t.id FROM pile(:city_code, :wave, :keyword, :district, :since) AS p
JOIN tickets AS t ON t.city_code = :city_code AND t.id = p.ticket_id
WHERE t.merged_into IS NULL AND t.id > :attached_to AND t.id <= :after AND t.id <> :lead ORDER BY t.id LIMIT :page_size;

-- name: attached(attached_to, city_code, id)!
-- How far the tickets of an opened pile-up were gone through.
UPDATE prompts SET attached_to = greatest(attached_to, :attached_to) WHERE city_code = :city_code AND id = :id;

-- name: attaching(city_code, batch)
-- Opened pile-ups with tickets that nobody has gone through yet.
SELECT * FROM prompts WHERE city_code = :city_code AND state = 'opened' AND attached_to < after ORDER BY id LIMIT :batch;

-- name: page(city_code, state, before, page_size)
-- One page of prompts of a state, the newest first.
SELECT * FROM prompts WHERE city_code = :city_code AND state = :state AND id < :before ORDER BY id DESC LIMIT :page_size;

-- name: lead(city_code, wave, keyword, district, since, after, named)^
-- Which ticket of a pile-up is to lead: the one that is named, else the gravest, and of those the earliest.
SELECT t.id FROM pile(:city_code, :wave, :keyword, :district, :since) AS p
JOIN tickets AS t ON t.city_code = :city_code AND t.id = p.ticket_id
WHERE t.merged_into IS NULL AND t.id > :after AND t.state IN ('on_desk', 'assigned', 'in_review', 'follow_up')
  AND (:named::bigint IS NULL OR t.id = :named)
ORDER BY t.urgency, t.id LIMIT 1;

-- name: waiting(city_code)$
-- How many prompts nobody has settled.
SELECT count(*) FROM prompts WHERE city_code = :city_code AND state = 'open';
