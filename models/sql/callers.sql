-- name: tickets(city_code, caller_index, n)
-- A caller's tickets: first those that are open, or merged into one that is, then the others; of both the newest first. What is
-- due next is due on the ticket that is worked on.
SELECT t.*, x.masked_text, own.is_open, own.due_by, own.common, own.common_state
FROM (
  SELECT o.city_code, o.id, o.is_open, o.common, o.common_state, CASE WHEN o.is_open THEN o.next_by END AS due_by
  FROM (
    SELECT t.city_code, t.id, c.id AS common, c.state::text AS common_state,
      coalesce(c.state, t.state) IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up') AS is_open,
      CASE WHEN c.id IS NULL THEN coalesce(t.stage_by, t.reply_by) ELSE coalesce(c.stage_by, c.reply_by) END AS next_by
    FROM tickets AS t
    LEFT JOIN tickets AS c ON t.state = 'merged' AND c.city_code = t.city_code AND c.id = t.merged_into
    WHERE t.city_code = :city_code AND t.caller_index = :caller_index::bytea
  ) AS o
  ORDER BY o.is_open DESC, o.id DESC LIMIT :n
) AS own
JOIN tickets AS t ON t.city_code = own.city_code AND t.id = own.id
JOIN ticket_texts AS x ON x.city_code = own.city_code AND x.id = own.id
ORDER BY own.is_open DESC, own.id DESC;

-- name: interactions(city_code, caller_index, without, is_typed, n)
-- A caller's interactions but for one, the newest first; for a phone that was typed but for those of which a confidential tip-off came.
SELECT id, channel::text AS channel, line, offered_at, answered_at, ended_at, outcome, agent FROM interactions
WHERE city_code = :city_code AND caller_index = :caller_index::bytea AND id <> :without
  AND (NOT :is_typed OR NOT EXISTS (SELECT 1 FROM tickets AS t WHERE t.city_code = interactions.city_code AND t.interaction = interactions.id
                                      AND t.kind = 'tip_off' AND t.disclosure = 'confidential'))
ORDER BY offered_at DESC, id DESC LIMIT :n;
