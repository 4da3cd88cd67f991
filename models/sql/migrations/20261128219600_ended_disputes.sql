-- migrate:up

-- Tickets that ended in a dispute before their end was the dispute's too.
UPDATE disputes AS d SET ruled_at = coalesce(t.closed_at, d.opened_at), ruling = '工单已结束，会商终止'
FROM tickets AS t WHERE t.city_code = d.city_code AND t.id = d.ticket_id AND d.ruled_at IS NULL AND t.is_disputed
  AND t.state NOT IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up');
UPDATE tickets SET is_disputed = false WHERE is_disputed
  AND state NOT IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up');

-- migrate:down

SELECT 1;
