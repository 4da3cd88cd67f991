-- name: waiting(city_code, before_at, before_conversation, before_seq, page_size)
-- What nobody has reviewed yet, the newest first, with what was answered.
SELECT t.conversation, t.seq, t.masked_text AS text, t.intent, t.confidence, t.is_unanswered, t.at,
  (SELECT n.masked_text FROM conversation_turns AS n WHERE n.city_code = t.city_code AND n.conversation = t.conversation
     AND n.seq > t.seq AND n.by <> 'citizen' ORDER BY n.seq LIMIT 1) AS answer
FROM conversation_turns AS t
WHERE t.city_code = :city_code AND t.by = 'citizen' AND (t.is_unanswered OR t.confidence < 0.7)
  AND (:before_at::timestamptz IS NULL OR (t.at, t.conversation, t.seq) < (:before_at, :before_conversation::bigint, :before_seq::bigint))
  AND NOT EXISTS (SELECT 1 FROM utterance_reviews AS r
                  WHERE r.city_code = t.city_code AND r.conversation = t.conversation AND r.seq = t.seq)
ORDER BY t.at DESC, t.conversation DESC, t.seq DESC LIMIT :page_size;

-- name: turn(city_code, conversation, seq)^
-- One turn of a citizen.
SELECT masked_text FROM conversation_turns
WHERE city_code = :city_code AND conversation = :conversation AND seq = :seq AND by = 'citizen';

-- name: review(city_code, conversation, seq, decision, intent, text, reviewed_by, at)!
-- What a person makes of a turn; said again it is what they say now.
INSERT INTO utterance_reviews (city_code, conversation, seq, decision, intent, text, reviewed_by, reviewed_at)
VALUES (:city_code, :conversation, :seq, :decision, :intent, :text, :reviewed_by, :at)
ON CONFLICT (city_code, conversation, seq) DO UPDATE SET decision = EXCLUDED.decision, intent = EXCLUDED.intent, text = EXCLUDED.text,
  reviewed_by = EXCLUDED.reviewed_by, reviewed_at = EXCLUDED.reviewed_at;

-- name: taught(city_code, after_at, after_conversation, after_seq, page_size)
-- Examples that people have made, in the order in which they did.
SELECT conversation, seq, text, intent, reviewed_by, reviewed_at FROM utterance_reviews
WHERE city_code = :city_code AND decision = 'taught' AND (:after_at::timestamptz IS NULL
  OR (reviewed_at, conversation, seq) > (:after_at, :after_conversation::bigint, :after_seq::bigint))
ORDER BY reviewed_at, conversation, seq LIMIT :page_size;

-- name: figures(city_code, since, until)^
-- How the conversations that began in a period went. Whom nobody has ended is under way; completed is what ended with something
-- done; contained is what ended without a person asked for, whether or not one was there. Turns to a ticket are the citizen's own,
-- up to the first one. Nobody holds a token of what only led to an earlier conversation: that is none.
WITH chats AS (
  SELECT c.id, s.state, s.asked_at, s.ended_as,
    (SELECT min(t.registered_at) FROM tickets AS t WHERE t.city_code = c.city_code AND t.interaction = c.interaction) AS filed_at,
    EXISTS (SELECT 1 FROM handoffs AS h WHERE h.city_code = c.city_code AND h.interaction = c.interaction) AS is_emergency
  FROM conversations AS c JOIN conversation_states AS s USING (city_code, id)
  WHERE c.city_code = :city_code AND c.created_at >= :since AND c.created_at < :until AND c.token_hash IS NOT NULL
), turns AS (
  SELECT t.conversation, count(*) AS n, count(*) FILTER (WHERE t.at <= c.filed_at) AS to_ticket,
    count(*) FILTER (WHERE t.is_unanswered) AS unanswered
  FROM chats AS c JOIN conversation_turns AS t ON t.city_code = :city_code AND t.conversation = c.id
  WHERE t.by = 'citizen' GROUP BY t.conversation
)
SELECT count(*) AS conversations,
  count(*) FILTER (WHERE state <> 'ended') AS under_way,
  count(*) FILTER (WHERE state = 'ended') AS ended,
  count(*) FILTER (WHERE state = 'ended' AND ended_as IS NOT NULL AND ended_as <> 'abandoned') AS completed,
  count(*) FILTER (WHERE asked_at IS NOT NULL) AS taken_over,
  count(*) FILTER (WHERE state = 'ended' AND asked_at IS NULL) AS contained,
  count(*) FILTER (WHERE filed_at IS NOT NULL) AS with_ticket,
  count(*) FILTER (WHERE is_emergency) AS emergencies,
  coalesce(sum(n), 0)::bigint AS turns,
  coalesce(sum(unanswered), 0)::bigint AS unanswered,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY to_ticket) FILTER (WHERE filed_at IS NOT NULL) AS turns_to_ticket
FROM chats LEFT JOIN turns ON turns.conversation = chats.id;

-- name: now(city_code)
-- How many conversations stand where at this moment.
SELECT s.state, count(*) AS n FROM conversations AS c JOIN conversation_states AS s USING (city_code, id)
WHERE c.city_code = :city_code AND c.token_hash IS NOT NULL AND s.state <> 'ended' GROUP BY 1;
