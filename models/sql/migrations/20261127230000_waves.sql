-- migrate:up

-- 群体/热点: which ticket each ticket was likest to when it came, and the wave that it joined since; waves bear the number of
-- their first ticket. A ticket that resembled none has no row until another resembles it.
CREATE TABLE wave_tickets (
  city_code text NOT NULL,
  ticket_id bigint NOT NULL,
  at timestamptz NOT NULL,
  nearest bigint,
  likeness real,
  wave bigint,
  PRIMARY KEY (city_code, ticket_id)
);
CREATE INDEX wave_tickets_waiting ON wave_tickets (city_code, at, ticket_id) WHERE wave IS NULL;
CREATE INDEX wave_tickets_by_wave ON wave_tickets (city_code, wave, at) WHERE wave IS NOT NULL;

-- Counted and, once enough callers made it one, raised and described: `is_stale` when it has grown much since (`described`).
CREATE TABLE waves (
  city_code text NOT NULL,
  id bigint NOT NULL,
  tickets integer NOT NULL,
  callers integer NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  raised_at timestamptz,
  described integer NOT NULL,
  is_stale boolean NOT NULL,
  representative bigint,
  sentence text,
  keywords text[] NOT NULL,
  place text,
  category text,
  PRIMARY KEY (city_code, id)
);
CREATE INDEX waves_raised ON waves (city_code, last_at, id) WHERE raised_at IS NOT NULL;
CREATE INDEX waves_stale ON waves (city_code, id) WHERE is_stale AND raised_at IS NOT NULL;

-- migrate:down

DROP TABLE waves;
DROP TABLE wave_tickets;
