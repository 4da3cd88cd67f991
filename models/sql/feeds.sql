-- name: put(city_code, line, external_id, version, body, day, at)$
-- A sub-centre's record as it stands there now; an older version than ours changes nothing. Returns what is kept.
INSERT INTO feed_records (city_code, line, external_id, version, body, day, at)
VALUES (:city_code, :line, :external_id, :version, :body, :day, :at)
ON CONFLICT (city_code, line, external_id) DO UPDATE SET version = EXCLUDED.version, body = EXCLUDED.body,
  day = EXCLUDED.day, at = EXCLUDED.at WHERE feed_records.version < EXCLUDED.version
RETURNING version;
