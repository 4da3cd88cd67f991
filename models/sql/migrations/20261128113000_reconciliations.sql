-- migrate:up

-- 分中心对账: on which day a mirror record was made or changed there last.
ALTER TABLE feed_records ADD COLUMN day date;
UPDATE feed_records SET day = (at AT TIME ZONE 'Asia/Shanghai')::date;
ALTER TABLE feed_records ALTER COLUMN day SET NOT NULL;
CREATE INDEX feed_records_by_day ON feed_records (city_code, line, day);

-- What a sub-centre says it has of a day: a list of records, or only how many and their digest; late where it said so too late.
CREATE TABLE reconciliations (
  city_code text NOT NULL,
  line text NOT NULL,
  day date NOT NULL,
  sent_at timestamptz,
  late_at timestamptz,
  has_list boolean NOT NULL DEFAULT false,
  listed integer NOT NULL DEFAULT 0,
  digest text,
  PRIMARY KEY (city_code, line, day)
);
CREATE TABLE reconciliation_records (
  city_code text NOT NULL,
  line text NOT NULL,
  day date NOT NULL,
  external_id text NOT NULL,
  version bigint NOT NULL,
  PRIMARY KEY (city_code, line, day, external_id)
);

-- migrate:down

DROP TABLE reconciliation_records, reconciliations;
ALTER TABLE feed_records DROP COLUMN day;
