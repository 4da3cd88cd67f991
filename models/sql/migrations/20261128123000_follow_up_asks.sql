-- migrate:up

-- 回访梯次: everybody who is to be asked, merged callers too, and on which rung they are: link, automatic call, person.
CREATE TABLE follow_up_asks (
  city_code text NOT NULL,
  ticket_id bigint NOT NULL,
  round smallint NOT NULL,
  common bigint NOT NULL,
  first_rung text NOT NULL,
  rung text NOT NULL,
  opened_at timestamptz NOT NULL,
  call text,
  tries timestamptz[] NOT NULL,
  ended_at timestamptz,
  outcome text,
  way text,
  solved boolean,
  satisfied boolean,
  PRIMARY KEY (city_code, ticket_id, round)
);
CREATE INDEX follow_up_asks_open ON follow_up_asks (city_code, rung, opened_at, ticket_id) WHERE ended_at IS NULL;
CREATE INDEX follow_up_asks_common ON follow_up_asks (city_code, common) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX follow_up_asks_call ON follow_up_asks (city_code, call) WHERE call IS NOT NULL;
CREATE INDEX follow_up_asks_time ON follow_up_asks (city_code, opened_at);

-- migrate:down

DROP TABLE follow_up_asks;
