-- name: owed(city_code, department, owes, kind, urgency, category, line, district, since, until, late_at, after_by, after_id, after_ordinal, page_size)
-- One page of a department's live parts with what each one owes now, the nearest due time of that first; of one sort, or all, of these
-- those whose ticket fits. As in the lists of tickets the filters stand in one CASE, of which the planner knows nothing.
SELECT t.*, x.masked_text, s.ordinal, s.state AS assignment_state, s.role AS assignment_role, s.owes, s.due_by,
  s.reply_by AS part_reply_by, s.dispatched_at,
  CASE WHEN s.state = 'send_back_requested' THEN 'send_back' ELSE s.asked ->> 'what' END AS asks
FROM (
  SELECT p.* FROM owed_parts AS p
  JOIN tickets AS o ON o.city_code = p.city_code AND o.id = p.ticket_id
  WHERE p.city_code = :city_code AND p.department = :department AND (:owes::text IS NULL OR p.owes = :owes::text)
    AND (p.due_by, p.ticket_id, p.ordinal) > (:after_by::timestamptz, :after_id::bigint, :after_ordinal::int)
    AND CASE WHEN (:kind::text IS NULL OR o.kind = :kind::text::kind)
      AND (:urgency::int IS NULL OR o.urgency = :urgency)
      AND (:category::text IS NULL OR starts_with(o.category, :category) OR o.detail = :category)
      AND (:line::text IS NULL OR o.line = :line)
      AND (:district::text IS NULL OR o.district = :district)
      AND (:since::timestamptz IS NULL OR o.registered_at >= :since)
      AND (:until::timestamptz IS NULL OR o.registered_at < :until)
      AND (:late_at::timestamptz IS NULL OR (p.owes <> 'others' AND p.due_by < :late_at))
      THEN true ELSE false END
  ORDER BY p.due_by, p.ticket_id, p.ordinal LIMIT :page_size) AS s
JOIN tickets AS t ON t.city_code = s.city_code AND t.id = s.ticket_id
JOIN ticket_texts AS x ON x.city_code = s.city_code AND x.id = s.ticket_id
ORDER BY s.due_by, s.ticket_id, s.ordinal;

-- name: counts(city_code, department, at)
-- How many of a department's live parts owe what, and of how many of these the due time has passed.
SELECT owes, count(*) AS parts, count(*) FILTER (WHERE owes <> 'others' AND due_by < :at) AS late
FROM owed_parts WHERE city_code = :city_code AND department = :department GROUP BY owes;
