-- migrate:up

-- 历史导入: from which platform a ticket was taken over and what it was called there; null where it is our own.
ALTER TABLE tickets ADD COLUMN imported_from text;
ALTER TABLE tickets ADD COLUMN old_number text;

-- One row an old ticket: a partitioned table could not promise that a number comes once.
CREATE TABLE imported (
  city_code text NOT NULL,
  source text NOT NULL,
  number text NOT NULL,
  ticket_id bigint NOT NULL,
  PRIMARY KEY (city_code, source, number)
);

-- migrate:down

DROP TABLE imported;
ALTER TABLE tickets DROP COLUMN old_number, DROP COLUMN imported_from;
