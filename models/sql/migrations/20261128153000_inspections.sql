-- migrate:up

-- 质检: an interaction or a ticket that was drawn, whom it is about, its score, the one appeal and what came of it.
CREATE TABLE inspections (
  city_code text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  of text NOT NULL CHECK (of IN ('interaction', 'ticket')),
  subject bigint NOT NULL,
  rule text NOT NULL,
  day date NOT NULL,
  agent text,
  seat_group text,
  department text,
  drawn_at timestamptz NOT NULL,
  picked_by text,
  reason text,
  inspector text,
  scored_at timestamptz,
  points json,
  vetoes text[],
  remark text,
  score smallint,
  appeal_by timestamptz,
  appealed_by text,
  appealed_at timestamptz,
  appeal text,
  decided_by text,
  decided_at timestamptz,
  decision text,
  final_score smallint,
  PRIMARY KEY (city_code, id),
  UNIQUE (city_code, of, subject),
  CHECK (agent IS NOT NULL OR department IS NOT NULL),
  CHECK (decided_by <> inspector)
);
CREATE INDEX inspections_to_score ON inspections (city_code, id) WHERE scored_at IS NULL;
CREATE INDEX inspections_to_decide ON inspections (city_code, id) WHERE appealed_at IS NOT NULL AND decided_at IS NULL;
CREATE INDEX inspections_by_agent ON inspections (city_code, agent, id) WHERE agent IS NOT NULL;
CREATE INDEX inspections_by_department ON inspections (city_code, department, id) WHERE department IS NOT NULL;
CREATE INDEX inspections_by_day ON inspections (city_code, day);

-- The days whose samples are drawn: once each, whoever of the workers is first.
CREATE TABLE inspection_days (
  city_code text NOT NULL,
  day date NOT NULL,
  drawn_at timestamptz NOT NULL,
  PRIMARY KEY (city_code, day)
);

-- migrate:down

DROP TABLE inspection_days, inspections;
