-- migrate:up

-- What a person wrote with a step, sealed beside its event: the trail itself says only that there are words.
CREATE TABLE event_words (
  city_code text NOT NULL,
  ticket_id bigint NOT NULL,
  seq integer NOT NULL,
  words bytea NOT NULL,
  PRIMARY KEY (city_code, ticket_id, seq)
) PARTITION BY RANGE (ticket_id);

CREATE OR REPLACE FUNCTION ensure_month(yyyymm integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  parent text;
  low bigint := yyyymm::bigint * 10000000000;
  high bigint := (yyyymm::bigint + 1) * 10000000000;
BEGIN
  PERFORM pg_advisory_xact_lock(1234567890);
  FOREACH parent IN ARRAY ARRAY['tickets', 'ticket_texts', 'ticket_bands', 'assignments', 'events', 'event_words'] LOOP
    IF to_regclass(parent || '_' || yyyymm) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%s) TO (%s)',
        parent || '_' || yyyymm, parent, low, high);
    END IF;
  END LOOP;
END $$;

SELECT ensure_month(substring(c.relname FROM 'tickets_(\d{6})$')::int)
FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid WHERE i.inhparent = 'tickets'::regclass;

-- migrate:down

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
DROP TABLE event_words;
