-- name: claim(claimed_until, city_code, now, wall_now, probe_until, departments, counts, each, batch)
-- Takes waiting deliveries whose time has come: only the first of each ticket and department, so that order is kept.
-- No endpoint gets more than its share: so many at a time, less what this worker has under way to it; one at a time
-- while it fails; none while its circuit is open, and one try when that time is over. Other workers skip what is taken.
WITH probed AS (
  UPDATE endpoints AS e SET open_until = :probe_until
  WHERE (e.city_code, e.department) IN (
    SELECT p.city_code, p.department FROM endpoints AS p
    WHERE p.city_code = :city_code AND p.open_until <= :now AND p.url IS NOT NULL AND EXISTS (
      SELECT 1 FROM deliveries AS d
      WHERE d.city_code = p.city_code AND d.department = p.department AND d.state = 'waiting' AND d.next_at <= :now
        AND (d.claimed_until IS NULL OR d.claimed_until < :wall_now))
    FOR UPDATE SKIP LOCKED)
  RETURNING e.department, e.url, e.webhook_secrets, 1 AS room
), ready AS (
  SELECT * FROM probed
  UNION ALL
  SELECT e.department, e.url, e.webhook_secrets,
    CASE WHEN e.failure_count > 0 THEN 1 ELSE :each::int END - coalesce(u.n, 0)
  FROM endpoints AS e
  LEFT JOIN unnest(:departments::text[], :counts::int[]) AS u (department, n) USING (department)
  WHERE e.city_code = :city_code AND e.open_until IS NULL AND e.url IS NOT NULL
), taken AS MATERIALIZED (
  SELECT d.id, r.url, r.webhook_secrets FROM ready AS r
  CROSS JOIN LATERAL (
    SELECT w.id, w.next_at FROM deliveries AS w
    WHERE w.city_code = :city_code AND w.department = r.department AND w.state = 'waiting' AND w.next_at <= :now
      AND (w.claimed_until IS NULL OR w.claimed_until < :wall_now)
      AND NOT EXISTS (
        SELECT 1 FROM deliveries AS before
        WHERE before.city_code = w.city_code AND before.ticket_id = w.ticket_id
          AND before.department = w.department AND before.state = 'waiting' AND before.position < w.position)
    ORDER BY w.next_at LIMIT greatest(r.room, 0) FOR UPDATE SKIP LOCKED
  ) AS d
  ORDER BY d.next_at LIMIT :batch
)
UPDATE deliveries AS d SET claimed_until = :claimed_until
FROM taken AS t
WHERE d.city_code = :city_code AND d.id = t.id
RETURNING d.id, d.ticket_id, d.department, d.body, d.traceparent, d.attempts, d.claimed_until, t.url, t.webhook_secrets;

-- name: settle(rows, city_code)!
-- What became of a batch of attempts: delivered, waiting for another try, or dead. A worker that lost its claim
-- meanwhile may only say that the other side has it.
UPDATE deliveries AS d SET state = s.state, attempts = d.attempts + 1, claimed_until = NULL, next_at = s.next_at,
  delivered_at = s.delivered_at, last_error = s.last_error
FROM json_to_recordset(:rows::text::json) AS s (id text, state delivery_state, next_at timestamptz,
  delivered_at timestamptz, last_error text, claimed_until timestamptz)
WHERE d.city_code = :city_code AND d.id = s.id AND d.state = 'waiting'
  AND (s.state = 'delivered' OR d.claimed_until = s.claimed_until);

-- name: wake(now, lapses_at, city_code)!
-- Whatever waits may be tried now, and no claim lasts longer than one that is made now.
UPDATE deliveries SET next_at = least(next_at, :now),
  claimed_until = CASE WHEN claimed_until > :lapses_at THEN :lapses_at ELSE claimed_until END
WHERE city_code = :city_code AND state = 'waiting' AND (next_at > :now OR claimed_until > :lapses_at);

-- name: page(city_code, state, department, ticket_id, before_at, before_id, barred, own, page_size)
-- One page of deliveries, newest first.
SELECT id, ticket_id, department, type, state::text AS state, attempts, created_at, next_at, delivered_at, last_error
FROM deliveries
WHERE city_code = :city_code AND (:state::text IS NULL OR state = :state::text::delivery_state)
  AND (:department::text IS NULL OR department = :department)
  AND (:ticket_id::bigint IS NULL OR ticket_id = :ticket_id)
  AND (created_at, id) < (:before_at, :before_id)
  AND (:barred::text[] = '{}' OR NOT is_kept_from(:city_code, deliveries.ticket_id, :barred, :own))
ORDER BY created_at DESC, id DESC LIMIT :page_size;

-- name: find(city_code, id)^
-- One delivery with what it says, sealed.
SELECT id, ticket_id, department, type, state::text AS state, attempts, created_at, next_at, delivered_at, last_error, body
FROM deliveries WHERE city_code = :city_code AND id = :id;

-- name: replay(now, city_code, id)$
-- Sends one delivery again, as if it were new. One that is on its way keeps its claim: it is not sent beside itself.
UPDATE deliveries SET state = 'waiting', attempts = 0, next_at = :now, delivered_at = NULL
WHERE city_code = :city_code AND id = :id RETURNING id;

-- name: replay_dead(now, city_code, department)$
-- Sends every dead letter of a department (or of all) again; returns how many.
WITH woken AS (
  UPDATE deliveries SET state = 'waiting', attempts = 0, next_at = :now
  WHERE city_code = :city_code AND state = 'dead' AND (:department::text IS NULL OR department = :department)
  RETURNING 1
) SELECT count(*) FROM woken;

-- name: counts(city_code)
-- How many deliveries stand in each state.
SELECT state::text AS state, count(*) AS n FROM deliveries WHERE city_code = :city_code GROUP BY state;

-- name: undelivered(city_code)^
-- How many deliveries wait and how many are dead, and since when the oldest waits. Two parts, each with an index of
-- its own: what was delivered is never looked at.
SELECT w.n AS waiting, w.since AS waiting_since, d.n AS dead
FROM (SELECT count(*) AS n, min(created_at) AS since FROM deliveries
      WHERE city_code = :city_code AND state = 'waiting') AS w,
     (SELECT count(*) AS n FROM deliveries WHERE city_code = :city_code AND state = 'dead') AS d;

-- name: undelivered_by_department(city_code)
-- How many deliveries wait and how many are dead, by department; each by the index that holds only these.
SELECT n.department, sum(n.waiting)::bigint AS waiting, sum(n.dead)::bigint AS dead FROM (
  SELECT department, count(*) AS waiting, 0::bigint AS dead FROM deliveries
  WHERE city_code = :city_code AND state = 'waiting' GROUP BY department
  UNION ALL
  SELECT department, 0::bigint, count(*) FROM deliveries
  WHERE city_code = :city_code AND state = 'dead' GROUP BY department) AS n
GROUP BY n.department;
