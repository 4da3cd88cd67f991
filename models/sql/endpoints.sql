-- name: get(city_code, department)^
-- A department's endpoint and secrets.
SELECT * FROM endpoints WHERE city_code = :city_code AND department = :department;

-- name: all(city_code)
-- Every endpoint.
SELECT * FROM endpoints WHERE city_code = :city_code ORDER BY department;

-- name: put(city_code, department, url, webhook_secrets, callback_secrets, verified_at)!
-- Registers or changes an endpoint; a verified one starts with a closed circuit.
INSERT INTO endpoints (city_code, department, url, webhook_secrets, callback_secrets, verified_at, failure_count)
VALUES (:city_code, :department, :url, :webhook_secrets, :callback_secrets, :verified_at, 0)
ON CONFLICT (city_code, department) DO UPDATE SET url = EXCLUDED.url, webhook_secrets = EXCLUDED.webhook_secrets,
  callback_secrets = EXCLUDED.callback_secrets, verified_at = EXCLUDED.verified_at, failure_count = 0,
  open_until = NULL;

-- name: succeeded(city_code, departments)!
-- An answer from the endpoint closes its circuit.
UPDATE endpoints SET failure_count = 0, open_until = NULL
WHERE city_code = :city_code AND department = ANY (:departments) AND failure_count > 0;

-- name: failed(wall_now, city_code, department)!
-- The circuit opens after five failures in a row, for longer each time, at most five minutes; then one try is let
-- through.
UPDATE endpoints SET failure_count = failure_count + 1,
  open_until = CASE WHEN failure_count + 1 >= 5
    THEN :wall_now::timestamptz + least(power(2, failure_count - 3), 300) * interval '1 second' END
WHERE city_code = :city_code AND department = :department;
