-- migrate:up

-- 指标: what was counted on each day, cut along one axis at a time (all, department, district …; key '' where it is not known).
-- `excluded` of `n` lie on tickets that are left out of a department's figures. No page walks the tickets.
CREATE TABLE indicator_days (
  city_code text NOT NULL,
  day date NOT NULL,
  axis text NOT NULL,
  key text NOT NULL,
  name text NOT NULL,
  n bigint NOT NULL,
  excluded bigint NOT NULL,
  PRIMARY KEY (city_code, axis, day, key, name)
);

-- How far it is counted: a worker that counts claims it first; from `stale_since` on the days must be counted again.
CREATE TABLE indicator_counts (
  city_code text PRIMARY KEY,
  claimed_at timestamptz NOT NULL,
  counted_at timestamptz,
  stale_since date
);

-- What ended on a day is found without walking what ended before.
CREATE INDEX tickets_by_end ON tickets (city_code, closed_at) WHERE closed_at IS NOT NULL;

-- 剔除: a ticket, or one department's part of it, that is not to be counted. Asked by one person with evidence, which is
-- sealed, and decided by another.
CREATE TABLE exclusions (
  city_code text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  ticket_id bigint NOT NULL,
  assignment smallint,
  department text,
  reason text NOT NULL,
  seq integer NOT NULL,
  evidence bytea NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'granted', 'refused', 'revoked')),
  asked_by text NOT NULL,
  asked_at timestamptz NOT NULL,
  decided_by text,
  decided_at timestamptz,
  PRIMARY KEY (city_code, id)
);
-- A part is excluded once, and asked for once at a time.
CREATE UNIQUE INDEX exclusions_of_part ON exclusions (city_code, ticket_id, coalesce(assignment, 0))
  WHERE state IN ('waiting', 'granted');
CREATE INDEX exclusions_by_time ON exclusions (city_code, asked_at);

-- migrate:down

DROP TABLE exclusions;
DROP INDEX tickets_by_end;
DROP TABLE indicator_counts;
DROP TABLE indicator_days;
