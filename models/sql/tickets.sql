-- name: lock(city_code, id)^
-- The ticket row, locked until the transaction ends: one writer a ticket.
SELECT * FROM tickets WHERE city_code = :city_code AND id = :id FOR NO KEY UPDATE;

-- name: lock_common(city_code, id)!
-- The ticket that this one was merged into, if any, locked: whoever locks both of them locks it first.
SELECT id FROM tickets
WHERE city_code = :city_code AND id = (SELECT merged_into FROM tickets WHERE city_code = :city_code AND id = :id)
FOR NO KEY UPDATE;

-- name: get(city_code, id)^
-- The ticket row.
SELECT * FROM tickets WHERE city_code = :city_code AND id = :id;

-- name: get_text(city_code, id)^
-- What was said, sealed.
SELECT * FROM ticket_texts WHERE city_code = :city_code AND id = :id;

-- name: set_brief(brief, city_code, id)!
-- The department's brief, edited; the edit is on the trail.
UPDATE ticket_texts SET brief = :brief WHERE city_code = :city_code AND id = :id;

-- name: set_answer(answer, city_code, id)!
-- What the hotline itself told the citizen.
UPDATE ticket_texts SET answer = :answer WHERE city_code = :city_code AND id = :id;

-- name: assignments(city_code, ticket_id)
-- Every part of one ticket in the order of their making.
SELECT * FROM assignments WHERE city_code = :city_code AND ticket_id = :ticket_id ORDER BY ordinal;

-- name: merged_into(city_code, id)
-- Tickets whose callers share this ticket's answer; who has withdrawn since does not.
SELECT id FROM tickets WHERE city_code = :city_code AND merged_into = :id AND state = 'merged' ORDER BY id;

-- name: merged_callers(city_code, id)
-- The same tickets with how their callers are reached, sealed.
SELECT t.*, x.query_code, x.caller FROM tickets AS t JOIN ticket_texts AS x USING (city_code, id)
WHERE t.city_code = :city_code AND t.merged_into = :id AND t.state = 'merged' ORDER BY t.id;

-- name: has_caller(city_code, id, caller_index)$
-- Whether a caller is among those who share this ticket's answer.
SELECT EXISTS (
  SELECT 1 FROM tickets WHERE city_code = :city_code AND merged_into = :id AND state = 'merged'
    AND caller_index = :caller_index::bytea);

-- name: share(city_code, id)^
-- The ticket row; nobody changes it until the transaction ends.
SELECT * FROM tickets WHERE city_code = :city_code AND id = :id FOR SHARE;

-- name: months()
-- The months that have a partition, newest first: lists walk them in turn until a page is full.
SELECT substring(c.relname FROM 'tickets_(\d{6})$')::int AS yyyymm
FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhparent = 'tickets'::regclass ORDER BY 1 DESC;

-- name: page(city_code, low, below, states, category, line, late_at, departments, page_size)
-- One page, newest first, of the tickets of a range of ids that fit every filter that is not null.
SELECT t.*, x.masked_text FROM tickets AS t
JOIN ticket_texts AS x ON x.city_code = t.city_code AND x.id = t.id
WHERE t.city_code = :city_code AND t.id >= :low AND t.id < :below
  AND (:states::text[] IS NULL OR t.state = ANY (:states::text[]::ticket_state[]))
  AND (:category::text IS NULL OR t.category = :category)
  AND (:line::text IS NULL OR t.line = :line)
  AND (:late_at::timestamptz IS NULL OR
       (t.state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up')
        AND least(t.promised_at, t.stage_by, t.reply_by) < :late_at))
  AND (:departments::text[] IS NULL OR EXISTS (
    SELECT 1 FROM assignments AS a WHERE a.city_code = t.city_code AND a.ticket_id = t.id
      AND a.department = ANY (:departments)))
ORDER BY t.id DESC LIMIT :page_size;

