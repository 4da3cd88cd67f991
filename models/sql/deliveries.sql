-- name: claim(claimed_until, city_code, now, wall_now, batch)
-- Takes waiting deliveries whose time has come: only the first of each ticket and department, so that order is kept,
-- and none to an endpoint whose circuit is open. Other workers skip what is taken.
UPDATE deliveries SET claimed_until = :claimed_until
WHERE (city_code, id) IN (
  SELECT d.city_code, d.id FROM deliveries AS d
  JOIN endpoints AS e ON e.city_code = d.city_code AND e.department = d.department
  WHERE d.city_code = :city_code AND d.state = 'waiting' AND d.next_at <= :now
    AND (d.claimed_until IS NULL OR d.claimed_until < :wall_now)
    AND (e.open_until IS NULL OR e.open_until <= :wall_now)
    AND e.url IS NOT NULL
    AND NOT EXISTS (
      SELECT 1 FROM deliveries AS before
      WHERE before.city_code = d.city_code AND before.ticket_id = d.ticket_id
        AND before.department = d.department AND before.state = 'waiting' AND before.position < d.position)
  ORDER BY d.next_at LIMIT :batch FOR UPDATE OF d SKIP LOCKED
)
RETURNING id, ticket_id, position, department, type, body, attempts;

-- name: settle(rows, city_code)!
-- What became of a batch of attempts: delivered, waiting for another try, or dead.
UPDATE deliveries AS d SET state = s.state, attempts = d.attempts + 1, claimed_until = NULL, next_at = s.next_at,
  delivered_at = s.delivered_at, last_error = s.last_error
FROM json_to_recordset(:rows::text::json) AS s (id text, state delivery_state, next_at timestamptz,
  delivered_at timestamptz, last_error text)
WHERE d.city_code = :city_code AND d.id = s.id;

-- name: page(city_code, state, department, ticket_id, before_at, before_id, page_size)
-- One page of deliveries, newest first.
SELECT id, ticket_id, department, type, state, attempts, created_at, next_at, delivered_at, last_error
FROM deliveries
WHERE city_code = :city_code AND (:state::text IS NULL OR state = :state::text::delivery_state)
  AND (:department::text IS NULL OR department = :department)
  AND (:ticket_id::bigint IS NULL OR ticket_id = :ticket_id)
  AND (created_at, id) < (:before_at, :before_id)
ORDER BY created_at DESC, id DESC LIMIT :page_size;

-- name: replay(now, city_code, id)$
-- Sends one delivery again, as if it were new.
UPDATE deliveries SET state = 'waiting', attempts = 0, next_at = :now, claimed_until = NULL
WHERE city_code = :city_code AND id = :id RETURNING id;

-- name: replay_dead(now, city_code, department)$
-- Sends every dead letter of a department (or of all) again; returns how many.
WITH woken AS (
  UPDATE deliveries SET state = 'waiting', attempts = 0, next_at = :now, claimed_until = NULL
  WHERE city_code = :city_code AND state = 'dead' AND (:department::text IS NULL OR department = :department)
  RETURNING 1
) SELECT count(*) FROM woken;

-- name: counts(city_code)
-- How many deliveries stand in each state.
SELECT state::text AS state, count(*) AS n FROM deliveries WHERE city_code = :city_code GROUP BY state;
