-- name: get(city_code, id)^
-- One handoff.
SELECT * FROM handoffs WHERE city_code = :city_code AND id = :id;

-- name: lock(city_code, id)^
-- One handoff, locked until the transaction ends.
SELECT * FROM handoffs WHERE city_code = :city_code AND id = :id FOR UPDATE;

-- name: newest(city_code, ticket_id, number)^
-- The newest handoff of a ticket to one number.
SELECT * FROM handoffs WHERE city_code = :city_code AND ticket_id = :ticket_id AND number = :number
ORDER BY opened_at DESC, id DESC LIMIT 1;

-- name: page(city_code, is_open, outside_number, after_by, after_id, page_size)
-- One page of handoffs, the nearest due first: those that nobody has confirmed, or those with the other side's number.
SELECT * FROM handoffs
WHERE city_code = :city_code AND (NOT :is_open::boolean OR confirmed_at IS NULL)
  AND (:outside_number::text IS NULL OR outside_number = :outside_number)
  AND (confirm_by, id) > (:after_by, :after_id)
ORDER BY confirm_by, id LIMIT :page_size;

-- name: of_ticket(city_code, ticket_id)
-- Every handoff of a ticket.
SELECT id, number, flag, opened_at, confirm_by, offered_at, confirmed_at, outside_number FROM handoffs
WHERE city_code = :city_code AND ticket_id = :ticket_id ORDER BY opened_at, number;

-- name: of_interaction(city_code, interaction)
-- Every handoff that was begun during a call.
SELECT * FROM handoffs WHERE city_code = :city_code AND interaction = :interaction ORDER BY opened_at, id;

-- name: open(row)!
-- A handoff begun during a call, before there is a ticket.
INSERT INTO handoffs SELECT * FROM json_populate_recordset(NULL::handoffs, :row::text::json);

-- name: wait(city_code, subject, kind, due_at)!
-- When the clock looks after a handoff that has no ticket.
INSERT INTO timers (city_code, ticket_id, subject, kind, due_at, attempts)
VALUES (:city_code, 0, :subject, :kind, :due_at, 0)
ON CONFLICT (city_code, ticket_id, subject) DO UPDATE SET due_at = EXCLUDED.due_at, claimed_until = NULL, attempts = 0;

-- name: change(offered_at, confirmed_at, confirmed_by, outside_number, alarm_count, note, city_code, id)!
-- What became of it.
UPDATE handoffs SET offered_at = :offered_at, confirmed_at = :confirmed_at, confirmed_by = :confirmed_by,
  outside_number = :outside_number, alarm_count = :alarm_count, note = :note
WHERE city_code = :city_code AND id = :id;
