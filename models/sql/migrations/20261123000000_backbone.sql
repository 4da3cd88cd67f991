-- migrate:up

CREATE TYPE ticket_state AS ENUM ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up', 'closed', 'archived',
  'answered', 'declined', 'handed_off', 'merged', 'withdrawn', 'void');
CREATE TYPE assignment_state AS ENUM ('dispatched', 'acknowledged', 'in_progress', 'send_back_requested', 'deferred',
  'replied', 'signed_off', 'accepted', 'sent_back', 'recalled');
CREATE TYPE assignment_role AS ENUM ('lead', 'assisting', 'delegated');
CREATE TYPE kind AS ENUM ('inquiry', 'assistance', 'complaint', 'tip_off', 'suggestion', 'praise');
CREATE TYPE channel AS ENUM ('phone', 'web', 'app', 'wechat', 'sms', 'chatbot', 'mailbox', 'photo', 'feed', 'police',
  'upper', 'patrol');
CREATE TYPE identity AS ENUM ('named', 'anonymous');
CREATE TYPE disclosure AS ENUM ('open', 'confidential');
CREATE TYPE role AS ENUM ('channel', 'agent', 'shift_lead', 'dispatcher', 'department', 'reviewer', 'follow_up',
  'supervisor', 'quality', 'knowledge', 'analyst', 'administrator', 'auditor', 'leader', 'discipline', 'citizen',
  'clock', 'program');
CREATE TYPE delivery_state AS ENUM ('waiting', 'delivered', 'dead');

-- Ticket ids are yyyymm * 10^10 + a number from this sequence, taken in blocks of 100.
CREATE SEQUENCE ticket_numbers INCREMENT BY 100;

-- 工单: what moves. What was said lies in ticket_texts, so that a step rewrites a small row and no text index.
CREATE TABLE tickets (
  city_code text NOT NULL,
  id bigint NOT NULL,
  state ticket_state NOT NULL,
  kind kind NOT NULL,
  urgency smallint NOT NULL CHECK (urgency BETWEEN 1 AND 4),
  category text NOT NULL,
  detail text,
  channel channel NOT NULL,
  line text,
  identity identity NOT NULL,
  disclosure disclosure NOT NULL,
  caller_index bytea,
  place text,
  lat double precision,
  lon double precision,
  grid text,
  street text,
  district text,
  flags text[] NOT NULL,
  lead text,
  because text NOT NULL,
  duty text,
  accused text,
  grassroots boolean NOT NULL,
  want_reply boolean NOT NULL,
  desk_reason text,
  registered_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  occurred_at timestamptz,
  promised_at timestamptz NOT NULL,
  first_promised_at timestamptz NOT NULL,
  stage_by timestamptz,
  reply_by timestamptz,
  first_reply_by timestamptz,
  closed_at timestamptz,
  dispatch_count smallint NOT NULL,
  send_back_count smallint NOT NULL,
  reopen_count smallint NOT NULL,
  urge_count smallint NOT NULL,
  supervision_level smallint NOT NULL,
  is_disputed boolean NOT NULL,
  parent bigint,
  merged_into bigint,
  interaction bigint,
  event_count integer NOT NULL,
  head_hash bytea NOT NULL,
  PRIMARY KEY (city_code, id)
) PARTITION BY RANGE (id);
CREATE INDEX tickets_by_stage ON tickets (city_code, state, stage_by, id)
  WHERE state IN ('registered', 'on_desk', 'in_review', 'follow_up');
CREATE INDEX tickets_open_by_promise ON tickets (city_code, promised_at, id)
  WHERE state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up');
CREATE INDEX tickets_open_by_lead ON tickets (city_code, lead, reply_by, id) WHERE state = 'assigned';
CREATE INDEX tickets_by_caller ON tickets (city_code, caller_index, id) WHERE caller_index IS NOT NULL;
CREATE INDEX tickets_by_merge ON tickets (city_code, merged_into) WHERE merged_into IS NOT NULL;

