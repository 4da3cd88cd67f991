-- migrate:up

-- 报表: asked for, made by whichever worker takes it, kept with its file. No personal data stands in one.
CREATE TABLE reports (
  city_code text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL CHECK (kind IN ('daily', 'weekly', 'monthly')),
  first_day date NOT NULL,
  last_day date NOT NULL,
  format text NOT NULL CHECK (format IN ('xlsx', 'pdf')),
  state text NOT NULL CHECK (state IN ('waiting', 'made', 'failed')),
  progress smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
  asked_by text NOT NULL,
  is_by_program boolean NOT NULL,
  asked_at timestamptz NOT NULL,
  claimed_until timestamptz,
  attempts smallint NOT NULL DEFAULT 0,
  error text,
  made_at timestamptz,
  size integer,
  content bytea,
  PRIMARY KEY (city_code, id)
);
CREATE INDEX reports_waiting ON reports (city_code, id) WHERE state = 'waiting';
-- What the program asks for by itself, it asks for once.
CREATE UNIQUE INDEX reports_by_program ON reports (city_code, kind, first_day, format) WHERE is_by_program;

-- migrate:down

DROP TABLE reports;
