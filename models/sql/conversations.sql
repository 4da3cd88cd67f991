-- name: open(city_code, channel, interaction, token_hash, outside_index, outside, at)$
-- A conversation begins; returns its id.
INSERT INTO conversations (city_code, channel, interaction, token_hash, outside_index, outside, consent_at, created_at, last_at)
VALUES (:city_code, :channel::text::channel, :interaction, :token_hash, :outside_index, :outside, :at, :at, :at)
RETURNING id;

-- name: lock(city_code, id)$
-- One conversation, locked: its turns come one after the other.
SELECT true FROM conversations WHERE city_code = :city_code AND id = :id FOR UPDATE;

-- name: find(city_code, id)^
-- One conversation, and where it stands.
SELECT c.*, s.state, s.agent FROM conversations AS c JOIN conversation_states AS s USING (city_code, id)
WHERE c.city_code = :city_code AND c.id = :id;

-- name: of_interaction(city_code, interaction)$
-- The conversation that an interaction is.
SELECT id FROM conversations WHERE city_code = :city_code AND interaction = :interaction;

-- name: of_outside(city_code, channel, outside_index)$
-- The newest conversation of somebody on a channel that has not ended.
SELECT c.id FROM conversations AS c JOIN conversation_states AS s USING (city_code, id)
WHERE c.city_code = :city_code AND c.channel = :channel::text::channel AND c.outside_index = :outside_index
  AND s.state <> 'ended' ORDER BY c.id DESC LIMIT 1;

-- name: lock_outside(key)$
-- One after the other: what somebody sends at once begins one conversation.
SELECT pg_advisory_xact_lock(hashtextextended(:key, 0)) IS NULL;

-- name: of_phone(city_code, phone_index, but, since)$
-- The newest other conversation of a verified phone that has not ended.
SELECT c.id FROM conversations AS c JOIN conversation_states AS s USING (city_code, id)
WHERE c.city_code = :city_code AND c.phone_index = :phone_index AND c.id <> :but AND c.last_at >= :since AND s.state <> 'ended'
ORDER BY c.id DESC LIMIT 1;

-- name: change(awaits, draft, outcome, last_at, city_code, id)!
-- What was said is gathered in the draft; what the hub asked for.
UPDATE conversations SET awaits = :awaits, draft = :draft, outcome = :outcome, last_at = :last_at
WHERE city_code = :city_code AND id = :id;

-- name: verify(phone_index, phone, at, city_code, id)!
-- The phone is the citizen's: they have read the code that was sent there.
UPDATE conversations SET phone_index = :phone_index, phone = :phone, verified_at = :at WHERE city_code = :city_code AND id = :id;

-- name: move(channel, token_hash, outside_index, outside, city_code, id)!
-- The conversation goes on by another way.
UPDATE conversations SET channel = :channel::text::channel, token_hash = :token_hash, outside_index = :outside_index, outside = :outside
WHERE city_code = :city_code AND id = :id;

-- name: leave(city_code, id)!
-- Nobody holds a token of it any more.
UPDATE conversations SET token_hash = NULL, outside_index = NULL, outside = NULL WHERE city_code = :city_code AND id = :id;

-- name: add_turn(city_code, conversation, seq, by, text, masked_text, buttons, key, at)!
-- Somebody says something.
WITH counted AS (
  UPDATE conversations SET turn_count = :seq, last_at = :at WHERE city_code = :city_code AND id = :conversation
)
INSERT INTO conversation_turns (city_code, conversation, seq, by, text, masked_text, buttons, key, at)
VALUES (:city_code, :conversation, :seq, :by, :text, :masked_text, :buttons, :key, :at);

-- name: understood(intent, confidence, is_unanswered, city_code, conversation, seq)!
-- How a citizen's turn was read, and whether nobody knew an answer: what comes after does not undo that.
UPDATE conversation_turns SET intent = :intent, confidence = :confidence, is_unanswered = is_unanswered OR :is_unanswered
WHERE city_code = :city_code AND conversation = :conversation AND seq = :seq AND by = 'citizen';

-- name: with_key(city_code, conversation, key)$
-- The turn that a client has sent under that key before.
SELECT seq FROM conversation_turns WHERE city_code = :city_code AND conversation = :conversation AND key = :key;

-- name: turns(city_code, conversation, after, n)
-- What was said after a turn, in order.
SELECT * FROM conversation_turns WHERE city_code = :city_code AND conversation = :conversation AND seq > :after ORDER BY seq LIMIT :n;

-- name: states(city_code, ids)
-- Where some conversations stand, how much was said in each, and by which token it is heard.
SELECT c.id, s.state, c.turn_count, c.token_hash FROM conversations AS c JOIN conversation_states AS s USING (city_code, id)
WHERE c.city_code = :city_code AND c.id = ANY (:ids::bigint[]);

-- name: ahead(city_code, interaction)$
-- How many wait for the same seat group before this chat, by whichever way; null where it does not wait.
SELECT (SELECT count(*) FROM seat_work AS o WHERE o.city_code = w.city_code AND o.seat_group = w.seat_group AND o.agent IS NULL
          AND o.waits_from <= w.waits_from AND (NOT o.is_urgent, o.waiting_since, o.interaction) < (NOT w.is_urgent, w.waiting_since, w.interaction))
FROM seat_work AS w WHERE w.city_code = :city_code AND w.interaction = :interaction AND w.kind = 'chat' AND w.taken_at IS NULL;

-- name: on_seats(city_code, seat_group)$
-- How many agents have signed on for a group and are not away.
SELECT count(*) FROM seats WHERE city_code = :city_code AND :seat_group = ANY (seat_groups) AND state <> 'away';
