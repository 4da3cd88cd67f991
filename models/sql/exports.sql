-- name: ask(city_code, by, role, department, filters, format, at, most)$
-- Somebody asks for an export; returns its id, nothing where too many of theirs wait already.
INSERT INTO exports (city_code, asked_by, role, department, filters, format, state, asked_at)
SELECT :city_code, :by::text, :role::text::role, :department::text, :filters::json, :format::text, 'waiting', :at::timestamptz
WHERE (SELECT count(*) FROM exports WHERE city_code = :city_code AND asked_by = :by AND state = 'waiting') < :most::int
RETURNING id;

-- name: claim(city_code, now, until, most)^
-- Takes the oldest export that waits and that nobody is making; one that was begun and never ended is taken again.
UPDATE exports SET claimed_until = :until, attempts = attempts + 1
WHERE city_code = :city_code AND id = (
  SELECT e.id FROM exports AS e
  WHERE e.city_code = :city_code AND e.state = 'waiting' AND e.attempts < :most
    AND (e.claimed_until IS NULL OR e.claimed_until < :now)
  ORDER BY e.id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, asked_by, role::text AS role, department, filters, format;

-- name: progress(progress, row_count, is_cut, until, city_code, id)!
-- How far it is; whoever makes it has it for longer.
UPDATE exports SET progress = :progress, row_count = :row_count, is_cut = :is_cut, claimed_until = :until
WHERE city_code = :city_code AND id = :id AND state = 'waiting';

-- name: keep(content, size, at, city_code, id)!
-- The export is made.
UPDATE exports SET state = 'made', progress = 100, content = :content, size = :size, made_at = :at, claimed_until = NULL, error = NULL
WHERE city_code = :city_code AND id = :id;

-- name: fail(error, most, retry_at, city_code, id)!
-- It could not be made; after so many attempts it is not tried again.
UPDATE exports SET error = :error, claimed_until = :retry_at, state = CASE WHEN attempts >= :most THEN 'failed' ELSE state END
WHERE city_code = :city_code AND id = :id;

-- name: give_up(now, most, error, city_code)!
-- What was begun so often and never ended is not begun again.
UPDATE exports SET state = 'failed', error = coalesce(error, :error)
WHERE city_code = :city_code AND state = 'waiting' AND attempts >= :most AND claimed_until < :now;

-- name: drop_made(city_code, before)!
-- Drops the files that were made before a time; who asked for what stays.
UPDATE exports SET state = 'dropped', content = NULL
WHERE city_code = :city_code AND state = 'made' AND made_at < :before;

-- name: find(city_code, id)^
-- One export without its file.
SELECT id, asked_by, role::text AS role, department, filters, format, state, progress, row_count, is_cut, asked_at, made_at, size, error
FROM exports WHERE city_code = :city_code AND id = :id;

-- name: content(city_code, id)$
-- The file of an export, sealed.
SELECT content FROM exports WHERE city_code = :city_code AND id = :id;

-- name: page(city_code, by, before, page_size)
-- One page of somebody's exports, or of everybody's, the newest first.
SELECT id, asked_by, role::text AS role, department, filters, format, state, progress, row_count, is_cut, asked_at, made_at, size, error
FROM exports WHERE city_code = :city_code AND id < :before AND (:by::text IS NULL OR asked_by = :by)
ORDER BY id DESC LIMIT :page_size;
