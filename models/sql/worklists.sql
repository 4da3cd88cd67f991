-- name: months()
-- The months that have a partition, newest first: lists walk them in turn until a page is full.
SELECT substring(c.relname FROM 'tickets_(\d{6})$')::int AS yyyymm
FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhparent = 'tickets'::regclass ORDER BY 1 DESC;

-- name: newest(city_code, low, below, states, kind, urgency, category, line, district, since, until, late_at, barred, own, page_size)
-- One page, newest first, of the tickets of a range of ids that fit every filter that is not null. What accuses one of `barred`
-- is kept from the list but for a live part of its own.
SELECT t.*, x.masked_text FROM tickets AS t
JOIN ticket_texts AS x ON x.city_code = t.city_code AND x.id = t.id
WHERE t.city_code = :city_code AND t.id >= :low AND t.id < :below
  AND (:states::text[] IS NULL OR t.state = ANY (:states::text[]::ticket_state[]))
  AND (:kind::text IS NULL OR t.kind = :kind::text::kind)
  AND (:urgency::int IS NULL OR t.urgency = :urgency)
  AND (:category::text IS NULL OR starts_with(t.category, :category) OR t.detail = :category)
  AND (:line::text IS NULL OR t.line = :line)
  AND (:district::text IS NULL OR t.district = :district)
  AND (:since::timestamptz IS NULL OR t.registered_at >= :since)
  AND (:until::timestamptz IS NULL OR t.registered_at < :until)
  AND (:late_at::timestamptz IS NULL OR
       (t.state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up')
        AND EXISTS (SELECT 1 FROM open_due AS d WHERE d.city_code = t.city_code AND d.id = t.id AND d.due_by < :late_at)))
  AND (t.recused = '{}' OR NOT is_kept_from(:city_code, t.id, :barred, :own))
ORDER BY t.id DESC LIMIT :page_size;

-- name: oldest(city_code, low, below, states, kind, urgency, category, line, district, since, until, late_at, departments, barred, own, page_size)
-- The same, oldest first, of some departments where they are named.
SELECT t.*, x.masked_text FROM tickets AS t
JOIN ticket_texts AS x ON x.city_code = t.city_code AND x.id = t.id
WHERE t.city_code = :city_code AND t.id >= :low AND t.id < :below
  AND (:states::text[] IS NULL OR t.state = ANY (:states::text[]::ticket_state[]))
  AND (:kind::text IS NULL OR t.kind = :kind::text::kind)
  AND (:urgency::int IS NULL OR t.urgency = :urgency)
  AND (:category::text IS NULL OR starts_with(t.category, :category) OR t.detail = :category)
  AND (:line::text IS NULL OR t.line = :line)
  AND (:district::text IS NULL OR t.district = :district)
  AND (:since::timestamptz IS NULL OR t.registered_at >= :since)
  AND (:until::timestamptz IS NULL OR t.registered_at < :until)
  AND (:late_at::timestamptz IS NULL OR
       (t.state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up')
        AND EXISTS (SELECT 1 FROM open_due AS d WHERE d.city_code = t.city_code AND d.id = t.id AND d.due_by < :late_at)))
  AND (:departments::text[] IS NULL OR EXISTS (
    SELECT 1 FROM assignments AS a WHERE a.city_code = t.city_code AND a.ticket_id = t.id
      AND a.department = ANY (:departments)))
  AND (t.recused = '{}' OR NOT is_kept_from(:city_code, t.id, :barred, :own))
ORDER BY t.id LIMIT :page_size;

-- name: open_by_due(city_code, states, after_by, after_id, low, below, kind, urgency, category, line, district, since, until, late_at, page_size)
-- One page of the open tickets of some states, the nearest due time first, or of those alone that are late and whose due time in this
-- order has passed (`late_parts` has the others): each state is a stretch of the index of its own. Asked for as a value, the true due time is looked up row by row and never for all at once.
SELECT t.*, x.masked_text FROM unnest(:states::text[]::ticket_state[]) AS s (state)
CROSS JOIN LATERAL (
  SELECT o.* FROM tickets AS o
  WHERE o.city_code = :city_code AND o.state = s.state AND o.state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up')
    AND (least(o.promised_at, o.stage_by, o.reply_by), o.id) > (:after_by::timestamptz, :after_id::bigint)
    AND least(o.promised_at, o.stage_by, o.reply_by) < coalesce(:late_at::timestamptz, 'infinity')
    AND (:late_at::timestamptz IS NULL OR (SELECT d.due_by FROM open_due AS d WHERE d.city_code = o.city_code AND d.id = o.id) < :late_at)
    AND o.id >= :low AND o.id < :below
    AND (:kind::text IS NULL OR o.kind = :kind::text::kind)
    AND (:urgency::int IS NULL OR o.urgency = :urgency)
    AND (:category::text IS NULL OR starts_with(o.category, :category) OR o.detail = :category)
    AND (:line::text IS NULL OR o.line = :line)
    AND (:district::text IS NULL OR o.district = :district)
    AND (:since::timestamptz IS NULL OR o.registered_at >= :since)
    AND (:until::timestamptz IS NULL OR o.registered_at < :until)
  ORDER BY least(o.promised_at, o.stage_by, o.reply_by), o.id LIMIT :page_size) AS t
