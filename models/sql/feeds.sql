-- name: put(city_code, line, external_id, version, body, at)$
-- A sub-centre's record as it stands there now; an older version than ours changes nothing. Returns what is kept.
INSERT INTO feed_records (city_code, line, external_id, version, body, at)
VALUES (:city_code, :line, :external_id, :version, :body, :at)
ON CONFLICT (city_code, line, external_id) DO UPDATE SET version = EXCLUDED.version, body = EXCLUDED.body,
  at = EXCLUDED.at WHERE feed_records.version < EXCLUDED.version
RETURNING version;
