-- name: offer(city_code, channel, line, seat_group, caller_index, caller, at)$
-- A call, chat or letter arrives.
INSERT INTO interactions (city_code, channel, line, seat_group, caller_index, caller, offered_at)
VALUES (:city_code, :channel::text::channel, :line, :seat_group, :caller_index, :caller, :at)
RETURNING id;

-- name: known(city_code, id)$
-- Whether there is such an interaction.
SELECT 1 FROM interactions WHERE city_code = :city_code AND id = :id;

-- name: has_tickets(city_code, id)$
-- Whether a ticket came of it.
SELECT EXISTS (SELECT 1 FROM tickets WHERE city_code = :city_code AND interaction = :id);

-- name: lock(city_code, id)^
-- One interaction, locked.
SELECT * FROM interactions WHERE city_code = :city_code AND id = :id FOR UPDATE;

-- name: change(answered_at, ended_at, outcome, agent, transcript, city_code, id)!
-- What happened to it.
UPDATE interactions SET answered_at = :answered_at, ended_at = :ended_at, outcome = :outcome, agent = :agent,
  transcript = :transcript WHERE city_code = :city_code AND id = :id;

-- name: lock_caller(caller)$
-- One after the other: who asks whether a phone waits already must see the call before it.
SELECT pg_advisory_xact_lock(hashtextextended(:caller, 0)) IS NULL;

-- name: missed(call_back_by, city_code, id)$
-- A missed call waits to be called back, once for each phone; returns by when that phone is.
WITH waiting AS (
  UPDATE interactions AS i SET call_back_by = :call_back_by
  WHERE i.city_code = :city_code AND i.id = :id AND NOT EXISTS (
    SELECT 1 FROM interactions AS other WHERE other.city_code = i.city_code AND other.caller_index = i.caller_index
      AND other.call_back_by IS NOT NULL AND other.called_back_at IS NULL)
  RETURNING i.id, i.call_back_by
), timed AS (
  INSERT INTO timers (city_code, ticket_id, subject, kind, due_at, attempts)
  SELECT :city_code, 0, 'call:' || id, 'call_back_late', call_back_by, 0 FROM waiting
)
SELECT call_back_by FROM waiting
UNION ALL
SELECT other.call_back_by FROM interactions AS i JOIN interactions AS other USING (city_code, caller_index)
WHERE i.city_code = :city_code AND i.id = :id AND other.call_back_by IS NOT NULL AND other.called_back_at IS NULL;

-- name: late(at, city_code, id)!
-- A missed call was not called back in time.
UPDATE interactions SET call_back_late_at = :at
WHERE city_code = :city_code AND id = :id AND called_back_at IS NULL AND call_back_late_at IS NULL;

-- name: called_back(at, city_code, caller_index)!
-- A later answered call from the same phone, or our own call, settles the missed ones.
UPDATE interactions SET called_back_at = :at
WHERE city_code = :city_code AND caller_index = :caller_index AND call_back_by IS NOT NULL AND called_back_at IS NULL;

-- name: waiting(city_code, n)
-- Missed calls that wait to be called back, nearest due first.
SELECT id, line, seat_group, offered_at, call_back_by FROM interactions
WHERE city_code = :city_code AND call_back_by IS NOT NULL AND called_back_at IS NULL ORDER BY call_back_by LIMIT :n;

-- name: outcomes(city_code, since)
-- How what arrived since then ended, by line: one row a line and outcome; what has not ended is under way.
SELECT line, coalesce(outcome, CASE WHEN ended_at IS NULL THEN 'under_way' ELSE 'unstated' END) AS outcome,
  count(*) AS offered, count(answered_at) AS answered,
  count(*) FILTER (WHERE outcome = 'abandoned' AND answered_at IS NULL) AS abandoned
FROM interactions WHERE city_code = :city_code AND offered_at >= :since
GROUP BY 1, 2 ORDER BY 1 NULLS FIRST, 2;
