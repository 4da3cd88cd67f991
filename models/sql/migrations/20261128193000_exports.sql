-- migrate:up

-- 导出: a list as a file, asked for, made by whichever worker takes it, sealed, dropped after a while. The row stays: it says who
-- took away what.
CREATE TABLE exports (
  city_code text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  asked_by text NOT NULL,
  role role NOT NULL,
  department text,
  filters json NOT NULL,
  format text NOT NULL CHECK (format IN ('xlsx', 'csv')),
  state text NOT NULL CHECK (state IN ('waiting', 'made', 'failed', 'dropped')),
  progress smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
  row_count integer NOT NULL DEFAULT 0,
  is_cut boolean NOT NULL DEFAULT false,
  asked_at timestamptz NOT NULL,
  claimed_until timestamptz,
  attempts smallint NOT NULL DEFAULT 0,
  error text,
  made_at timestamptz,
  size integer,
  content bytea,
  PRIMARY KEY (city_code, id)
);
-- What is packed already is not packed again.
ALTER TABLE exports ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX exports_waiting ON exports (city_code, id) WHERE state = 'waiting';
CREATE INDEX exports_kept ON exports (city_code, made_at) WHERE state = 'made';
CREATE INDEX exports_by_asker ON exports (city_code, asked_by, id);

-- migrate:down

DROP TABLE exports;
