-- name: seed(city_code, entries, author, at)$
-- Publishes entries that come with the city and are not known yet; returns how many.
WITH new AS (
  INSERT INTO knowledge (city_code, code, version, state, kind, title, category, owner, keywords, body, guide, basis,
    valid_from, valid_until, confirm_by, author, written_at, decided_by, decided_at)
  SELECT :city_code, e.code, 1, 'published', e.kind, e.title, e.category, e.owner, e.keywords, e.body, e.guide, e.basis,
    e.valid_from, e.valid_until, e.confirm_by, :author, :at::timestamptz, :author, :at::timestamptz
  FROM json_to_recordset(:entries::text::json) AS e (code text, kind text, title text, category text, owner text,
    keywords text[], body text, guide json, basis text[], valid_from date, valid_until date, confirm_by date)
  ON CONFLICT DO NOTHING RETURNING 1
) SELECT count(*) FROM new;

-- name: revision(city_code)$
-- How often what is served has changed.
SELECT revision FROM knowledge_revisions WHERE city_code = :city_code;

-- name: revise(city_code)!
-- Says that what is served has changed.
INSERT INTO knowledge_revisions VALUES (:city_code, 1)
ON CONFLICT (city_code) DO UPDATE SET revision = knowledge_revisions.revision + 1;

-- name: published(city_code)
-- Every published version.
SELECT code, version, kind, title, category, owner, keywords, body, guide, basis, valid_from, valid_until, confirm_by
FROM knowledge WHERE city_code = :city_code AND state = 'published' ORDER BY code;

-- name: versions(city_code, code)
-- Every version of an entry, newest first.
SELECT * FROM knowledge WHERE city_code = :city_code AND code = :code ORDER BY version DESC;

-- name: drafts(city_code, owner)
-- What waits for approval, the oldest first.
SELECT * FROM knowledge WHERE city_code = :city_code AND state = 'draft'
  AND (:owner::text IS NULL OR owner = :owner) ORDER BY written_at, code;

-- name: add(city_code, entry, author, at, from_ticket)!
-- Keeps a draft of a new version.
INSERT INTO knowledge (city_code, code, version, state, kind, title, category, owner, keywords, body, guide, basis,
  valid_from, valid_until, confirm_by, author, written_at, from_ticket)
SELECT :city_code, e.code, e.version, 'draft', e.kind, e.title, e.category, e.owner, e.keywords, e.body, e.guide, e.basis,
  e.valid_from, e.valid_until, e.confirm_by, :author, :at, :from_ticket
FROM json_to_record(:entry::text::json) AS e (code text, version int, kind text, title text, category text, owner text,
  keywords text[], body text, guide json, basis text[], valid_from date, valid_until date, confirm_by date);

-- name: lock(city_code, code)
-- Locks every version of an entry, newest first.
SELECT * FROM knowledge WHERE city_code = :city_code AND code = :code ORDER BY version DESC FOR UPDATE;

-- name: decide(state, by, at, reason, city_code, code, version)!
-- Says what became of a version.
UPDATE knowledge SET state = :state, decided_by = :by, decided_at = :at, reason = :reason
WHERE city_code = :city_code AND code = :code AND version = :version;

-- name: confirm(confirm_by, city_code, code, version)!
-- The owner has said that it still holds, until it must say so again.
UPDATE knowledge SET confirm_by = :confirm_by WHERE city_code = :city_code AND code = :code AND version = :version;

-- name: ask_again(city_code, words, by, at, due_at)!
-- Keeps a question that nothing answers; the same one is counted.
INSERT INTO knowledge_tasks (city_code, kind, words, opened_by, opened_at, due_at)
VALUES (:city_code, 'gap', :words, :by, :at, :due_at)
ON CONFLICT (city_code, words) WHERE kind = 'gap' AND closed_at IS NULL
DO UPDATE SET asked = knowledge_tasks.asked + 1;

-- name: correct(city_code, code, version, words, owner, by, at, due_at)$
-- Keeps what a seat says is wrong with an entry.
INSERT INTO knowledge_tasks (city_code, kind, code, version, words, owner, opened_by, opened_at, due_at)
VALUES (:city_code, 'correction', :code, :version, :words, :owner, :by, :at, :due_at) RETURNING id;

-- name: remind(city_code, until, by, at, timezone)$
-- Opens a task for the owner of every published entry that is to be confirmed by a day; returns how many are new. The whole of
-- that day is theirs.
WITH new AS (
  INSERT INTO knowledge_tasks (city_code, kind, code, version, words, owner, opened_by, opened_at, due_at)
  SELECT k.city_code, 'confirmation', k.code, k.version, k.title, k.owner, :by, :at::timestamptz,
    (k.confirm_by + 1)::timestamp AT TIME ZONE :timezone
  FROM knowledge AS k
  WHERE k.city_code = :city_code AND k.state = 'published' AND k.confirm_by <= :until::date
    AND (k.valid_until IS NULL OR k.valid_until >= :at::timestamptz::date)
  ON CONFLICT DO NOTHING RETURNING 1
) SELECT count(*) FROM new;

-- name: tasks(city_code, kind, owner, after_at, after_id, page_size)
-- One page of open tasks, the nearest due time first.
SELECT id, kind, code, version, words, owner, asked, opened_by, opened_at, due_at FROM knowledge_tasks
WHERE city_code = :city_code AND closed_at IS NULL AND (:kind::text IS NULL OR kind = :kind)
  AND (:owner::text IS NULL OR owner = :owner) AND (due_at, id) > (:after_at, :after_id)
ORDER BY due_at, id LIMIT :page_size;

-- name: task(city_code, id)^
-- An open task, locked.
SELECT id, kind, code, version, words, owner, asked, opened_by, opened_at, due_at FROM knowledge_tasks
WHERE city_code = :city_code AND id = :id AND closed_at IS NULL FOR UPDATE;

-- name: close(by, at, outcome, city_code, id)!
-- Ends a task.
UPDATE knowledge_tasks SET closed_by = :by, closed_at = :at, outcome = :outcome
WHERE city_code = :city_code AND id = :id AND closed_at IS NULL;

-- name: settle(by, at, outcome, city_code, code, only)!
-- Ends every open task about an entry, or those of one kind.
UPDATE knowledge_tasks SET closed_by = :by, closed_at = :at, outcome = :outcome
WHERE city_code = :city_code AND code = :code AND closed_at IS NULL AND (:only::text IS NULL OR kind = :only);

-- name: next_number()$
-- Takes the number of a new entry.
SELECT nextval('knowledge_numbers');
