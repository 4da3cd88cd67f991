-- migrate:up

-- 来件预测: how many requests came on each day, by category (four digits) and district ('' where not known). Counted again
-- for the last days while categories are still put right; no forecast walks the tickets.
CREATE TABLE ticket_days (
  city_code text NOT NULL,
  day date NOT NULL,
  category text NOT NULL,
  district text NOT NULL,
  tickets integer NOT NULL,
  PRIMARY KEY (city_code, day, category, district)
);

-- The forecast as it was made last; a worker that makes the next one claims it first.
CREATE TABLE forecasts (
  city_code text PRIMARY KEY,
  claimed_at timestamptz NOT NULL,
  made_at timestamptz,
  body json
);

-- 红牌预测: the open parts whose date is near, by how likely it passes. `rank` is the chance, or, where none can be told, the
-- hours to the date, negative.
CREATE TABLE red_risks (
  city_code text NOT NULL,
  ticket_id bigint NOT NULL,
  ordinal smallint NOT NULL,
  department text NOT NULL,
  reply_by timestamptz NOT NULL,
  rank real NOT NULL,
  chance real,
  low real,
  high real,
  PRIMARY KEY (city_code, ticket_id, ordinal)
);
CREATE INDEX red_risks_by_rank ON red_risks (city_code, rank, ticket_id, ordinal);

-- migrate:down

DROP TABLE red_risks;
DROP TABLE forecasts;
DROP TABLE ticket_days;
