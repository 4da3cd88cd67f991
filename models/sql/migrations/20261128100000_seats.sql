-- migrate:up

-- When a person was asked for: at once by phone, later where somebody leaves the chatbot; null for who never did.
ALTER TABLE interactions
  ADD COLUMN asked_at timestamptz,
  ADD COLUMN call_back_attempts smallint NOT NULL DEFAULT 0,
  ADD COLUMN call_back_outcome text;
UPDATE interactions SET asked_at = offered_at WHERE channel = 'phone' OR answered_at IS NOT NULL;
-- Whether a caller came again about the same matter.
CREATE INDEX interactions_by_caller ON interactions (city_code, caller_index, offered_at) WHERE caller_index IS NOT NULL;

-- 坐席: where every agent who has signed on stands. `interaction` is what was given to them, or what they are at.
CREATE TABLE seats (
  city_code text NOT NULL,
  agent text NOT NULL,
  seat_groups text[] NOT NULL,
  state text NOT NULL CHECK (state IN ('free', 'given', 'busy', 'wrap_up', 'away')),
  since timestamptz NOT NULL,
  interaction bigint,
  reason text NOT NULL DEFAULT '',
  signed_on_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (city_code, agent),
  CHECK ((interaction IS NOT NULL) = (state IN ('given', 'busy')))
);
CREATE INDEX seats_free ON seats (city_code, since) WHERE state = 'free';
CREATE INDEX seats_at_work ON seats (city_code, interaction) WHERE interaction IS NOT NULL;

-- What is an agent's to do: a chat, a call that telephony gave to nobody, a missed caller to be called back. `agent` is who it was
-- given to; without one it waits, from `waits_from` on, in the order of `waiting_since`, which never changes.
CREATE TABLE seat_work (
  city_code text NOT NULL,
  interaction bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('chat', 'call', 'call_back')),
  seat_group text NOT NULL,
  waiting_since timestamptz NOT NULL,
  waits_from timestamptz NOT NULL,
  agent text,
  given_at timestamptz,
  taken_at timestamptz,
  PRIMARY KEY (city_code, interaction)
);
CREATE INDEX seat_work_waiting ON seat_work (city_code, seat_group, waiting_since) WHERE agent IS NULL;
CREATE INDEX seat_work_held ON seat_work (city_code, agent) WHERE agent IS NOT NULL;
INSERT INTO seat_work (city_code, interaction, kind, seat_group, waiting_since, waits_from)
SELECT city_code, id, 'call_back', seat_group, coalesce(ended_at, offered_at), coalesce(ended_at, offered_at) FROM interactions
WHERE call_back_by IS NOT NULL AND called_back_at IS NULL;

-- migrate:down

DROP TABLE seat_work, seats;
DROP INDEX interactions_by_caller;
ALTER TABLE interactions DROP COLUMN asked_at, DROP COLUMN call_back_attempts, DROP COLUMN call_back_outcome;
DELETE FROM timers WHERE ticket_id = 0 AND (subject LIKE 'seat:%' OR subject LIKE 'again:%');
