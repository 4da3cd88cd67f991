-- name: finished(city_code, day)
-- What is done for a day.
SELECT rule FROM retention_runs WHERE city_code = :city_code AND day = :day AND finished_at IS NOT NULL;

-- name: begin(city_code, day, rule, until)!
-- A rule's day begins, once. What is looked at in the order of its time goes on where the day before ended.
INSERT INTO retention_runs (city_code, day, rule, until, after_at, after_id)
SELECT :city_code, :day, :rule, :until, coalesce(last.after_at, '-infinity'), coalesce(last.after_id, 0)
FROM (SELECT 1) AS one LEFT JOIN LATERAL (
  SELECT after_at, after_id FROM retention_runs
  WHERE city_code = :city_code AND rule = :rule AND :rule IN ('calls', 'chats') AND day < :day ORDER BY day DESC LIMIT 1) AS last ON true
ON CONFLICT DO NOTHING;

-- name: claim(city_code, day, rule)^
-- It is one worker's until the transaction ends; nobody's where it is done.
SELECT day, rule, until, done, held, after_at, after_id FROM retention_runs
WHERE city_code = :city_code AND day = :day AND rule = :rule AND finished_at IS NULL FOR UPDATE SKIP LOCKED;

-- name: advance(done, held, after_at, after_id, finished_at, city_code, day, rule)!
-- How far it has come, written with what it did.
UPDATE retention_runs SET done = :done, held = :held, after_at = :after_at, after_id = :after_id, finished_at = :finished_at
WHERE city_code = :city_code AND day = :day AND rule = :rule;

-- name: runs(city_code)
-- What every rule did on its last day, and since ever.
SELECT DISTINCT ON (rule) rule, day, until, done, held, finished_at, sum(done) OVER (PARTITION BY rule) AS done_ever
FROM retention_runs WHERE city_code = :city_code ORDER BY rule, day DESC;

-- name: due_tickets(city_code, is_tip_off, until, after_at, after_id, n)
-- Ended tickets whose time is over, the oldest first.
SELECT id, closed_at AS at FROM tickets
WHERE city_code = :city_code AND (kind = 'tip_off') = :is_tip_off AND closed_at IS NOT NULL AND erased_at IS NULL
  AND closed_at < :until AND (closed_at, id) > (:after_at, :after_id) ORDER BY closed_at, id LIMIT :n;

-- name: due_calls(city_code, until, after_at, after_id, n)
-- Calls, letters and forms whose time is over, the oldest first, whatever is kept of them.
SELECT i.id, i.offered_at AS at FROM interactions AS i
WHERE i.city_code = :city_code AND i.offered_at < :until AND (i.offered_at, i.id) > (:after_at, :after_id)
  AND NOT EXISTS (SELECT 1 FROM conversations AS c WHERE c.city_code = i.city_code AND c.interaction = i.id)
ORDER BY i.offered_at, i.id LIMIT :n;

-- name: due_chats(city_code, until, after_at, after_id, n)
-- The same of chats, with which interaction each is.
SELECT id, interaction, created_at AS at FROM conversations
WHERE city_code = :city_code AND created_at < :until AND (created_at, id) > (:after_at, :after_id) ORDER BY created_at, id LIMIT :n;

-- name: notices(city_code, until, n)$
-- Messages to citizens.
WITH gone AS (
  DELETE FROM notices WHERE city_code = :city_code AND id IN (
    SELECT id FROM notices WHERE city_code = :city_code AND created_at < :until ORDER BY created_at LIMIT :n) RETURNING 1
)
SELECT count(*) FROM gone;

-- name: deliveries(city_code, until, n)$
-- Messages to departments' systems, but for what is still being sent.
WITH gone AS (
  DELETE FROM deliveries WHERE city_code = :city_code AND id IN (
    SELECT id FROM deliveries WHERE city_code = :city_code AND created_at < :until AND state <> 'waiting'
    ORDER BY created_at, id LIMIT :n) RETURNING 1
)
SELECT count(*) FROM gone;

-- name: answers(city_code, until, n)$
-- Answers kept for a request that is sent again.
WITH gone AS (
  DELETE FROM idempotency WHERE city_code = :city_code AND (channel, key) IN (
    SELECT channel, key FROM idempotency WHERE city_code = :city_code AND created_at < :until ORDER BY created_at LIMIT :n)
  RETURNING 1
)
SELECT count(*) FROM gone;

-- name: mirrors(city_code, until, n)$
-- Records of sub-centres.
WITH gone AS (
  DELETE FROM feed_records WHERE city_code = :city_code AND (line, external_id) IN (
    SELECT line, external_id FROM feed_records
    WHERE city_code = :city_code AND day < (:until AT TIME ZONE 'Asia/Shanghai')::date ORDER BY day LIMIT :n) RETURNING 1
)
SELECT count(*) FROM gone;

-- name: drafts(city_code, until, n)$
-- Registrations that nobody finished.
WITH gone AS (
  DELETE FROM drafts WHERE city_code = :city_code AND id IN (
    SELECT id FROM drafts WHERE city_code = :city_code AND written_at < :until ORDER BY written_at LIMIT :n) RETURNING 1
)
SELECT count(*) FROM gone;

-- name: uploads(city_code, until, n)$
-- Files that came with nothing; what lies in the folder is deleted once this is written.
WITH gone AS (
  DELETE FROM attachments WHERE city_code = :city_code AND ticket_id IS NULL AND id IN (
    SELECT id FROM attachments WHERE city_code = :city_code AND ticket_id IS NULL AND at < :until ORDER BY at LIMIT :n)
  RETURNING id, at
), put_down AS (
  INSERT INTO removed_files (city_code, id, at) SELECT :city_code, id, at FROM gone
)
SELECT count(*) FROM gone;