-- name: worklist(city_code, department, after_by, after_id, page_size)
-- One page of a department's live parts, the nearest due time first.
SELECT t.*, x.masked_text, a.ordinal, a.state AS assignment_state, a.reply_by AS part_reply_by
FROM assignments AS a
JOIN tickets AS t ON t.city_code = a.city_code AND t.id = a.ticket_id
JOIN ticket_texts AS x ON x.city_code = t.city_code AND x.id = t.id
WHERE a.city_code = :city_code AND a.department = :department
  AND a.state NOT IN ('accepted', 'sent_back', 'recalled')
  AND (a.reply_by, a.ticket_id) > (:after_by, :after_id)
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
-- One page of what waits for a person at the desk, in review or for follow-up: gravest first, then nearest due.
SELECT t.*, x.masked_text FROM tickets AS t
JOIN ticket_texts AS x ON x.city_code = t.city_code AND x.id = t.id
WHERE t.city_code = :city_code AND t.state = :state::text::ticket_state
  AND t.state IN ('registered', 'on_desk', 'in_review', 'follow_up')
  AND (t.stage_by, t.id) > (:after_by, :after_id)
ORDER BY t.stage_by, t.id LIMIT :page_size;

-- name: search(city_code, low, below, query, page_size)
-- One page of a range of ids whose words match, newest first. The match is materialised, or the planner would walk
-- the primary key.
WITH hit AS MATERIALIZED (
  SELECT id FROM ticket_texts WHERE city_code = :city_code AND id >= :low AND id < :below
    AND search @@ :query::text::tsquery
)
SELECT t.*, x.masked_text FROM (SELECT id FROM hit ORDER BY id DESC LIMIT :page_size) AS h
JOIN tickets AS t ON t.city_code = :city_code AND t.id = h.id
JOIN ticket_texts AS x ON x.city_code = :city_code AND x.id = h.id
ORDER BY t.id DESC;

-- name: search_within(city_code, low, below, query, states, category, line, late_at, departments, page_size)
-- The same where other filters hold too: a department's search finds nothing but its own.
WITH hit AS MATERIALIZED (
  SELECT id FROM ticket_texts WHERE city_code = :city_code AND id >= :low AND id < :below
    AND search @@ :query::text::tsquery
)
SELECT t.*, x.masked_text FROM hit AS h
JOIN tickets AS t ON t.city_code = :city_code AND t.id = h.id
JOIN ticket_texts AS x ON x.city_code = :city_code AND x.id = h.id
WHERE (:states::text[] IS NULL OR t.state = ANY (:states::text[]::ticket_state[]))
  AND (:category::text IS NULL OR t.category = :category)
  AND (:line::text IS NULL OR t.line = :line)
  AND (:late_at::timestamptz IS NULL OR
       (t.state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up')
        AND least(t.promised_at, t.stage_by, t.reply_by) < :late_at))
  AND (:departments::text[] IS NULL OR EXISTS (
    SELECT 1 FROM assignments AS a WHERE a.city_code = t.city_code AND a.ticket_id = t.id
      AND a.department = ANY (:departments)))
ORDER BY t.id DESC LIMIT :page_size;

-- name: briefs(city_code, ids)
-- What the departments of these tickets are told, sealed.
SELECT id, brief FROM ticket_texts WHERE city_code = :city_code AND id = ANY (:ids::bigint[]);

-- name: count_registered(city_code, low, since, without)$
-- How many tickets were registered since a time, but for some ends.
SELECT count(*) FROM tickets WHERE city_code = :city_code AND id >= :low AND registered_at >= :since
  AND state <> ALL (:without::text[]::ticket_state[]);

-- name: readings(city_code, low, below, since, without, page_size)
-- The same tickets, one page, newest first, with what was read of them.
SELECT t.*, x.reading, x.masked_text FROM tickets AS t
JOIN ticket_texts AS x ON x.city_code = t.city_code AND x.id = t.id
WHERE t.city_code = :city_code AND t.id >= :low AND t.id < :below AND t.registered_at >= :since
  AND t.state <> ALL (:without::text[]::ticket_state[])
ORDER BY t.id DESC LIMIT :page_size;

-- name: spread(city_code, low, since, most)
-- At most so many requests, spread evenly over all that were registered from a time on; `low` is the first id that can be.
-- A matter that was split off has the words of the whole; one of an old platform's was not read when it came.
SELECT s.id AS ticket_id, s.line, s.received_at, s.registered_at, x.masked_text FROM (
  SELECT id, line, received_at, registered_at, row_number() OVER (ORDER BY id) AS n, count(*) OVER () AS total
  FROM tickets WHERE city_code = :city_code AND id >= :low AND registered_at >= :since AND parent IS NULL
    AND imported_from IS NULL
) AS s
JOIN ticket_texts AS x ON x.city_code = :city_code AND x.id = s.id
WHERE s.n % ((s.total + :most::int - 1) / :most::int) = 0
ORDER BY s.id;
