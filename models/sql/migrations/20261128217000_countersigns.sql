-- migrate:up

-- 双人复核: what one person asked to do and a second must sign before it is done. `what` names the deed and `fields`, canonical
-- JSON without personal data, what exactly it is: another deed needs another signature. `reason` is sealed.
CREATE TABLE countersigns (
  city_code text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  ticket_id bigint NOT NULL,
  seq integer NOT NULL,
  what text NOT NULL CHECK (what IN ('reveal', 'designate', 'close', 'reclassify', 'void')),
  fields text NOT NULL,
  reason bytea NOT NULL,
  asked_by text NOT NULL,
  asked_role role NOT NULL,
  asked_at timestamptz NOT NULL,
  lapses_at timestamptz NOT NULL,
  is_granted boolean,
  decided_by text,
  decided_at timestamptz,
  used_at timestamptz,
  PRIMARY KEY (city_code, id),
  CHECK (decided_by <> asked_by)
);
CREATE INDEX countersigns_by_ticket ON countersigns (city_code, ticket_id);
CREATE INDEX countersigns_waiting ON countersigns (city_code, lapses_at) WHERE decided_at IS NULL;

-- 查阅记录: who looked at whose data and why. Read by the security auditor alone; nobody rewrites it.
CREATE TABLE access_log (
  city_code text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz NOT NULL,
  by_user text NOT NULL,
  role role NOT NULL,
  what text NOT NULL CHECK (what IN ('reveal', 'follow_up_call', 'personal_data', 'erase')),
  ticket_id bigint,
  second text,
  reason bytea NOT NULL,
  place text NOT NULL,
  PRIMARY KEY (city_code, id)
);
CREATE INDEX access_log_by_ticket ON access_log (city_code, ticket_id);
CREATE INDEX access_log_by_user ON access_log (city_code, by_user, id);
CREATE FUNCTION keep_access_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'access_log is append-only';
END $$;
CREATE TRIGGER access_log_kept BEFORE UPDATE OR TRUNCATE ON access_log
FOR EACH STATEMENT EXECUTE FUNCTION keep_access_log();

-- migrate:down

DROP TABLE access_log;
DROP FUNCTION keep_access_log;
DROP TABLE countersigns;