-- 诉求原文、摘要、诉求人 sealed; only masked_text is readable, searched and shown.
CREATE TABLE ticket_texts (
  city_code text NOT NULL,
  id bigint NOT NULL,
  query_code bytea NOT NULL,
  text bytea NOT NULL,
  brief bytea NOT NULL,
  caller bytea,
  masked_text text NOT NULL,
  reading json NOT NULL,
  search tsvector NOT NULL,
  bands bigint[] NOT NULL,
  fingerprint bigint[] NOT NULL,
  PRIMARY KEY (city_code, id)
) PARTITION BY RANGE (id);
CREATE INDEX ticket_texts_search ON ticket_texts USING gin (search);
-- Every intake asks this index, so that it keeps no list of pending entries that each question would have to read.
CREATE INDEX ticket_texts_bands ON ticket_texts USING gin (bands) WITH (fastupdate = off);

-- 承办: one department's part. ordinal counts within the ticket; what its clocks are counted from stands in the trail.
CREATE TABLE assignments (
  city_code text NOT NULL,
  ticket_id bigint NOT NULL,
  ordinal smallint NOT NULL,
  parent smallint,
  role assignment_role NOT NULL,
  state assignment_state NOT NULL,
  department text NOT NULL,
  because text NOT NULL,
  is_designated boolean NOT NULL,
  dispatched_at timestamptz NOT NULL,
  counted_from timestamptz NOT NULL,
  acknowledge_by timestamptz NOT NULL,
  contact_by timestamptz NOT NULL,
  reply_by timestamptz NOT NULL,
  send_back_by timestamptz,
  first_acknowledge_by timestamptz NOT NULL,
  first_contact_by timestamptz NOT NULL,
  first_reply_by timestamptz NOT NULL,
  acknowledged_at timestamptz,
  contacted_at timestamptz,
  replied_at timestamptz,
  signed_off_at timestamptz,
  ended_at timestamptz,
  paused_at timestamptz,
  extension_count smallint NOT NULL,
  asked json,
  marks text[] NOT NULL,
  result text,
  reply bytea,
  PRIMARY KEY (city_code, ticket_id, ordinal)
) PARTITION BY RANGE (ticket_id);
CREATE INDEX assignments_live ON assignments (city_code, department, reply_by, ticket_id)
  WHERE state NOT IN ('accepted', 'sent_back', 'recalled');
CREATE INDEX assignments_late ON assignments (city_code, reply_by)
  WHERE state NOT IN ('replied', 'signed_off', 'accepted', 'sent_back', 'recalled');

-- 全程留痕: append-only; hash = sha256(previous hash, body). The other columns repeat what body says, for queries.
CREATE TABLE events (
  city_code text NOT NULL,
  ticket_id bigint NOT NULL,
  seq integer NOT NULL,
  type text NOT NULL,
  at timestamptz NOT NULL,
  actor_role role NOT NULL,
  actor text NOT NULL,
  body bytea NOT NULL,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (city_code, ticket_id, seq)
) PARTITION BY RANGE (ticket_id);

-- 时钟: at most one next moment per ticket stage ('ticket'), assignment ('1', '2', …) or handoff ('handoff:110').
CREATE TABLE timers (
  city_code text NOT NULL,
  ticket_id bigint NOT NULL,
  subject text NOT NULL,
  kind text NOT NULL,
  due_at timestamptz NOT NULL,
  claimed_until timestamptz,
  attempts smallint NOT NULL,
  PRIMARY KEY (city_code, ticket_id, subject)
);
CREATE INDEX timers_due ON timers (city_code, due_at);

