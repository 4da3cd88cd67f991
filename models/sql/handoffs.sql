-- name: get(city_code, ticket_id, number)^
-- One handoff of a ticket.
SELECT ticket_id, number, flag, opened_at, confirm_by, confirmed_at, outside_number FROM handoffs
WHERE city_code = :city_code AND ticket_id = :ticket_id AND number = :number;

-- name: of_ticket(city_code, ticket_id)
-- Every handoff of a ticket.
SELECT number, flag, opened_at, confirm_by, confirmed_at, outside_number FROM handoffs
WHERE city_code = :city_code AND ticket_id = :ticket_id ORDER BY opened_at, number;
