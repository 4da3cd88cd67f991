-- name: send(city_code, conversation, phone_index, phone, code_hash, at)!
-- A code goes to a phone.
INSERT INTO phone_codes (city_code, conversation, phone_index, phone, code_hash, sent_at)
VALUES (:city_code, :conversation, :phone_index, :phone, :code_hash, :at);

-- name: lock(key)$
-- One after the other: two that ask for a code for the same phone at once must see one another.
SELECT pg_advisory_xact_lock(hashtextextended(:key, 0)) IS NULL;

-- name: counted(city_code, conversation, phone_index, since)^
-- How many codes went to a phone, and to anybody from one conversation, since then; and when the phone's last one did.
SELECT count(*) FILTER (WHERE phone_index = :phone_index) AS to_phone,
  count(*) FILTER (WHERE conversation = :conversation) AS from_here,
  max(sent_at) FILTER (WHERE phone_index = :phone_index) AS last_at
FROM phone_codes WHERE city_code = :city_code AND (phone_index = :phone_index OR conversation = :conversation) AND sent_at > :since;

-- name: newest(city_code, conversation)^
-- The newest code that was sent from a conversation.
SELECT phone, code_hash, sent_at, tries, used_at FROM phone_codes
WHERE city_code = :city_code AND conversation = :conversation ORDER BY sent_at DESC LIMIT 1;

-- name: tried(used_at, city_code, conversation, sent_at)!
-- Somebody has tried it; where it was right it is used up.
UPDATE phone_codes SET tries = tries + 1, used_at = :used_at
WHERE city_code = :city_code AND conversation = :conversation AND sent_at = :sent_at;
