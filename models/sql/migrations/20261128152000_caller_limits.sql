-- migrate:up

-- 来电人限制 (济南§42 恶意重复、长时间占线): asked by a seat with evidence, decided by a second person, always for a time. Nobody is
-- refused by it: an emergency passes, every other channel takes what is said.
CREATE TABLE caller_limits (
  city_code text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  caller_index bytea NOT NULL,
  caller bytea NOT NULL,
  level text NOT NULL CHECK (level IN ('remind', 'limited', 'reported')),
  reason text NOT NULL,
  interactions bigint[] NOT NULL,
  tickets bigint[] NOT NULL,
  asked_by text NOT NULL,
  asked_at timestamptz NOT NULL,
  decided_by text,
  decided_at timestamptz,
  granted boolean,
  decision text,
  expires_at timestamptz,
  lifted_by text,
  lifted_at timestamptz,
  lift_reason text,
  PRIMARY KEY (city_code, id),
  CHECK (granted IS NOT TRUE OR expires_at IS NOT NULL),
  CHECK (decided_by <> asked_by)
);
-- One request at a time for each caller; what holds is little, and looked up by every process.
CREATE UNIQUE INDEX caller_limits_asked ON caller_limits (city_code, caller_index) WHERE decided_at IS NULL;
CREATE INDEX caller_limits_holding ON caller_limits (city_code, expires_at) WHERE granted AND lifted_at IS NULL;
CREATE INDEX caller_limits_by_caller ON caller_limits (city_code, caller_index);

-- migrate:down

DROP TABLE caller_limits;
