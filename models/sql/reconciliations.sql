-- name: keep(city_code, line, day, sent_at, has_list, listed, digest)!
-- What a sub-centre says it has of a day; what it said before is forgotten.
INSERT INTO reconciliations (city_code, line, day, sent_at, has_list, listed, digest)
VALUES (:city_code, :line, :day, :sent_at, :has_list, :listed, :digest)
ON CONFLICT (city_code, line, day) DO UPDATE SET sent_at = EXCLUDED.sent_at, has_list = EXCLUDED.has_list,
  listed = EXCLUDED.listed, digest = EXCLUDED.digest;

-- name: forget_list(city_code, line, day)!
-- A list that another replaces.
DELETE FROM reconciliation_records WHERE city_code = :city_code AND line = :line AND day = :day;

-- name: keep_list(city_code, line, day, external_ids, versions)!
-- The records of a day as they stand there.
INSERT INTO reconciliation_records (city_code, line, day, external_id, version)
SELECT :city_code, :line, :day, r.external_id, r.version
FROM unnest(:external_ids::text[], :versions::bigint[]) AS r (external_id, version);

-- name: late(city_code, line, day, at)$
-- Nothing was said of a day in time; returns the line where that is so.
INSERT INTO reconciliations (city_code, line, day, late_at) VALUES (:city_code, :line, :day, :at)
ON CONFLICT (city_code, line, day) DO NOTHING RETURNING line;

-- name: owe(city_code, subject, due_at)!
-- When a sub-centre's next list is owed; who owes one already owes it then.
INSERT INTO timers (city_code, ticket_id, subject, kind, due_at, attempts)
VALUES (:city_code, 0, :subject, 'list_due', :due_at, 0) ON CONFLICT DO NOTHING;

-- name: owe_next(due_at, city_code, subject)!
-- The day after, the next list is owed.
UPDATE timers SET due_at = :due_at, claimed_until = NULL, attempts = 0
WHERE city_code = :city_code AND ticket_id = 0 AND subject = :subject;

-- name: days(city_code, line, before, page_size)
-- The newest days of a sub-centre before a date: what it said, what we have, and how far they agree.
SELECT r.line, r.day, r.sent_at, r.late_at, r.has_list, r.listed, kept.n AS kept,
  r.sent_at IS NOT NULL AND r.listed = kept.n AND coalesce(r.digest = kept.digest, false) AS is_equal,
  listed.missing, listed.older, extra.n AS extra
FROM (SELECT * FROM reconciliations WHERE city_code = :city_code AND line = :line AND day < :before
      ORDER BY day DESC LIMIT :page_size) AS r
CROSS JOIN LATERAL (
  SELECT count(*) AS n, encode(sha256(convert_to(coalesce(
    string_agg(f.external_id || ' ' || f.version, E'\n' ORDER BY f.external_id COLLATE "C"), ''), 'UTF8')), 'hex') AS digest
  FROM feed_records AS f WHERE f.city_code = r.city_code AND f.line = r.line AND f.day = r.day) AS kept
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE f.version IS NULL) AS missing, count(*) FILTER (WHERE f.version < l.version) AS older
  FROM reconciliation_records AS l LEFT JOIN feed_records AS f USING (city_code, line, external_id)
  WHERE l.city_code = r.city_code AND l.line = r.line AND l.day = r.day) AS listed
CROSS JOIN LATERAL (
  SELECT count(*) AS n FROM feed_records AS f
  WHERE r.has_list AND f.city_code = r.city_code AND f.line = r.line AND f.day = r.day AND NOT EXISTS (
    SELECT 1 FROM reconciliation_records AS l
    WHERE l.city_code = f.city_code AND l.line = f.line AND l.day = f.day AND l.external_id = f.external_id)) AS extra
ORDER BY r.day DESC;

-- name: differences(city_code, line, day, after, page_size)
-- What a day's list and our records differ in, in the order of their numbers.
SELECT * FROM (
  SELECT l.external_id, l.version AS listed, f.version AS kept
  FROM reconciliation_records AS l LEFT JOIN feed_records AS f USING (city_code, line, external_id)
  WHERE l.city_code = :city_code AND l.line = :line AND l.day = :day AND coalesce(f.version, -1) < l.version
  UNION ALL
  SELECT f.external_id, NULL, f.version FROM feed_records AS f JOIN reconciliations AS r USING (city_code, line, day)
  WHERE r.has_list AND f.city_code = :city_code AND f.line = :line AND f.day = :day AND NOT EXISTS (
    SELECT 1 FROM reconciliation_records AS l
    WHERE l.city_code = f.city_code AND l.line = f.line AND l.day = f.day AND l.external_id = f.external_id)
) AS d WHERE d.external_id COLLATE "C" > :after::text ORDER BY d.external_id COLLATE "C" LIMIT :page_size;
