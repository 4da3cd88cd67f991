-- migrate:up

-- 草稿: a registration that is not finished, sealed. It is an agent's, or, handed over, a seat group's until somebody takes it.
CREATE TABLE drafts (
  city_code text NOT NULL,
  id text NOT NULL,
  agent text,
  seat_group text,
  interaction bigint,
  fields bytea NOT NULL,
  written_at timestamptz NOT NULL,
  PRIMARY KEY (city_code, id),
  CHECK ((agent IS NULL) <> (seat_group IS NULL))
);
CREATE INDEX drafts_by_agent ON drafts (city_code, agent, id) WHERE agent IS NOT NULL;
CREATE INDEX drafts_by_seat_group ON drafts (city_code, seat_group, id) WHERE seat_group IS NOT NULL;

-- 交接班: who handed what to whom. Never changed but for who took it over.
CREATE TABLE shift_changes (
  city_code text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  handed_by text NOT NULL,
  from_agent text NOT NULL,
  to_agent text,
  to_seat_group text,
  remark text NOT NULL,
  drafts text[] NOT NULL,
  interactions bigint[] NOT NULL,
  at timestamptz NOT NULL,
  accepted_by text,
  accepted_at timestamptz,
  PRIMARY KEY (city_code, id),
  CHECK ((to_agent IS NULL) <> (to_seat_group IS NULL))
);

-- migrate:down

DROP TABLE shift_changes, drafts;
