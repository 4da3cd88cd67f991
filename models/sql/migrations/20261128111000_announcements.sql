-- migrate:up

-- 公开电话台账: the register as it was announced last, and every change of it since.
CREATE TABLE line_register (
  city_code text NOT NULL,
  city_version text NOT NULL,
  lines json NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (city_code)
);
CREATE TABLE announcements (
  city_code text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  line text NOT NULL,
  name text NOT NULL,
  change text NOT NULL,
  details text[] NOT NULL,
  city_version text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (city_code, id)
);
CREATE INDEX announcements_by_time ON announcements (city_code, at);

-- migrate:down

DROP TABLE announcements, line_register;