-- Webhooks to departments: written with the step that they tell of, sent afterwards, in order per ticket.
CREATE TABLE deliveries (
  city_code text NOT NULL,
  id text NOT NULL,
  ticket_id bigint NOT NULL,
  position integer NOT NULL,
  department text NOT NULL,
  type text NOT NULL,
  body bytea NOT NULL,
  state delivery_state NOT NULL,
  attempts smallint NOT NULL,
  created_at timestamptz NOT NULL,
  next_at timestamptz NOT NULL,
  claimed_until timestamptz,
  delivered_at timestamptz,
  last_error text,
  PRIMARY KEY (city_code, id)
);
CREATE INDEX deliveries_waiting ON deliveries (city_code, next_at) WHERE state = 'waiting';
CREATE INDEX deliveries_in_order ON deliveries (city_code, ticket_id, department, position) WHERE state = 'waiting';
CREATE INDEX deliveries_by_ticket ON deliveries (city_code, ticket_id, position);

CREATE TABLE endpoints (
  city_code text NOT NULL,
  department text NOT NULL,
  url text,
  webhook_secrets bytea NOT NULL,
  callback_secrets bytea NOT NULL,
  verified_at timestamptz,
  failure_count integer NOT NULL,
  open_until timestamptz,
  PRIMARY KEY (city_code, department)
);

-- 短信等: what the citizen is told; the address is sealed.
CREATE TABLE notices (
  city_code text NOT NULL,
  id text NOT NULL,
  ticket_id bigint NOT NULL,
  kind text NOT NULL,
  address bytea NOT NULL,
  body bytea NOT NULL,
  created_at timestamptz NOT NULL,
  sent_at timestamptz,
  claimed_until timestamptz,
  attempts smallint NOT NULL,
  last_error text,
  PRIMARY KEY (city_code, id)
);
CREATE INDEX notices_waiting ON notices (city_code, created_at) WHERE sent_at IS NULL;
CREATE INDEX notices_by_ticket ON notices (city_code, ticket_id);

CREATE TABLE idempotency (
  city_code text NOT NULL,
  channel text NOT NULL,
  key text NOT NULL,
  request_digest bytea NOT NULL,
  status smallint NOT NULL,
  response bytea NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (city_code, channel, key)
);

-- 紧急转接: tracked until the other side confirms.
CREATE TABLE handoffs (
  city_code text NOT NULL,
  ticket_id bigint NOT NULL,
  number text NOT NULL,
  flag text NOT NULL,
  opened_at timestamptz NOT NULL,
  confirm_by timestamptz NOT NULL,
  confirmed_at timestamptz,
  outside_number text,
  PRIMARY KEY (city_code, ticket_id, number)
);

-- 回访: one row an attempt. 评价: one row a ticket, merged callers have theirs.
CREATE TABLE follow_ups (
  city_code text NOT NULL,
  ticket_id bigint NOT NULL,
  round smallint NOT NULL,
  attempt smallint NOT NULL,
  at timestamptz NOT NULL,
  way text NOT NULL,
  reached boolean NOT NULL,
  solved boolean,
  satisfied boolean,
  reason text,
  PRIMARY KEY (city_code, ticket_id, round, attempt)
);
CREATE TABLE ratings (
  city_code text NOT NULL,
  ticket_id bigint NOT NULL,
  at timestamptz NOT NULL,
  solved boolean NOT NULL,
  satisfied boolean NOT NULL,
  score smallint NOT NULL CHECK (score BETWEEN 1 AND 5),
  remark text,
  PRIMARY KEY (city_code, ticket_id)
);

-- 会商: departments disagree; the ruling may amend the catalogue.
CREATE TABLE disputes (
  city_code text NOT NULL,
  ticket_id bigint NOT NULL,
  n smallint NOT NULL,
  opened_at timestamptz NOT NULL,
  topic text NOT NULL,
  participants text[] NOT NULL,
  ruled_at timestamptz,
  ruling text,
  lead text,
  PRIMARY KEY (city_code, ticket_id, n)
);
CREATE TABLE duty_amendments (
  city_code text NOT NULL,
  id text NOT NULL,
  version text NOT NULL,
  duty json NOT NULL,
  ticket_id bigint NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (city_code, id, version)
);

