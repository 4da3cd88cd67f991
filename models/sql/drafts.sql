-- name: write(city_code, id, agent, interaction, fields, at, seat_groups)$
-- Keeps what an agent has written; a draft that was handed to a group of theirs is theirs from now on. Returns nothing for another's.
INSERT INTO drafts (city_code, id, agent, interaction, fields, written_at)
VALUES (:city_code, :id, :agent, :interaction, :fields, :at)
ON CONFLICT (city_code, id) DO UPDATE SET agent = EXCLUDED.agent, seat_group = NULL, interaction = EXCLUDED.interaction,
  fields = EXCLUDED.fields, written_at = EXCLUDED.written_at
WHERE drafts.agent = EXCLUDED.agent OR drafts.seat_group = ANY(:seat_groups::text[])
RETURNING true;

-- name: page(city_code, agent, seat_groups, after, page_size)
-- One page of the drafts of an agent and of the groups that they answer for.
SELECT id, agent, seat_group, interaction, fields, written_at FROM drafts
WHERE city_code = :city_code AND (agent = :agent OR seat_group = ANY(:seat_groups::text[])) AND id > :after
ORDER BY id LIMIT :page_size;

-- name: count(city_code, agent, id)$
-- How many other drafts an agent has.
SELECT count(*) FROM drafts WHERE city_code = :city_code AND agent = :agent AND id <> :id;

-- name: drop(city_code, id, agent, seat_groups)$
-- Forgets a draft of one's own or of one's group.
DELETE FROM drafts WHERE city_code = :city_code AND id = :id
  AND (agent = :agent OR seat_group = ANY(:seat_groups::text[])) RETURNING true;

-- name: hand_over(to_agent, to_seat_group, city_code, from_agent)
-- All drafts of an agent are somebody else's, or a group's.
UPDATE drafts SET agent = :to_agent, seat_group = :to_seat_group WHERE city_code = :city_code AND agent = :from_agent
RETURNING id;
