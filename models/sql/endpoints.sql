-- name: get(city_code, department)^
-- A department's endpoint and secrets.
SELECT * FROM endpoints WHERE city_code = :city_code AND department = :department;

-- name: put(city_code, department, url, webhook_secrets, callback_secrets, verified_at)!
-- Registers or changes an endpoint; a verified one starts with a closed circuit.
INSERT INTO endpoints (city_code, department, url, webhook_secrets, callback_secrets, verified_at, failure_count)
VALUES (:city_code, :department, :url, :webhook_secrets, :callback_secrets, :verified_at, 0)
ON CONFLICT (city_code, department) DO UPDATE SET url = EXCLUDED.url, webhook_secrets = EXCLUDED.webhook_secrets,
  callback_secrets = EXCLUDED.callback_secrets, verified_at = EXCLUDED.verified_at, failure_count = 0,
  open_until = NULL;

-- name: report(now, city_code, reports)!
-- An answer closes the circuit. Five failures in a row open it, for longer each time, at most five minutes; then one
-- try is let through. When one last took something is kept to the minute.
UPDATE endpoints AS e SET
  delivered_at = CASE WHEN r.has_answered THEN :now ELSE e.delivered_at END,
  failure_count = CASE WHEN r.has_answered THEN 0 ELSE e.failure_count END + r.failures,
  open_until = CASE WHEN CASE WHEN r.has_answered THEN 0 ELSE e.failure_count END + r.failures >= 5
    THEN :now::timestamptz + interval '1 second' * least(300, power(2,
      least(12, CASE WHEN r.has_answered THEN 0 ELSE e.failure_count END + r.failures) - 3)) END
FROM json_to_recordset(:reports::text::json) AS r (department text, has_answered boolean, failures int)
WHERE e.city_code = :city_code AND e.department = r.department
  AND (e.failure_count > 0 OR e.open_until IS NOT NULL OR r.failures > 0
    OR r.has_answered AND coalesce(e.delivered_at <= :now::timestamptz - interval '1 minute', true));

-- name: standings(city_code)
-- How every endpoint stands, without its secrets.
SELECT department, url, verified_at, failure_count, open_until, delivered_at FROM endpoints WHERE city_code = :city_code;

-- name: close_circuits(now, city_code)!
-- Every endpoint that is left alone may be tried once, now.
UPDATE endpoints SET open_until = :now WHERE city_code = :city_code AND open_until > :now;
