-- name: push(city_code, id, ticket_id, flags, level, at, by, is_by_rule, acknowledge_by)!
-- A clue is pushed.
INSERT INTO risk_clues (city_code, id, ticket_id, flags, level, pushed_at, pushed_by, is_by_rule, acknowledge_by)
VALUES (:city_code, :id, :ticket_id, :flags::text[], :level, :at, :by, :is_by_rule, :acknowledge_by);

-- name: find(city_code, id)^
-- One clue.
SELECT * FROM risk_clues WHERE city_code = :city_code AND id = :id;

-- name: of_ticket(city_code, ticket_id)^
-- The clue of a ticket that was not withdrawn.
SELECT * FROM risk_clues WHERE city_code = :city_code AND ticket_id = :ticket_id AND withdrawn_at IS NULL;

-- name: page(city_code, state, before_at, before_id, page_size)
-- One page of clues, the newest first: of one state, or all.
SELECT * FROM risk_clues
WHERE city_code = :city_code AND (pushed_at, id) < (:before_at, :before_id)
  AND CASE :state::text WHEN 'withdrawn' THEN withdrawn_at IS NOT NULL
        WHEN 'acknowledged' THEN withdrawn_at IS NULL AND acknowledged_at IS NOT NULL
        WHEN 'waiting' THEN withdrawn_at IS NULL AND acknowledged_at IS NULL ELSE true END
ORDER BY pushed_at DESC, id DESC LIMIT :page_size;

-- name: change(acknowledged_at, reference, withdrawn_at, reason, city_code, id)!
-- What became of it.
UPDATE risk_clues SET acknowledged_at = :acknowledged_at, reference = :reference, withdrawn_at = :withdrawn_at,
  reason = :reason
WHERE city_code = :city_code AND id = :id;
