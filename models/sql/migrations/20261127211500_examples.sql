-- migrate:up

CREATE TYPE provenance AS ENUM ('correction', 'send_back', 'ruling', 'confirmed');

-- 样例: what a ticket is about, as the person said who gave it to its department. One row a ticket, the newest word; `seq`
-- is its event on the trail. The words themselves lie masked in ticket_texts.
CREATE TABLE examples (
  city_code text NOT NULL,
  ticket_id bigint NOT NULL,
  seq integer NOT NULL,
  at timestamptz NOT NULL,
  category text NOT NULL,
  kind kind NOT NULL,
  urgency smallint NOT NULL CHECK (urgency BETWEEN 1 AND 4),
  provenance provenance NOT NULL,
  role role NOT NULL,
  PRIMARY KEY (city_code, ticket_id)
);

-- 影子: what a candidate reads in a ticket beside what the model in use (`present`) reads in the same words.
CREATE TABLE shadow_readings (
  city_code text NOT NULL,
  version text NOT NULL,
  ticket_id bigint NOT NULL,
  registered_at timestamptz NOT NULL,
  category text NOT NULL,
  kind kind NOT NULL,
  urgency smallint NOT NULL,
  present text NOT NULL,
  present_category text NOT NULL,
  present_kind kind NOT NULL,
  present_urgency smallint NOT NULL,
  PRIMARY KEY (city_code, version, ticket_id)
);
-- How far a candidate has read.
CREATE INDEX shadow_readings_by_time ON shadow_readings (city_code, version, registered_at);

-- migrate:down

DROP TABLE shadow_readings, examples;
DROP TYPE provenance;