-- name: codes(city_code, until, n)$
-- Codes that were sent to phones.
WITH gone AS (
  DELETE FROM phone_codes WHERE city_code = :city_code AND (conversation, sent_at) IN (
    SELECT conversation, sent_at FROM phone_codes WHERE city_code = :city_code AND sent_at < :until ORDER BY sent_at LIMIT :n)
  RETURNING 1
)
SELECT count(*) FROM gone;

-- name: access_log(city_code, until, n)$
-- Who looked at whose data; its rows are numbered as time goes.
WITH gone AS (
  DELETE FROM access_log WHERE city_code = :city_code AND at < :until AND id IN (
    SELECT id FROM access_log WHERE city_code = :city_code ORDER BY id LIMIT :n) RETURNING 1
)
SELECT count(*) FROM gone;

-- name: records(city_code, until, n)$
-- Who asked for which list as a file, and what was signed by two.
WITH lists AS (
  DELETE FROM exports WHERE city_code = :city_code AND asked_at < :until AND id IN (
    SELECT id FROM exports WHERE city_code = :city_code ORDER BY id LIMIT :n) RETURNING 1
), signed AS (
  DELETE FROM countersigns WHERE city_code = :city_code AND asked_at < :until AND id IN (
    SELECT id FROM countersigns WHERE city_code = :city_code ORDER BY id LIMIT :n) RETURNING 1
)
SELECT (SELECT count(*) FROM lists) + (SELECT count(*) FROM signed);

-- name: bands()
-- The months of which there is a partition of numbers by which near texts are found.
SELECT substring(c.relname FROM 'ticket_bands_(\d{6})$')::int AS yyyymm
FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid WHERE i.inhparent = 'ticket_bands'::regclass ORDER BY 1;

-- name: wait_briefly()$
-- For the rest of the transaction a lock is waited for a second at the most: behind one who waits stands everybody.
SELECT set_config('lock_timeout', '1s', true);

-- name: empty_bands(yyyymm)$
-- Empties one of them; tells whether there was anything.
SELECT empty_bands(:yyyymm);

-- name: counts(city_code, n, tickets, tip_offs, calls, calls_from, chats, chats_from, notices, deliveries, answers, mirrors, drafts, uploads, codes, access_log, records)^
-- How much of each is over its time now, up to a number.
SELECT
  (SELECT count(*) FROM (SELECT 1 FROM tickets WHERE city_code = :city_code AND (kind = 'tip_off') = false AND closed_at IS NOT NULL
     AND erased_at IS NULL AND closed_at < :tickets LIMIT :n) AS q) AS tickets,
  (SELECT count(*) FROM (SELECT 1 FROM tickets WHERE city_code = :city_code AND (kind = 'tip_off') = true AND closed_at IS NOT NULL
     AND erased_at IS NULL AND closed_at < :tip_offs LIMIT :n) AS q) AS tip_offs,
  (SELECT count(*) FROM (SELECT 1 FROM interactions AS i WHERE i.city_code = :city_code AND i.offered_at >= :calls_from AND i.offered_at < :calls
     AND NOT EXISTS (SELECT 1 FROM conversations AS c WHERE c.city_code = i.city_code AND c.interaction = i.id)
     LIMIT :n) AS q) AS calls,
  (SELECT count(*) FROM (SELECT 1 FROM conversations WHERE city_code = :city_code AND created_at >= :chats_from AND created_at < :chats
     LIMIT :n) AS q) AS chats,
  (SELECT count(*) FROM (SELECT 1 FROM notices WHERE city_code = :city_code AND created_at < :notices LIMIT :n) AS q) AS notices,
  (SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE city_code = :city_code AND created_at < :deliveries AND state <> 'waiting'
     LIMIT :n) AS q) AS deliveries,
  (SELECT count(*) FROM (SELECT 1 FROM idempotency WHERE city_code = :city_code AND created_at < :answers LIMIT :n) AS q) AS answers,
  (SELECT count(*) FROM (SELECT 1 FROM feed_records WHERE city_code = :city_code
     AND day < (:mirrors AT TIME ZONE 'Asia/Shanghai')::date LIMIT :n) AS q) AS mirrors,
  (SELECT count(*) FROM (SELECT 1 FROM drafts WHERE city_code = :city_code AND written_at < :drafts LIMIT :n) AS q) AS drafts,
  (SELECT count(*) FROM (SELECT 1 FROM attachments WHERE city_code = :city_code AND ticket_id IS NULL AND at < :uploads LIMIT :n) AS q)
    AS uploads,
  (SELECT count(*) FROM (SELECT 1 FROM phone_codes WHERE city_code = :city_code AND sent_at < :codes LIMIT :n) AS q) AS codes,
  (SELECT count(*) FROM (SELECT at FROM access_log WHERE city_code = :city_code ORDER BY id LIMIT :n) AS q WHERE at < :access_log)
    AS access_log,
  (SELECT count(*) FROM (SELECT asked_at FROM exports WHERE city_code = :city_code ORDER BY id LIMIT :n) AS q WHERE asked_at < :records)
    + (SELECT count(*) FROM (SELECT asked_at FROM countersigns WHERE city_code = :city_code ORDER BY id LIMIT :n) AS q
       WHERE asked_at < :records) AS records;
