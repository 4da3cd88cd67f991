-- name: write(tickets, texts, bands, band_tickets, links, hits, assignments, events, words, city_code, ticket_id, dropped_timers, timers, deliveries, notices, handoffs, follow_ups, ratings, disputes, supervisions, amendments, idempotency)!
-- Everything that one step changes, in one statement and so in one transaction: rows come as JSON arrays.
WITH written_tickets AS (
  INSERT INTO tickets SELECT * FROM json_populate_recordset(NULL::tickets, :tickets::text::json)
  ON CONFLICT (city_code, id) DO UPDATE SET
    state = EXCLUDED.state, kind = EXCLUDED.kind, urgency = EXCLUDED.urgency, category = EXCLUDED.category,
    detail = EXCLUDED.detail, lead = EXCLUDED.lead, because = EXCLUDED.because, duty = EXCLUDED.duty,
    accused = EXCLUDED.accused, recused = EXCLUDED.recused, copied = EXCLUDED.copied,
    grassroots = EXCLUDED.grassroots, flags = EXCLUDED.flags,
    desk_reason = EXCLUDED.desk_reason, promised_at = EXCLUDED.promised_at, stage_by = EXCLUDED.stage_by,
    reply_by = EXCLUDED.reply_by, first_reply_by = EXCLUDED.first_reply_by, closed_at = EXCLUDED.closed_at,
    dispatch_count = EXCLUDED.dispatch_count, send_back_count = EXCLUDED.send_back_count,
    reopen_count = EXCLUDED.reopen_count, urge_count = EXCLUDED.urge_count,
    supervision_level = EXCLUDED.supervision_level, is_disputed = EXCLUDED.is_disputed,
    merged_into = EXCLUDED.merged_into, event_count = EXCLUDED.event_count, head_hash = EXCLUDED.head_hash
), written_texts AS (
  INSERT INTO ticket_texts (city_code, id, query_code, text, brief, caller, masked_text, reading, search,
    fingerprint, answer)
  SELECT t.city_code, t.id, t.query_code, t.text, t.brief, t.caller, t.masked_text, t.reading,
    array_to_tsvector(t.tokens), t.fingerprint, t.answer
  FROM json_to_recordset(:texts::text::json) AS t (city_code text, id bigint, query_code bytea, text bytea,
    brief bytea, caller bytea, masked_text text, reading json, tokens text[], fingerprint bytea,
    answer bytea)
), written_bands AS (
  INSERT INTO ticket_bands
  SELECT :city_code, b.band, b.ticket_id FROM unnest(:bands::bigint[], :band_tickets::bigint[]) AS b (band, ticket_id)
), written_links AS (
  INSERT INTO wave_tickets SELECT * FROM json_populate_recordset(NULL::wave_tickets, :links::text::json)
), written_hits AS (
  INSERT INTO keyword_hits SELECT * FROM json_populate_recordset(NULL::keyword_hits, :hits::text::json)
), written_assignments AS (
  INSERT INTO assignments SELECT * FROM json_populate_recordset(NULL::assignments, :assignments::text::json)
  ON CONFLICT (city_code, ticket_id, ordinal) DO UPDATE SET
    state = EXCLUDED.state, is_designated = EXCLUDED.is_designated, counted_from = EXCLUDED.counted_from,
    acknowledge_by = EXCLUDED.acknowledge_by, contact_by = EXCLUDED.contact_by,
    reply_by = EXCLUDED.reply_by, send_back_by = EXCLUDED.send_back_by,
    acknowledged_at = EXCLUDED.acknowledged_at, contacted_at = EXCLUDED.contacted_at,
    replied_at = EXCLUDED.replied_at, signed_off_at = EXCLUDED.signed_off_at, ended_at = EXCLUDED.ended_at,
    paused_at = EXCLUDED.paused_at, extension_count = EXCLUDED.extension_count, asked = EXCLUDED.asked,
    decide_by = EXCLUDED.decide_by, send_back_count = EXCLUDED.send_back_count,
    marks = EXCLUDED.marks, result = EXCLUDED.result, reply = EXCLUDED.reply
), written_events AS (
  INSERT INTO events
  SELECT e.city_code, e.ticket_id, e.seq, e.type, e.at, e.actor_role, e.actor, convert_to(e.body, 'UTF8'),
    e.previous_hash, e.hash
  FROM json_to_recordset(:events::text::json) AS e (city_code text, ticket_id bigint, seq int, type text,
    at timestamptz, actor_role role, actor text, body text, previous_hash bytea, hash bytea)
), written_words AS (
  INSERT INTO event_words SELECT * FROM json_populate_recordset(NULL::event_words, :words::text::json)
), dropped_timers AS (
  -- Scalars, not a join: a join over a small estimate would read every timer of the city.
  DELETE FROM timers
  WHERE city_code = :city_code AND ticket_id = :ticket_id AND subject = ANY (:dropped_timers::text[])
), written_timers AS (
  INSERT INTO timers SELECT * FROM json_populate_recordset(NULL::timers, :timers::text::json)
  ON CONFLICT (city_code, ticket_id, subject) DO UPDATE SET
    kind = EXCLUDED.kind, due_at = EXCLUDED.due_at, claimed_until = NULL, attempts = EXCLUDED.attempts
), written_deliveries AS (
  -- A department without a system of its own has no endpoint and works in the console: nothing to send.
  INSERT INTO deliveries (city_code, id, ticket_id, position, department, type, body, state, attempts, created_at,
    next_at, traceparent)
  SELECT :city_code, d.id, d.ticket_id, d.position, d.department, d.type, d.body, 'waiting', 0, d.created_at,
    d.created_at, d.traceparent
  FROM json_to_recordset(:deliveries::text::json) AS d (id text, ticket_id bigint, position int, department text,
    type text, body bytea, created_at timestamptz, traceparent text)
  JOIN endpoints AS e ON e.city_code = :city_code AND e.department = d.department AND e.verified_at IS NOT NULL
), written_notices AS (
  INSERT INTO notices (city_code, id, ticket_id, kind, address, body, created_at, attempts)
  SELECT :city_code, n.id, n.ticket_id, n.kind, n.address, n.body, n.created_at, 0
  FROM json_to_recordset(:notices::text::json) AS n (id text, ticket_id bigint, kind text, address bytea, body bytea,
    created_at timestamptz)
), written_handoffs AS (
  INSERT INTO handoffs SELECT * FROM json_populate_recordset(NULL::handoffs, :handoffs::text::json)
  -- One that was begun during the call may be confirmed while its ticket is registered: what is known is kept.
  ON CONFLICT (city_code, id) DO UPDATE SET ticket_id = EXCLUDED.ticket_id,
    offered_at = coalesce(handoffs.offered_at, EXCLUDED.offered_at),
    confirmed_at = coalesce(handoffs.confirmed_at, EXCLUDED.confirmed_at),
    confirmed_by = coalesce(handoffs.confirmed_by, EXCLUDED.confirmed_by),
    outside_number = coalesce(EXCLUDED.outside_number, handoffs.outside_number)
), written_follow_ups AS (
  INSERT INTO follow_ups SELECT * FROM json_populate_recordset(NULL::follow_ups, :follow_ups::text::json)
), written_ratings AS (
  INSERT INTO ratings SELECT * FROM json_populate_recordset(NULL::ratings, :ratings::text::json)
  ON CONFLICT (city_code, ticket_id) DO UPDATE SET
    at = EXCLUDED.at, solved = EXCLUDED.solved, satisfied = EXCLUDED.satisfied, score = EXCLUDED.score,
    remark = EXCLUDED.remark
), written_disputes AS (
  INSERT INTO disputes SELECT * FROM json_populate_recordset(NULL::disputes, :disputes::text::json)
  ON CONFLICT (city_code, ticket_id, n) DO UPDATE SET
    ruled_at = EXCLUDED.ruled_at, ruling = EXCLUDED.ruling, lead = EXCLUDED.lead
), written_supervisions AS (
  INSERT INTO supervisions SELECT * FROM json_populate_recordset(NULL::supervisions, :supervisions::text::json)
), written_amendments AS (
  INSERT INTO duty_amendments SELECT * FROM json_populate_recordset(NULL::duty_amendments, :amendments::text::json)
), remembered AS (
  -- No ON CONFLICT: a second request with the same key must fail here and read the first one's answer.
  INSERT INTO idempotency SELECT * FROM json_populate_recordset(NULL::idempotency, :idempotency::text::json)
)
SELECT 1;

-- name: ensure_month(yyyymm)!
-- Makes the partitions of one month (yyyymm) where they are missing.
SELECT ensure_month(:yyyymm::int);

-- name: take_numbers()$
-- Takes a block of 100 ticket numbers; the first is returned.
SELECT nextval('ticket_numbers');