JOIN ticket_texts AS x ON x.city_code = t.city_code AND x.id = t.id
ORDER BY least(t.promised_at, t.stage_by, t.reply_by), t.id LIMIT :page_size;

-- name: late_parts(city_code, states, after_by, after_id, low, below, kind, urgency, category, line, district, since, until, late_at, page_size)
-- One page of those that are late though the due time of this order is still to come: a part has not been acknowledged, nobody has
-- called, an assisting department has not answered. OFFSET keeps the planner, which
-- cannot know how few are late, from reading all that is open.
SELECT t.*, x.masked_text FROM (
  SELECT DISTINCT a.ticket_id FROM assignments AS a
  WHERE a.city_code = :city_code AND a.state NOT IN ('signed_off', 'accepted', 'sent_back', 'recalled') AND a.paused_at IS NULL
    AND part_due(a.acknowledged_at, a.acknowledge_by, a.contacted_at, a.replied_at, a.contact_by, a.reply_by) < :late_at
) AS late
CROSS JOIN LATERAL (
  SELECT o.* FROM tickets AS o
  WHERE o.city_code = :city_code AND o.id = late.ticket_id AND o.state = ANY (:states::text[]::ticket_state[])
    AND least(o.promised_at, o.stage_by, o.reply_by) >= :late_at
    AND (least(o.promised_at, o.stage_by, o.reply_by), o.id) > (:after_by::timestamptz, :after_id::bigint)
    AND o.id >= :low AND o.id < :below
    AND (:kind::text IS NULL OR o.kind = :kind::text::kind)
    AND (:urgency::int IS NULL OR o.urgency = :urgency)
    AND (:category::text IS NULL OR starts_with(o.category, :category) OR o.detail = :category)
    AND (:line::text IS NULL OR o.line = :line)
    AND (:district::text IS NULL OR o.district = :district)
    AND (:since::timestamptz IS NULL OR o.registered_at >= :since)
    AND (:until::timestamptz IS NULL OR o.registered_at < :until)
  OFFSET 0) AS t
JOIN ticket_texts AS x ON x.city_code = t.city_code AND x.id = t.id
ORDER BY least(t.promised_at, t.stage_by, t.reply_by), t.id LIMIT :page_size;

-- name: open_by_urgency(city_code, states, after_urgency, after_at, after_id, low, below, kind, urgency, category, line, district, since, until, late_at, page_size)
-- The same, the gravest first, of these what was registered first.
SELECT t.*, x.masked_text FROM unnest(:states::text[]::ticket_state[]) AS s (state)
CROSS JOIN LATERAL (
  SELECT o.* FROM tickets AS o
  WHERE o.city_code = :city_code AND o.state = s.state AND o.state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up')
    AND (o.urgency, o.registered_at, o.id) > (:after_urgency::smallint, :after_at::timestamptz, :after_id::bigint)
    AND (:late_at::timestamptz IS NULL OR EXISTS (SELECT 1 FROM open_due AS d WHERE d.city_code = o.city_code AND d.id = o.id AND d.due_by < :late_at))
    AND o.id >= :low AND o.id < :below
    AND (:kind::text IS NULL OR o.kind = :kind::text::kind)
    AND (:urgency::int IS NULL OR o.urgency = :urgency)
    AND (:category::text IS NULL OR starts_with(o.category, :category) OR o.detail = :category)
    AND (:line::text IS NULL OR o.line = :line)
    AND (:district::text IS NULL OR o.district = :district)
    AND (:since::timestamptz IS NULL OR o.registered_at >= :since)
    AND (:until::timestamptz IS NULL OR o.registered_at < :until)
  ORDER BY o.urgency, o.registered_at, o.id LIMIT :page_size) AS t
JOIN ticket_texts AS x ON x.city_code = t.city_code AND x.id = t.id
ORDER BY t.urgency, t.registered_at, t.id LIMIT :page_size;

