-- migrate:up

-- 突发/群体事件: one lead ticket, one answer for everybody who calls about it.
CREATE TABLE incidents (
  city_code text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  lead bigint NOT NULL,
  title text NOT NULL,
  answer text,
  answer_version integer NOT NULL DEFAULT 0,
  expires_at timestamptz,
  report_by timestamptz,
  reports integer NOT NULL DEFAULT 0,
  opened_by text NOT NULL,
  opened_at timestamptz NOT NULL,
  closed_by text,
  closed_at timestamptz,
  PRIMARY KEY (city_code, id)
);
-- A ticket leads one open incident at most.
CREATE UNIQUE INDEX incidents_open ON incidents (city_code, lead) WHERE closed_at IS NULL;

-- migrate:down

DROP TABLE incidents;
