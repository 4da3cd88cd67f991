-- migrate:up

-- 双号并行: who was dialled stands in `line`; whose seats handle it now, in `handling_line`.
ALTER TABLE interactions ADD COLUMN handling_line text;
UPDATE interactions SET handling_line = line;

-- 溢出与转接: every time that a call went from one line's seats to another's.
CREATE TABLE line_transfers (
  city_code text NOT NULL,
  interaction bigint NOT NULL,
  seq integer NOT NULL,
  from_line text,
  to_line text NOT NULL,
  reason text NOT NULL,
  by text,
  at timestamptz NOT NULL,
  PRIMARY KEY (city_code, interaction, seq)
);
CREATE INDEX line_transfers_by_time ON line_transfers (city_code, at);

-- 转介: told by script where to turn to; counted, never routed.
CREATE TABLE referrals (
  city_code text NOT NULL,
  interaction bigint NOT NULL,
  line text NOT NULL,
  script text NOT NULL,
  by text,
  at timestamptz NOT NULL,
  PRIMARY KEY (city_code, interaction)
);
CREATE INDEX referrals_by_time ON referrals (city_code, at);

-- migrate:down

DROP TABLE referrals, line_transfers;
ALTER TABLE interactions DROP COLUMN handling_line;