-- name: parts(city_code, department, after_by, after_id, states, kind, urgency, category, line, district, since, until, late_at, page_size)
-- One page of a department's live parts, the nearest due time first, or of those alone that are past a due time. The filters stand in
-- one CASE, of which the planner knows nothing: one by one it would think them so rare that it had better read and sort all parts.
SELECT t.*, x.masked_text, a.ordinal, a.state AS assignment_state, a.reply_by AS part_reply_by
FROM assignments AS a
JOIN tickets AS t ON t.city_code = a.city_code AND t.id = a.ticket_id
JOIN ticket_texts AS x ON x.city_code = t.city_code AND x.id = t.id
WHERE a.city_code = :city_code AND a.department = :department
  AND a.state NOT IN ('accepted', 'sent_back', 'recalled')
  AND (a.reply_by, a.ticket_id) > (:after_by, :after_id)
  AND CASE WHEN (:states::text[] IS NULL OR t.state = ANY (:states::text[]::ticket_state[]))
    AND (:kind::text IS NULL OR t.kind = :kind::text::kind)
    AND (:urgency::int IS NULL OR t.urgency = :urgency)
    AND (:category::text IS NULL OR starts_with(t.category, :category) OR t.detail = :category)
    AND (:line::text IS NULL OR t.line = :line)
    AND (:district::text IS NULL OR t.district = :district)
    AND (:since::timestamptz IS NULL OR t.registered_at >= :since)
    AND (:until::timestamptz IS NULL OR t.registered_at < :until)
    AND (:late_at::timestamptz IS NULL OR (a.state <> 'signed_off' AND a.paused_at IS NULL
      AND part_due(a.acknowledged_at, a.acknowledge_by, a.contacted_at, a.replied_at, a.contact_by, a.reply_by) < :late_at))
    THEN true ELSE false END
ORDER BY a.reply_by, a.ticket_id LIMIT :page_size;

-- name: undecided(city_code, after_by, after_id, page_size)
-- One page of the parts whose department waits for the hotline's word on a send-back, an extension or a deferral, the
-- nearest due time first. A delegated part's send-back is for the unit that delegated it.
SELECT t.*, x.masked_text, a.ordinal, a.state AS assignment_state, a.reply_by AS part_reply_by,
  CASE WHEN a.state = 'send_back_requested' THEN 'send_back' ELSE a.asked ->> 'what' END AS asks
FROM assignments AS a
JOIN tickets AS t ON t.city_code = a.city_code AND t.id = a.ticket_id
JOIN ticket_texts AS x ON x.city_code = t.city_code AND x.id = t.id
WHERE a.city_code = :city_code AND (a.state = 'send_back_requested' OR a.asked IS NOT NULL)
  AND (a.state <> 'send_back_requested' OR a.role <> 'delegated')
  AND a.state NOT IN ('accepted', 'sent_back', 'recalled')
  AND (a.reply_by, a.ticket_id) > (:after_by, :after_id)
ORDER BY a.reply_by, a.ticket_id LIMIT :page_size;

-- name: desk(city_code, state, after_by, after_id, page_size)
-- One page of what waits for a person at the desk, in review or for follow-up, the nearest due time first.
SELECT t.*, x.masked_text FROM tickets AS t
JOIN ticket_texts AS x ON x.city_code = t.city_code AND x.id = t.id
WHERE t.city_code = :city_code AND t.state = :state::text::ticket_state
  AND t.state IN ('registered', 'on_desk', 'in_review', 'follow_up')
  AND (t.stage_by, t.id) > (:after_by, :after_id)
ORDER BY t.stage_by, t.id LIMIT :page_size;

-- name: near(city_code, low, below, most)
-- The newest tickets of a range of ids.
SELECT id FROM ticket_texts WHERE city_code = :city_code AND id >= :low AND id < :below ORDER BY id DESC LIMIT :most;

-- name: near_of(city_code, departments, low, below, most)
-- The newest tickets of a range of ids that departments ever had a part of.
SELECT DISTINCT part.ticket_id AS id FROM unnest(:departments::text[]) AS of (department) CROSS JOIN LATERAL (
  SELECT DISTINCT a.ticket_id FROM assignments AS a
  WHERE a.city_code = :city_code AND a.department = of.department AND a.ticket_id >= :low AND a.ticket_id < :below
  ORDER BY a.ticket_id DESC LIMIT :most) AS part
ORDER BY id DESC LIMIT :most;

-- name: among(city_code, ids, query, states, kind, urgency, category, line, district, since, until, late_at, barred, own, page_size)
-- Of some tickets those that fit, newest first.
SELECT t.*, x.masked_text FROM unnest(:ids::bigint[]) AS near (id)
JOIN tickets AS t ON t.city_code = :city_code AND t.id = near.id
JOIN ticket_texts AS x ON x.city_code = :city_code AND x.id = near.id
WHERE (:query::text IS NULL OR x.search @@ :query::text::tsquery)
  AND (:states::text[] IS NULL OR t.state = ANY (:states::text[]::ticket_state[]))
  AND (:kind::text IS NULL OR t.kind = :kind::text::kind)
  AND (:urgency::int IS NULL OR t.urgency = :urgency)
  AND (:category::text IS NULL OR starts_with(t.category, :category) OR t.detail = :category)
  AND (:line::text IS NULL OR t.line = :line)
  AND (:district::text IS NULL OR t.district = :district)
  AND (:since::timestamptz IS NULL OR t.registered_at >= :since)
  AND (:until::timestamptz IS NULL OR t.registered_at < :until)
  AND (:late_at::timestamptz IS NULL OR
       (t.state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up')
        AND EXISTS (SELECT 1 FROM open_due AS d WHERE d.city_code = t.city_code AND d.id = t.id AND d.due_by < :late_at)))
  AND (t.recused = '{}' OR NOT is_kept_from(:city_code, t.id, :barred, :own))
