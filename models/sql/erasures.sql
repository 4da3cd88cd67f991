-- name: of_phone(city_code, caller_index)
-- The tickets of a phone with what decides whether they may be erased, in order.
SELECT id FROM tickets WHERE city_code = :city_code AND caller_index = :caller_index AND erased_at IS NULL ORDER BY id;

-- name: is_erased(city_code, id)$
-- Whether a ticket is erased.
SELECT erased_at IS NOT NULL FROM tickets WHERE city_code = :city_code AND id = :id;

-- name: is_needed(city_code, id)$
-- Whether an open ticket or an open incident still stands on this one: the common ticket of a merged one, or what it leads.
SELECT EXISTS (
    SELECT 1 FROM tickets AS t JOIN tickets AS common ON common.city_code = t.city_code AND common.id = t.merged_into
    WHERE t.city_code = :city_code AND t.id = :id AND t.state = 'merged'
      AND common.state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up', 'closed'))
  OR EXISTS (SELECT 1 FROM incidents WHERE city_code = :city_code AND lead = :id AND closed_at IS NULL);

-- name: readings(city_code, ids)
-- What was read of some tickets.
SELECT id, reading FROM ticket_texts WHERE city_code = :city_code AND id = ANY (:ids::bigint[]) ORDER BY id;

-- name: erase_texts(words, city_code, ids, texts, briefs, readings)!
-- The words of some tickets; the query code stays, so that their citizens are told what became of them.
UPDATE ticket_texts AS x SET text = e.text, brief = e.brief, caller = NULL, answer = NULL, masked_text = :words, search = '',
  fingerprint = '\x', reading = e.reading::json
FROM unnest(:ids::bigint[], :texts::bytea[], :briefs::bytea[], :readings::text[]) AS e (id, text, brief, reading)
WHERE x.city_code = :city_code AND x.id = e.id;

-- name: erase_tickets(at, city_code, ids)!
-- Who asked, and where exactly it is; street and district stay for the figures.
UPDATE tickets SET caller_index = NULL, place = NULL, lat = NULL, lon = NULL, accused = NULL, desk_reason = NULL, erased_at = :at
WHERE city_code = :city_code AND id = ANY (:ids::bigint[]);

-- name: erase_event_words(city_code, ids)!
-- What people wrote with the steps; the events keep that there was something.
DELETE FROM event_words WHERE city_code = :city_code AND ticket_id = ANY (:ids::bigint[]);

-- name: erase_replies(city_code, ids)!
-- What departments answered.
UPDATE assignments SET reply = NULL WHERE city_code = :city_code AND ticket_id = ANY (:ids::bigint[]) AND reply IS NOT NULL;

-- name: erase_letters(city_code, ids)!
-- What departments answered to supervisions.
UPDATE supervisions SET answer = NULL WHERE city_code = :city_code AND ticket_id = ANY (:ids::bigint[]) AND answer IS NOT NULL;

-- name: erase_deliveries(city_code, ids)!
-- What departments' systems were told.
DELETE FROM deliveries WHERE city_code = :city_code AND ticket_id = ANY (:ids::bigint[]);

-- name: erase_notices(city_code, ids)!
-- What their citizens were told.
DELETE FROM notices WHERE city_code = :city_code AND ticket_id = ANY (:ids::bigint[]);

-- name: erase_handoffs(city_code, ids)!
-- What was agreed in a call of three.
UPDATE handoffs SET note = NULL WHERE city_code = :city_code AND ticket_id = ANY (:ids::bigint[]) AND note IS NOT NULL;

-- name: erase_follow_ups(city_code, ids)!
-- What was said in follow-ups.
UPDATE follow_ups SET reason = NULL WHERE city_code = :city_code AND ticket_id = ANY (:ids::bigint[]) AND reason IS NOT NULL;

-- name: erase_remarks(city_code, ids)!
-- What was written with ratings.
UPDATE ratings SET remark = NULL WHERE city_code = :city_code AND ticket_id = ANY (:ids::bigint[]) AND remark IS NOT NULL;

-- name: erase_waves(words, city_code, ids)!
-- The sentence by which a wave is shown, where it is one of these tickets'.
UPDATE waves AS w SET sentence = :words FROM wave_tickets AS t
WHERE t.city_code = :city_code AND t.ticket_id = ANY (:ids::bigint[]) AND w.city_code = t.city_code AND w.id = t.wave
  AND w.representative = t.ticket_id;

-- name: erase_prompts(words, city_code, ids)!
-- The same of what was asked about a pile-up; there are few.
UPDATE prompts SET sentence = :words WHERE city_code = :city_code AND representative = ANY (:ids::bigint[]);

-- name: exclusions(city_code, ids)
-- Evidence about these tickets.
SELECT id, ticket_id, seq FROM exclusions WHERE city_code = :city_code AND ticket_id = ANY (:ids::bigint[]) ORDER BY id;

-- name: erase_evidence(city_code, ids, evidence)!
-- The evidence; that there was an exclusion stays.
UPDATE exclusions AS x SET evidence = e.evidence FROM unnest(:ids::bigint[], :evidence::bytea[]) AS e (id, evidence)
WHERE x.city_code = :city_code AND x.id = e.id;

-- name: erase_attachments(city_code, ids, at)!
-- The files of these tickets; what lies in the folder is deleted once this is written.
WITH gone AS (
  DELETE FROM attachments WHERE city_code = :city_code AND ticket_id = ANY (:ids::bigint[]) RETURNING id
)
INSERT INTO removed_files (city_code, id, at) SELECT :city_code, id, :at FROM gone;

-- name: calls_of_tickets(city_code, ids)
-- The calls and chats of which these tickets came.
SELECT DISTINCT interaction AS id FROM tickets
WHERE city_code = :city_code AND id = ANY (:ids::bigint[]) AND interaction IS NOT NULL ORDER BY id;

-- name: calls_of_phone(city_code, caller_index)
-- The calls of a phone.
SELECT id FROM interactions WHERE city_code = :city_code AND caller_index = :caller_index ORDER BY id;

-- name: chats_of_phone(city_code, phone_index)
-- The chats in which a phone was verified.
SELECT id, interaction FROM conversations WHERE city_code = :city_code AND phone_index = :phone_index ORDER BY id;

-- name: free_calls(city_code, ids, is_over, besides)
-- Those of some calls and chats of which no ticket came, `besides` some, whose words are still kept; and that have ended and are owed
-- no call, unless their time is over anyway.
SELECT i.id FROM interactions AS i
WHERE i.city_code = :city_code AND i.id = ANY (:ids::bigint[])
  AND (:is_over OR (i.ended_at IS NOT NULL AND (i.call_back_by IS NULL OR i.called_back_at IS NOT NULL)))
  AND NOT EXISTS (SELECT 1 FROM tickets AS t WHERE t.city_code = i.city_code AND t.interaction = i.id AND t.erased_at IS NULL
                    AND t.id <> ALL (:besides::bigint[]))
ORDER BY i.id FOR NO KEY UPDATE;

-- name: erase_calls(city_code, ids)!
-- Who called and what was said; when, on which line and how it ended stays for the figures.
UPDATE interactions SET caller = NULL, caller_index = NULL, transcript = NULL
WHERE city_code = :city_code AND id = ANY (:ids::bigint[])
  AND (caller IS NOT NULL OR caller_index IS NOT NULL OR transcript IS NOT NULL);

-- name: chats_of_calls(city_code, ids)
-- The chats that these are.
SELECT id FROM conversations WHERE city_code = :city_code AND interaction = ANY (:ids::bigint[]) ORDER BY id;

-- name: erase_turns(city_code, ids)!
-- What was said in chats.
DELETE FROM conversation_turns WHERE city_code = :city_code AND conversation = ANY (:ids::bigint[]);

-- name: erase_chats(city_code, ids)!
-- With whom, and what was gathered.
UPDATE conversations SET token_hash = NULL, outside_index = NULL, outside = NULL, phone_index = NULL, phone = NULL, draft = NULL
WHERE city_code = :city_code AND id = ANY (:ids::bigint[]);

-- name: erase_reviews(city_code, ids)!
-- What somebody taught the chatbot by a sentence of theirs.
DELETE FROM utterance_reviews WHERE city_code = :city_code AND conversation = ANY (:ids::bigint[]);

-- name: erase_codes(city_code, ids)!
-- The codes that were sent in chats.
DELETE FROM phone_codes WHERE city_code = :city_code AND conversation = ANY (:ids::bigint[]);

-- name: erase_talks(senders)!
-- What the chatbot has kept of them.
SELECT erase_chatbot_talks(:senders);

-- name: erase_phone_codes(city_code, phone_index)!
-- The codes that were sent to a phone.
DELETE FROM phone_codes WHERE city_code = :city_code AND phone_index = :phone_index;

-- name: limits(city_code, caller_index, at)^
-- How many limits on the calls of a phone wait or hold, and how many are over.
SELECT count(*) FILTER (WHERE is_on) AS holding, count(*) FILTER (WHERE NOT is_on) AS over FROM (
  SELECT decided_at IS NULL OR (granted AND lifted_at IS NULL AND expires_at > :at) AS is_on FROM caller_limits
  WHERE city_code = :city_code AND caller_index = :caller_index) AS l;

-- name: erase_limits(city_code, caller_index, at)!
-- Limits that are over.
DELETE FROM caller_limits WHERE city_code = :city_code AND caller_index = :caller_index
  AND decided_at IS NOT NULL AND NOT (granted AND lifted_at IS NULL AND expires_at > :at);

-- name: erase_supports(city_code, caller_index)!
-- Support for published suggestions is still counted, by nobody.
UPDATE supports SET supporter = decode(replace(gen_random_uuid()::text, '-', ''), 'hex')
WHERE city_code = :city_code AND supporter = :caller_index AND is_verified;

-- name: removed_files(city_code, n)
-- Files that are still to be deleted from the folder.
SELECT id FROM removed_files WHERE city_code = :city_code ORDER BY id LIMIT :n;

-- name: forget_files(city_code, ids)!
-- They are deleted.
DELETE FROM removed_files WHERE city_code = :city_code AND id = ANY (:ids::text[]);
