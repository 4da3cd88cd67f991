-- migrate:up

-- 机器人会话: what a citizen and the chatbot, or an agent, say to one another in writing. Each is an interaction; where it stands
-- follows from that and from the work at the seats, see the view. `channel` is by which way replies go out, `outside` who that is
-- there (a WeChat id, a phone). `awaits` is what the hub itself has asked for and takes from the next message.
CREATE TABLE conversations (
  city_code text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  channel channel NOT NULL,
  interaction bigint NOT NULL,
  token_hash bytea,
  outside_index bytea,
  outside bytea,
  awaits text CHECK (awaits IN ('phone', 'code', 'call_back')),
  phone_index bytea,
  phone bytea,
  verified_at timestamptz,
  consent_at timestamptz NOT NULL,
  draft bytea,
  outcome text,
  turn_count integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (city_code, id)
);
CREATE UNIQUE INDEX conversations_by_interaction ON conversations (city_code, interaction);
CREATE INDEX conversations_by_outside ON conversations (city_code, channel, outside_index, id) WHERE outside_index IS NOT NULL;
CREATE INDEX conversations_by_phone ON conversations (city_code, phone_index, id) WHERE phone_index IS NOT NULL;
CREATE INDEX conversations_by_time ON conversations (city_code, created_at);

CREATE TABLE conversation_turns (
  city_code text NOT NULL,
  conversation bigint NOT NULL,
  seq integer NOT NULL,
  by text NOT NULL CHECK (by IN ('citizen', 'bot', 'agent', 'hub')),
  text bytea NOT NULL,
  masked_text text NOT NULL,
  buttons json,
  key text,
  intent text,
  confidence real,
  is_unanswered boolean NOT NULL DEFAULT false,
  at timestamptz NOT NULL,
  PRIMARY KEY (city_code, conversation, seq)
);
CREATE UNIQUE INDEX conversation_turns_by_key ON conversation_turns (city_code, conversation, key) WHERE key IS NOT NULL;

-- A view: what has ended, whom an agent has, who waits for one; everybody else is with the bot.
CREATE VIEW conversation_states AS
SELECT c.city_code, c.id, CASE
    WHEN i.ended_at IS NOT NULL THEN 'ended'
    WHEN w.taken_at IS NOT NULL THEN 'agent'
    WHEN w.interaction IS NOT NULL THEN 'waiting'
    ELSE 'bot' END AS state, w.agent, i.asked_at, i.answered_at, i.ended_at, i.outcome AS ended_as
FROM conversations AS c
JOIN interactions AS i ON i.city_code = c.city_code AND i.id = c.interaction
LEFT JOIN seat_work AS w ON w.city_code = c.city_code AND w.interaction = c.interaction AND w.kind = 'chat';

-- 手机验证码: only a keyed hash of the code is kept.
CREATE TABLE phone_codes (
  city_code text NOT NULL,
  conversation bigint NOT NULL,
  phone_index bytea NOT NULL,
  phone bytea NOT NULL,
  code_hash bytea NOT NULL,
  sent_at timestamptz NOT NULL,
  tries integer NOT NULL DEFAULT 0,
  used_at timestamptz,
  PRIMARY KEY (city_code, conversation, sent_at)
);
CREATE INDEX phone_codes_by_phone ON phone_codes (city_code, phone_index, sent_at);

-- migrate:down

DROP VIEW conversation_states;
DROP TABLE phone_codes, conversation_turns, conversations;
DELETE FROM timers WHERE ticket_id = 0 AND subject LIKE 'chat:%';