-- 催办、督办、提级: records, never states.
CREATE TABLE supervisions (
  city_code text NOT NULL,
  ticket_id bigint NOT NULL,
  seq integer NOT NULL,
  action text NOT NULL,
  level smallint NOT NULL,
  department text,
  owner text NOT NULL,
  reason text NOT NULL,
  at timestamptz NOT NULL,
  deadline timestamptz,
  PRIMARY KEY (city_code, ticket_id, seq)
);
CREATE INDEX supervisions_by_time ON supervisions (city_code, at);

-- 来话/会话: 0..n tickets.
CREATE TABLE interactions (
  city_code text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  channel channel NOT NULL,
  line text,
  seat_group text NOT NULL,
  agent text,
  caller_index bytea,
  caller bytea,
  offered_at timestamptz NOT NULL,
  answered_at timestamptz,
  ended_at timestamptz,
  outcome text,
  transcript bytea,
  call_back_by timestamptz,
  called_back_at timestamptz,
  call_back_late_at timestamptz,
  PRIMARY KEY (city_code, id)
);
CREATE UNIQUE INDEX interactions_missed ON interactions (city_code, caller_index)
  WHERE call_back_by IS NOT NULL AND called_back_at IS NULL;

-- 分中心: mirror records, never reclassified, dispatched or timed by us.
CREATE TABLE feed_records (
  city_code text NOT NULL,
  line text NOT NULL,
  external_id text NOT NULL,
  version bigint NOT NULL,
  body bytea NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (city_code, line, external_id)
);

CREATE TABLE attachments (
  city_code text NOT NULL,
  id text NOT NULL,
  ticket_id bigint,
  name bytea NOT NULL,
  media_type text NOT NULL,
  size bigint NOT NULL,
  sha256 bytea NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (city_code, id)
);

CREATE TABLE credentials (
  city_code text NOT NULL,
  token_hash bytea NOT NULL,
  role role NOT NULL,
  subject text NOT NULL,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz,
  PRIMARY KEY (city_code, token_hash)
);
CREATE TABLE users (
  city_code text NOT NULL,
  username text NOT NULL,
  role role NOT NULL,
  department text,
  password_hash text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (city_code, username)
);
CREATE TABLE sessions (
  city_code text NOT NULL,
  token_hash bytea NOT NULL,
  username text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (city_code, token_hash)
);

-- The city folder as it was loaded, so that an old due time can be recomputed by the rules of its day.
CREATE TABLE city_versions (
  city_code text NOT NULL,
  version text NOT NULL,
  loaded_at timestamptz NOT NULL,
  document bytea NOT NULL,
  PRIMARY KEY (city_code, version)
);

-- The demo clock: at wall time wall_at it showed clock_at and ran `speed` times as fast. seen_at is the newest
-- moment that it is known to have shown; it never goes back behind it.
CREATE TABLE clock (
  city_code text PRIMARY KEY,
  wall_at timestamptz NOT NULL,
  clock_at timestamptz NOT NULL,
  speed double precision NOT NULL,
  seen_at timestamptz NOT NULL
);

-- Each worker says that it lives; /readyz reads it.
CREATE TABLE heartbeats (
  city_code text NOT NULL,
  worker text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (city_code, worker)
);

-- Makes the partitions of one month where they are missing; yyyymm like 202611.
CREATE FUNCTION ensure_month(yyyymm integer) RETURNS void LANGUAGE plpgsql AS $$
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

-- migrate:down

DROP FUNCTION ensure_month;
DROP TABLE heartbeats, clock, city_versions, sessions, users, credentials, attachments, feed_records, interactions,
  supervisions, duty_amendments, disputes, ratings, follow_ups, handoffs, idempotency, notices, endpoints, deliveries,
  timers, events, assignments, ticket_texts, tickets;
DROP SEQUENCE ticket_numbers;
DROP TYPE delivery_state, role, disclosure, identity, channel, kind, assignment_role, assignment_state, ticket_state;
