-- migrate:up

-- How many calls, chats and requests came in each five minutes: what is usual is told from these.
CREATE TABLE arrivals (
  city_code text NOT NULL,
  at timestamptz NOT NULL,
  n integer NOT NULL,
  PRIMARY KEY (city_code, at)
);

-- 风暴: from when to when there was one, why, and who began and ended it. `arrivals` and `expected` are of the five minutes that
-- began it, `peak` the most since; it has been calm since `calm_since`, null while it is not.
CREATE TABLE storms (
  city_code text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  cause text NOT NULL,
  reason text NOT NULL,
  arrivals integer NOT NULL,
  expected real NOT NULL,
  peak integer NOT NULL,
  began_by text NOT NULL,
  began_at timestamptz NOT NULL,
  calm_since timestamptz,
  ended_by text,
  ended_at timestamptz,
  ended_reason text,
  PRIMARY KEY (city_code, id)
);
CREATE UNIQUE INDEX storms_one ON storms (city_code) WHERE ended_at IS NULL;

-- migrate:down

DROP TABLE storms;
DROP TABLE arrivals;
