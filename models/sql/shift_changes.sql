-- name: add(city_code, handed_by, from_agent, to_agent, to_seat_group, remark, drafts, interactions, at)$
-- Who handed what to whom; returns its id.
INSERT INTO shift_changes (city_code, handed_by, from_agent, to_agent, to_seat_group, remark, drafts, interactions, at)
VALUES (:city_code, :handed_by, :from_agent, :to_agent, :to_seat_group, :remark, :drafts, :interactions, :at)
RETURNING id;

-- name: find(city_code, id)^
-- One change of shift.
SELECT * FROM shift_changes WHERE city_code = :city_code AND id = :id;

-- name: accept(by, at, city_code, id)$
-- Who took it over; nothing where somebody had before.
UPDATE shift_changes SET accepted_by = :by, accepted_at = :at
WHERE city_code = :city_code AND id = :id AND accepted_at IS NULL RETURNING true;

-- name: page(city_code, agent, seat_groups, before, page_size)
-- One page of changes of shift, the newest first: all, or those that concern an agent.
SELECT * FROM shift_changes
WHERE city_code = :city_code AND id < :before
  AND (:agent::text IS NULL OR handed_by = :agent OR from_agent = :agent OR to_agent = :agent
       OR to_seat_group = ANY(:seat_groups::text[]))
ORDER BY id DESC LIMIT :page_size;
