-- name: say(city_code, ticket_id, adoption, department, at)!
-- What the lead answers to a suggestion; said anew, it is to be approved anew.
INSERT INTO adoptions (city_code, ticket_id, adoption, department, said_at)
VALUES (:city_code, :ticket_id, :adoption, :department, :at)
ON CONFLICT (city_code, ticket_id) DO UPDATE
SET adoption = EXCLUDED.adoption, department = EXCLUDED.department, said_at = EXCLUDED.said_at, decided_at = NULL;

-- name: decide(at, city_code, ticket_id)$
-- The answer holds from now on; returns it.
UPDATE adoptions SET decided_at = :at WHERE city_code = :city_code AND ticket_id = :ticket_id RETURNING adoption;

-- name: decided(city_code, ticket_id)$
-- The answer to a suggestion that holds.
SELECT adoption FROM adoptions WHERE city_code = :city_code AND ticket_id = :ticket_id AND decided_at IS NOT NULL;

-- name: publish(city_code, ticket_id, state, title, brief, category, answer, consent, by, at, decided_at)$
-- Publishes a suggestion; returns its id.
INSERT INTO suggestions (city_code, ticket_id, state, title, brief, category, answer, consent, published_by, published_at, decided_at)
VALUES (:city_code, :ticket_id, :state, :title, :brief, :category, :answer, :consent, :by, :at, :decided_at) RETURNING id;

-- name: find(city_code, id)^
-- A published suggestion.
SELECT * FROM suggestions WHERE city_code = :city_code AND id = :id AND withdrawn_at IS NULL;

-- name: of_ticket(city_code, ticket_id)^
-- The published suggestion that a ticket is about.
SELECT * FROM suggestions WHERE city_code = :city_code AND ticket_id = :ticket_id AND withdrawn_at IS NULL;

-- name: newest(city_code, state, below, page_size)
-- One page of published suggestions, the newest first.
SELECT * FROM suggestions
WHERE city_code = :city_code AND withdrawn_at IS NULL AND (:state::text IS NULL OR state = :state) AND id < :below
ORDER BY id DESC LIMIT :page_size;

-- name: most_supported(city_code, state, supports, below, page_size)
-- One page of published suggestions, the most supported first.
SELECT * FROM suggestions
WHERE city_code = :city_code AND withdrawn_at IS NULL AND (:state::text IS NULL OR state = :state)
  AND (supports, id) < (:supports, :below)
ORDER BY supports DESC, id DESC LIMIT :page_size;

-- name: change(state, answer, done, studied_at, decided_at, done_at, withdrawn_at, city_code, id)!
-- Keeps what changed of a suggestion.
UPDATE suggestions SET state = :state, answer = :answer, done = :done, studied_at = :studied_at, decided_at = :decided_at,
  done_at = :done_at, withdrawn_at = :withdrawn_at
WHERE city_code = :city_code AND id = :id;

-- name: support(city_code, id, supporter, is_verified, at)$
-- Counts a supporter once; returns whether it was new, nothing where the suggestion takes no support.
WITH open AS (
  SELECT id FROM suggestions WHERE city_code = :city_code AND id = :id AND withdrawn_at IS NULL
    AND state IN ('published', 'under_study') FOR UPDATE
), made AS (
  INSERT INTO supports (city_code, suggestion, supporter, is_verified, at)
  SELECT :city_code, id, :supporter, :is_verified, :at FROM open ON CONFLICT DO NOTHING RETURNING suggestion
), counted AS (
  UPDATE suggestions SET supports = supports + 1 WHERE city_code = :city_code AND id IN (SELECT suggestion FROM made)
)
SELECT EXISTS (SELECT FROM made) FROM open;

-- name: by_topic(city_code, low, high, since, until)
-- Of the suggestions registered within a time, by category: how many there were, were published, and how they were answered.
SELECT t.category, count(*) AS received,
  count(*) FILTER (WHERE EXISTS (SELECT FROM suggestions AS s
    WHERE s.city_code = t.city_code AND s.ticket_id = t.id AND s.withdrawn_at IS NULL)) AS published,
  count(*) FILTER (WHERE a.adoption = 'adopted') AS adopted,
  count(*) FILTER (WHERE a.adoption = 'partly_adopted') AS partly_adopted,
  count(*) FILTER (WHERE a.adoption = 'declined') AS declined,
  count(*) FILTER (WHERE a.adoption IS NULL
    AND t.state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up')) AS pending
FROM tickets AS t
LEFT JOIN adoptions AS a ON a.city_code = t.city_code AND a.ticket_id = t.id AND a.decided_at IS NOT NULL
WHERE t.city_code = :city_code AND t.kind = 'suggestion' AND t.id >= :low AND t.id < :high
  AND t.registered_at >= :since AND t.registered_at < :until
GROUP BY t.category ORDER BY count(*) DESC, t.category;

-- name: published_within(city_code, since, until, most)
-- The most supported of the suggestions published within a time.
SELECT s.*, (SELECT count(*) FROM supports AS p
             WHERE p.city_code = s.city_code AND p.suggestion = s.id AND p.is_verified) AS verified
FROM suggestions AS s
WHERE s.city_code = :city_code AND s.withdrawn_at IS NULL AND s.published_at >= :since AND s.published_at < :until
ORDER BY s.supports DESC, s.id DESC LIMIT :most;

-- name: states_within(city_code, since, until)
-- Where the suggestions published within a time stand now.
SELECT state, count(*) AS n FROM suggestions
WHERE city_code = :city_code AND withdrawn_at IS NULL AND published_at >= :since AND published_at < :until
GROUP BY state;
