-- migrate:up

-- What near texts share, one row a number: found by number first and then by age, however large the month is. In a GIN
-- index beside the primary key the planner would read every ticket of the month to narrow down a handful.
CREATE TABLE ticket_bands (
  city_code text NOT NULL,
  band bigint NOT NULL,
  ticket_id bigint NOT NULL,
  PRIMARY KEY (city_code, band, ticket_id)
) PARTITION BY RANGE (ticket_id);

CREATE OR REPLACE FUNCTION ensure_month(yyyymm integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  parent text;
  low bigint := yyyymm::bigint * 10000000000;
  high bigint := (yyyymm::bigint + 1) * 10000000000;
BEGIN
  PERFORM pg_advisory_xact_lock(1234567890);
  FOREACH parent IN ARRAY ARRAY['tickets', 'ticket_texts', 'ticket_bands', 'assignments', 'events'] LOOP
    IF to_regclass(parent || '_' || yyyymm) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%s) TO (%s)',
        parent || '_' || yyyymm, parent, low, high);
    END IF;
  END LOOP;
END $$;

SELECT ensure_month(substring(c.relname FROM 'tickets_(\d{6})$')::int)
FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid WHERE i.inhparent = 'tickets'::regclass;
INSERT INTO ticket_bands
SELECT DISTINCT t.city_code, band, t.id FROM ticket_texts AS t CROSS JOIN unnest(t.bands) AS band;
ALTER TABLE ticket_texts DROP COLUMN bands;

-- Before statistics are there, an index that begins with city_code is taken for any question about timers, and reads all.
CREATE INDEX timers_by_time ON timers (due_at, city_code);
DROP INDEX timers_due;

-- migrate:down

CREATE INDEX timers_due ON timers (city_code, due_at);
DROP INDEX timers_by_time;
ALTER TABLE ticket_texts ADD COLUMN bands bigint[] NOT NULL DEFAULT '{}';
UPDATE ticket_texts AS t SET bands = b.bands
FROM (SELECT city_code, ticket_id, array_agg(band) AS bands FROM ticket_bands GROUP BY city_code, ticket_id) AS b
WHERE t.city_code = b.city_code AND t.id = b.ticket_id;
CREATE INDEX ticket_texts_bands ON ticket_texts USING gin (bands) WITH (fastupdate = off);
CREATE OR REPLACE FUNCTION ensure_month(yyyymm integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  parent text;
  low bigint := yyyymm::bigint * 10000000000;
  high bigint := (yyyymm::bigint + 1) * 10000000000;
BEGIN
  PERFORM pg_advisory_xact_lock(1234567890);
  FOREACH parent IN ARRAY ARRAY['tickets', 'ticket_texts', 'assignments', 'events'] LOOP
    IF to_regclass(parent || '_' || yyyymm) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%s) TO (%s)',
        parent || '_' || yyyymm, parent, low, high);
    END IF;
  END LOOP;
END $$;
DROP TABLE ticket_bands;
