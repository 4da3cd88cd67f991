-- migrate:up

-- 删除个人信息: since when nothing personal is kept of a ticket; its trail, dates and departments stay.
ALTER TABLE tickets ADD COLUMN erased_at timestamptz;
-- What is over its time and not erased yet, tip-offs apart: they are kept longer.
CREATE INDEX tickets_to_erase ON tickets (city_code, (kind = 'tip_off'), closed_at, id)
  WHERE closed_at IS NOT NULL AND erased_at IS NULL;
ALTER TABLE countersigns DROP CONSTRAINT countersigns_what_check;
ALTER TABLE countersigns ADD CONSTRAINT countersigns_what_check
  CHECK (what IN ('reveal', 'designate', 'close', 'reclassify', 'void', 'erase'));

-- Files of which nothing is known any more and which are still to be deleted from the attachments folder.
CREATE TABLE removed_files (
  city_code text NOT NULL,
  id text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (city_code, id)
);

-- 保存期限: what a worker erased on a day because it was older than `until`, and how far it has come. What was looked at and
-- must stay is `held`.
CREATE TABLE retention_runs (
  city_code text NOT NULL,
  day date NOT NULL,
  rule text NOT NULL,
  until timestamptz NOT NULL,
  done integer NOT NULL DEFAULT 0,
  held integer NOT NULL DEFAULT 0,
  after_at timestamptz NOT NULL DEFAULT '-infinity',
  after_id bigint NOT NULL DEFAULT 0,
  finished_at timestamptz,
  PRIMARY KEY (city_code, rule, day)
);

-- The oldest of each is found without reading the others.
CREATE INDEX notices_by_time ON notices (city_code, created_at);
CREATE INDEX idempotency_by_time ON idempotency (city_code, created_at);
CREATE INDEX drafts_by_time ON drafts (city_code, written_at);
CREATE INDEX phone_codes_by_time ON phone_codes (city_code, sent_at);
CREATE INDEX attachments_loose ON attachments (city_code, at) WHERE ticket_id IS NULL;
CREATE INDEX feed_records_by_age ON feed_records (city_code, day);
CREATE INDEX exclusions_by_ticket ON exclusions (city_code, ticket_id);

-- Empties a month of the numbers by which near texts are found, once nobody looks so far back; tells whether there was anything.
CREATE FUNCTION empty_bands(yyyymm integer) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  part text := 'ticket_bands_' || yyyymm;
  is_full boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', part) INTO is_full;
  IF is_full THEN
    EXECUTE format('TRUNCATE %I', part);
  END IF;
  RETURN is_full;
END $$;
-- What the chatbot has kept of some talks (c1, c2 …); it makes its tables itself, and need not have been there ever.
CREATE FUNCTION erase_chatbot_talks(senders text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF to_regclass('chatbot.events') IS NOT NULL THEN
    EXECUTE 'DELETE FROM chatbot.events WHERE sender_id = ANY ($1)' USING senders;
  END IF;
END $$;

-- migrate:down

DROP FUNCTION erase_chatbot_talks, empty_bands;
DROP INDEX notices_by_time, idempotency_by_time, drafts_by_time, phone_codes_by_time, attachments_loose, feed_records_by_age,
  exclusions_by_ticket;
DROP TABLE retention_runs, removed_files;
DELETE FROM countersigns WHERE what = 'erase';
ALTER TABLE countersigns DROP CONSTRAINT countersigns_what_check;
ALTER TABLE countersigns ADD CONSTRAINT countersigns_what_check
  CHECK (what IN ('reveal', 'designate', 'close', 'reclassify', 'void'));
DROP INDEX tickets_to_erase;
ALTER TABLE tickets DROP COLUMN erased_at;
