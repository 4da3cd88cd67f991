-- name: tickets(city_code, police_number)
-- What became of an order of 110: its tickets, the oldest first.
SELECT t.id, t.state::text AS state, t.lead, t.registered_at, t.promised_at, t.closed_at,
  t.state = 'handed_off' AND EXISTS (
    SELECT FROM handoffs AS h WHERE h.city_code = t.city_code AND h.ticket_id = t.id AND h.number = '110') AS is_sent_back
FROM tickets AS t WHERE t.city_code = :city_code AND t.police_number = :police_number ORDER BY t.id LIMIT 100;
