-- name: get(city_code, ticket_id, number)^
-- One handoff of a ticket.
SELECT ticket_id, number, flag, opened_at, confirm_by, confirmed_at, outside_number FROM handoffs
WHERE city_code = :city_code AND ticket_id = :ticket_id AND number = :number;

-- name: unconfirmed(city_code, after_by, after_id, page_size)
-- One page of the handoffs that nobody has confirmed, the nearest due first.
SELECT ticket_id, number, flag, opened_at, confirm_by FROM handoffs
WHERE city_code = :city_code AND confirmed_at IS NULL AND (confirm_by, ticket_id) > (:after_by, :after_id)
ORDER BY confirm_by, ticket_id LIMIT :page_size;

-- name: of_ticket(city_code, ticket_id)
-- Every handoff of a ticket.
SELECT number, flag, opened_at, confirm_by, confirmed_at, outside_number FROM handoffs
WHERE city_code = :city_code AND ticket_id = :ticket_id ORDER BY opened_at, number;
