-- migrate:up

-- 督办单 (潍坊§26): a supervision at a level that a department was told of is a letter: to be answered in writing by a date, and
-- closed with an outcome. What the hotline presses itself with has no answer_by.
ALTER TABLE supervisions
  ADD COLUMN answer_by timestamptz,
  ADD COLUMN answered_at timestamptz,
  ADD COLUMN answered_by text,
  ADD COLUMN answer bytea,
  ADD COLUMN closed_at timestamptz,
  ADD COLUMN closed_by text,
  ADD COLUMN outcome text;
CREATE INDEX supervisions_open ON supervisions (city_code, answer_by, ticket_id, seq)
  WHERE answer_by IS NOT NULL AND closed_at IS NULL;

-- migrate:down

DROP INDEX supervisions_open;
ALTER TABLE supervisions
  DROP COLUMN answer_by, DROP COLUMN answered_at, DROP COLUMN answered_by, DROP COLUMN answer,
  DROP COLUMN closed_at, DROP COLUMN closed_by, DROP COLUMN outcome;
