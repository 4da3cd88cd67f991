-- name: owed(city_code, department, owes, after_by, after_id, after_ordinal, page_size)
-- One page of a department's live parts with what each one owes now, the nearest due time of that first; of one sort, or all.
SELECT t.*, x.masked_text, s.ordinal, s.state AS assignment_state, s.role AS assignment_role, s.owes, s.due_by,
  s.reply_by AS part_reply_by, s.dispatched_at,
  CASE WHEN s.state = 'send_back_requested' THEN 'send_back' ELSE s.asked ->> 'what' END AS asks
FROM (
  SELECT * FROM owed_parts
  WHERE city_code = :city_code AND department = :department AND (:owes::text IS NULL OR owes = :owes::text)
    AND (due_by, ticket_id, ordinal) > (:after_by::timestamptz, :after_id::bigint, :after_ordinal::int)
  ORDER BY due_by, ticket_id, ordinal LIMIT :page_size) AS s
JOIN tickets AS t ON t.city_code = s.city_code AND t.id = s.ticket_id
JOIN ticket_texts AS x ON x.city_code = s.city_code AND x.id = s.ticket_id
ORDER BY s.due_by, s.ticket_id, s.ordinal;

-- name: counts(city_code, department, at)
-- How many of a department's live parts owe what, and of how many of these the due time has passed.
SELECT owes, count(*) AS parts, count(*) FILTER (WHERE owes <> 'others' AND due_by < :at) AS late
FROM owed_parts WHERE city_code = :city_code AND department = :department GROUP BY owes;
