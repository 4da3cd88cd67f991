-- migrate:up

-- The category under which the program dispatched a ticket without a person's look; null where a person did.
ALTER TABLE tickets ADD COLUMN auto_category text;

-- Who switched the automatic dispatch of a category on or off, when and why; the newest row of a category holds.
CREATE TABLE auto_dispatch (
  city_code text NOT NULL,
  n bigint GENERATED ALWAYS AS IDENTITY,
  category text NOT NULL,
  is_on boolean NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  reason text NOT NULL,
  PRIMARY KEY (city_code, n)
);
CREATE INDEX auto_dispatch_by_category ON auto_dispatch (city_code, category, n DESC);

-- migrate:down

DROP TABLE auto_dispatch;
ALTER TABLE tickets DROP COLUMN auto_category;
