-- name: counted_to(city_code)$
-- The newest five minutes that were counted.
SELECT max(at) FROM arrivals WHERE city_code = :city_code;

-- name: fill(city_code, since, until)!
-- Counts the whole five minutes between two times: calls and chats, and requests that came without one.
INSERT INTO arrivals (city_code, at, n)
SELECT :city_code, five.at, count(came.at) FROM
  generate_series(:since::timestamptz, :until::timestamptz - interval '5 minutes', interval '5 minutes') AS five (at)
LEFT JOIN (
  SELECT date_bin('5 minutes', i.offered_at, :since::timestamptz) AS at FROM interactions AS i
  WHERE i.city_code = :city_code AND i.offered_at >= :since AND i.offered_at < :until
  UNION ALL
  SELECT date_bin('5 minutes', e.at, :since::timestamptz) FROM events AS e
  WHERE e.city_code = :city_code AND e.at >= :since AND e.at < :until AND e.type = 'register'
    -- Ticket by ticket: of a join the planner would make a reading of all tickets there ever were.
    AND (SELECT t.interaction FROM tickets AS t WHERE t.city_code = e.city_code AND t.id = e.ticket_id) IS NULL
) AS came USING (at)
GROUP BY five.at
ON CONFLICT DO NOTHING;

-- name: came(city_code, since, until)$
-- How many calls, chats and requests without one came between two times.
SELECT (SELECT count(*) FROM interactions AS i
        WHERE i.city_code = :city_code AND i.offered_at >= :since AND i.offered_at < :until)
  + (SELECT count(*) FROM events AS e
     WHERE e.city_code = :city_code AND e.at >= :since AND e.at < :until AND e.type = 'register'
       AND (SELECT t.interaction FROM tickets AS t WHERE t.city_code = e.city_code AND t.id = e.ticket_id) IS NULL);

-- name: usual(city_code, week_ago, day_ago, now)^
-- The mean of the five minutes of the week before the last day, over how many, and what the last day brought.
SELECT coalesce(avg(n) FILTER (WHERE at < :day_ago), 0)::float AS mean, count(*) FILTER (WHERE at < :day_ago) AS fives,
  coalesce(sum(n) FILTER (WHERE at >= :day_ago), 0)::bigint AS day
FROM arrivals WHERE city_code = :city_code AND at >= :week_ago AND at < :now;

-- name: last(city_code)^
-- The newest storm, over or not.
SELECT * FROM storms WHERE city_code = :city_code ORDER BY id DESC LIMIT 1;

-- name: lock(city_code)$
-- One after the other: who begins or ends a storm sees what was done before.
SELECT pg_advisory_xact_lock(hashtextextended('storm ' || :city_code, 0)) IS NULL;

-- name: page(city_code, most)
-- The newest storms.
SELECT * FROM storms WHERE city_code = :city_code ORDER BY id DESC LIMIT :most;

-- name: begin(city_code, cause, reason, arrivals, expected, by, at)$
-- A storm begins; returns its id.
INSERT INTO storms (city_code, cause, reason, arrivals, expected, peak, began_by, began_at)
VALUES (:city_code, :cause, :reason, :arrivals, :expected, :arrivals, :by, :at) RETURNING id;

-- name: goes_on(peak, calm_since, city_code, id)!
-- How a storm goes on.
UPDATE storms SET peak = :peak, calm_since = :calm_since WHERE city_code = :city_code AND id = :id;

-- name: end(by, at, reason, city_code, id)!
-- A storm is over.
UPDATE storms SET ended_by = :by, ended_at = :at, ended_reason = :reason WHERE city_code = :city_code AND id = :id;
