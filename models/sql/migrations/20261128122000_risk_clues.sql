-- migrate:up

-- 影响社会稳定线索: what was pushed to 110, by a rule or a person, and that it was acknowledged or withdrawn.
CREATE TABLE risk_clues (
  city_code text NOT NULL,
  id text NOT NULL,
  ticket_id bigint NOT NULL,
  flags text[] NOT NULL,
  level smallint NOT NULL CHECK (level BETWEEN 1 AND 4),
  pushed_at timestamptz NOT NULL,
  pushed_by text NOT NULL,
  is_by_rule boolean NOT NULL,
  acknowledge_by timestamptz NOT NULL,
  acknowledged_at timestamptz,
  reference text,
  withdrawn_at timestamptz,
  reason text,
  PRIMARY KEY (city_code, id)
);
-- A ticket is pushed once, until it is withdrawn.
CREATE UNIQUE INDEX risk_clues_by_ticket ON risk_clues (city_code, ticket_id) WHERE withdrawn_at IS NULL;
CREATE INDEX risk_clues_by_time ON risk_clues (city_code, pushed_at, id);

-- migrate:down

DROP TABLE risk_clues;
