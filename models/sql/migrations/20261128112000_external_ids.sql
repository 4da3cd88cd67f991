-- migrate:up

-- 外部编号: under which number another system keeps the same matter. One number of a system names one ticket.
CREATE TABLE external_ids (
  city_code text NOT NULL,
  system text NOT NULL,
  number text NOT NULL,
  ticket_id bigint NOT NULL,
  by text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (city_code, system, number)
);
CREATE INDEX external_ids_by_ticket ON external_ids (city_code, ticket_id);

-- migrate:down

DROP TABLE external_ids;