ORDER BY t.id DESC LIMIT :page_size;

-- name: search(city_code, low, below, query, page_size)
-- One page of a month's range of ids whose words match, newest first.
SELECT t.*, x.masked_text
FROM (SELECT id FROM texts_with(:city_code, :low, :below, :query::text::tsquery) AS id ORDER BY id DESC LIMIT :page_size) AS h
JOIN tickets AS t ON t.city_code = :city_code AND t.id = h.id AND t.id >= :low AND t.id < :below
JOIN ticket_texts AS x ON x.city_code = :city_code AND x.id = h.id AND x.id >= :low AND x.id < :below
ORDER BY t.id DESC;

-- name: search_within(city_code, low, below, query, states, kind, urgency, category, line, district, since, until, late_at, departments, barred, own, page_size)
-- The same where other filters hold too: a department's search finds nothing but its own.
SELECT t.*, x.masked_text
FROM texts_with(:city_code, :low, :below, :query::text::tsquery) AS h (id)
JOIN tickets AS t ON t.city_code = :city_code AND t.id = h.id AND t.id >= :low AND t.id < :below
JOIN ticket_texts AS x ON x.city_code = :city_code AND x.id = h.id AND x.id >= :low AND x.id < :below
WHERE (:states::text[] IS NULL OR t.state = ANY (:states::text[]::ticket_state[]))
  AND (:kind::text IS NULL OR t.kind = :kind::text::kind)
  AND (:urgency::int IS NULL OR t.urgency = :urgency)
  AND (:category::text IS NULL OR starts_with(t.category, :category) OR t.detail = :category)
  AND (:line::text IS NULL OR t.line = :line)
  AND (:district::text IS NULL OR t.district = :district)
  AND (:since::timestamptz IS NULL OR t.registered_at >= :since)
  AND (:until::timestamptz IS NULL OR t.registered_at < :until)
  AND (:late_at::timestamptz IS NULL OR
       (t.state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up')
        AND EXISTS (SELECT 1 FROM open_due AS d WHERE d.city_code = t.city_code AND d.id = t.id AND d.due_by < :late_at)))
  AND (:departments::text[] IS NULL OR h.id IN (
    SELECT a.ticket_id FROM assignments AS a
    WHERE a.city_code = :city_code AND a.department = ANY (:departments) AND a.ticket_id >= :low AND a.ticket_id < :below))
  AND (t.recused = '{}' OR NOT is_kept_from(:city_code, t.id, :barred, :own))
ORDER BY t.id DESC LIMIT :page_size;

-- name: count(city_code, low, below, states, kind, urgency, category, line, district, since, until, late_at, departments, barred, own, most)$
-- How many tickets fit, as far as that is worth knowing.
SELECT count(*) FROM (
  SELECT 1 FROM tickets AS t
  WHERE t.city_code = :city_code AND t.id >= :low AND t.id < :below
    AND (:states::text[] IS NULL OR t.state = ANY (:states::text[]::ticket_state[]))
    AND (:kind::text IS NULL OR t.kind = :kind::text::kind)
    AND (:urgency::int IS NULL OR t.urgency = :urgency)
    AND (:category::text IS NULL OR starts_with(t.category, :category) OR t.detail = :category)
    AND (:line::text IS NULL OR t.line = :line)
    AND (:district::text IS NULL OR t.district = :district)
    AND (:since::timestamptz IS NULL OR t.registered_at >= :since)
    AND (:until::timestamptz IS NULL OR t.registered_at < :until)
    AND (:late_at::timestamptz IS NULL OR
         (t.state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up')
          AND EXISTS (SELECT 1 FROM open_due AS d WHERE d.city_code = t.city_code AND d.id = t.id AND d.due_by < :late_at)))
    AND (:departments::text[] IS NULL OR EXISTS (
      SELECT 1 FROM assignments AS a WHERE a.city_code = t.city_code AND a.ticket_id = t.id
        AND a.department = ANY (:departments)))
  AND (t.recused = '{}' OR NOT is_kept_from(:city_code, t.id, :barred, :own))
  LIMIT :most) AS fitting;
