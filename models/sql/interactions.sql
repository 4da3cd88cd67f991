-- name: offer(city_code, channel, line, seat_group, caller_index, caller, at, asked_at, typed_by)$
-- A call, chat or letter arrives.
INSERT INTO interactions (city_code, channel, line, handling_line, seat_group, caller_index, caller, offered_at, asked_at,
  typed_by)
VALUES (:city_code, :channel::text::channel, :line, :line, :seat_group, :caller_index, :caller, :at, :asked_at,
  :typed_by)
RETURNING id;

-- name: known_caller(caller_index, caller, city_code, id)!
-- Who it is turned out later.
UPDATE interactions SET caller_index = :caller_index, caller = :caller WHERE city_code = :city_code AND id = :id;

-- name: is_unproven(city_code, id)$
-- Whether it is a chat whose citizen has not proved this phone.
SELECT EXISTS (
  SELECT 1 FROM conversations AS c JOIN interactions AS i ON i.city_code = c.city_code AND i.id = c.interaction
  WHERE c.city_code = :city_code AND c.interaction = :id AND (c.verified_at IS NULL OR c.phone_index IS DISTINCT FROM i.caller_index));

-- name: known(city_code, id)$
-- Whether there is such an interaction.
SELECT 1 FROM interactions WHERE city_code = :city_code AND id = :id;

-- name: has_tickets(city_code, id)$
-- Whether a ticket came of it.
SELECT EXISTS (SELECT 1 FROM tickets WHERE city_code = :city_code AND interaction = :id);

-- name: lock(city_code, id)^
-- One interaction, locked.
SELECT * FROM interactions WHERE city_code = :city_code AND id = :id FOR UPDATE;

-- name: find(city_code, id)^
-- One interaction.
SELECT * FROM interactions WHERE city_code = :city_code AND id = :id;

-- name: change(asked_at, answered_at, ended_at, outcome, agent, transcript, city_code, id)!
-- What happened to it.
UPDATE interactions SET asked_at = :asked_at, answered_at = :answered_at, ended_at = :ended_at, outcome = :outcome, agent = :agent,
  transcript = :transcript WHERE city_code = :city_code AND id = :id;

-- name: lock_caller(caller)$
-- One after the other: who asks whether a phone waits already must see the call before it.
SELECT pg_advisory_xact_lock(hashtextextended(:caller, 0)) IS NULL;

-- name: missed(call_back_by, city_code, id)^
-- A missed call waits to be called back, once for each phone; returns what waits for that phone, and by when. Who is owed a call anew
-- in the same chat has had none yet.
WITH waiting AS (
  UPDATE interactions AS i SET call_back_by = :call_back_by, called_back_at = NULL, call_back_outcome = NULL, call_back_attempts = 0,
    call_back_late_at = NULL
  WHERE i.city_code = :city_code AND i.id = :id AND NOT EXISTS (
    SELECT 1 FROM interactions AS other WHERE other.city_code = i.city_code AND other.caller_index = i.caller_index
      AND other.call_back_by IS NOT NULL AND other.called_back_at IS NULL)
  RETURNING i.id, i.call_back_by
), timed AS (
  INSERT INTO timers (city_code, ticket_id, subject, kind, due_at, attempts)
  SELECT :city_code, 0, 'call:' || id, 'call_back_late', call_back_by, 0 FROM waiting
  ON CONFLICT (city_code, ticket_id, subject) DO UPDATE SET kind = EXCLUDED.kind, due_at = EXCLUDED.due_at, claimed_until = NULL,
    attempts = 0
)
SELECT id, call_back_by FROM waiting
UNION ALL
SELECT other.id, other.call_back_by FROM interactions AS i JOIN interactions AS other USING (city_code, caller_index)
WHERE i.city_code = :city_code AND i.id = :id AND other.call_back_by IS NOT NULL AND other.called_back_at IS NULL;

-- name: late(at, city_code, id)!
-- A missed call was not called back in time.
UPDATE interactions SET call_back_late_at = :at
WHERE city_code = :city_code AND id = :id AND called_back_at IS NULL AND call_back_late_at IS NULL;

-- name: called_back(at, city_code, caller_index)
-- A later answered call from the same phone settles the missed one.
UPDATE interactions SET called_back_at = :at, call_back_outcome = 'answered_later'
WHERE city_code = :city_code AND caller_index = :caller_index AND call_back_by IS NOT NULL AND called_back_at IS NULL
RETURNING id;

-- name: tried(attempts, outcome, at, city_code, id)!
-- Somebody called back; without an outcome it is tried again.
UPDATE interactions SET call_back_attempts = :attempts, call_back_outcome = :outcome, called_back_at = :at
WHERE city_code = :city_code AND id = :id;

-- name: caller(city_code, id)^
-- Whose call it was, sealed.
SELECT caller, caller_index FROM interactions WHERE city_code = :city_code AND id = :id;

-- name: waiting(city_code, n)
-- Missed calls that wait to be called back, nearest due first.
SELECT id, line, seat_group, offered_at, call_back_by, call_back_attempts AS attempts FROM interactions
WHERE city_code = :city_code AND call_back_by IS NOT NULL AND called_back_at IS NULL ORDER BY call_back_by LIMIT :n;

-- name: outcomes(city_code, since, until, soon_s, short_s, within_days)
-- How what arrived in a period went, by line and seat group: one row a line, group and outcome; what has not ended is under way.
-- `again` are those of `resolvable` whose caller came again about the same matter: to ask, urge, add or withdraw, or with a ticket
-- of that category or merged with the first; or whose ticket was urged or reopened.
SELECT i.line, i.seat_group,
  coalesce(i.outcome, CASE WHEN i.ended_at IS NULL THEN 'under_way' ELSE 'unstated' END) AS outcome,
  count(*) AS offered,
  count(i.answered_at) AS answered,
  count(*) FILTER (WHERE i.answered_at IS NULL AND i.outcome = 'abandoned') AS abandoned,
  count(*) FILTER (WHERE i.answered_at IS NULL AND i.ended_at IS NULL) AS waiting,
  count(*) FILTER (WHERE i.answered_at IS NULL AND i.ended_at IS NOT NULL AND i.outcome IS DISTINCT FROM 'abandoned')
    AS unanswered,
  count(i.asked_at) AS asked,
  count(i.asked_at) FILTER (WHERE i.answered_at IS NULL AND i.ended_at IS NULL) AS asking,
  count(*) FILTER (WHERE i.answered_at IS NULL AND i.outcome = 'abandoned'
                     AND i.ended_at - i.asked_at < make_interval(secs => :short_s)) AS hung_up,
  count(*) FILTER (WHERE i.answered_at - i.asked_at <= make_interval(secs => :soon_s)) AS soon,
  coalesce(sum(extract(epoch FROM i.answered_at - i.asked_at)), 0)::float8 AS wait_s,
  coalesce(max(extract(epoch FROM i.answered_at - i.asked_at)), 0)::float8 AS longest_wait_s,
  count(*) FILTER (WHERE i.answered_at IS NOT NULL AND i.ended_at IS NOT NULL) AS talks,
  coalesce(sum(extract(epoch FROM i.ended_at - i.answered_at)), 0)::float8 AS talk_s,
  count(*) FILTER (WHERE i.is_resolvable) AS resolvable,
  count(*) FILTER (WHERE i.is_resolvable AND (
    EXISTS (SELECT 1 FROM tickets AS t WHERE t.city_code = i.city_code AND t.interaction = i.id
              AND (t.urge_count > 0 OR t.reopen_count > 0))
    OR EXISTS (
      SELECT 1 FROM interactions AS later WHERE later.city_code = i.city_code AND later.caller_index = i.caller_index
        AND later.offered_at > i.offered_at AND later.offered_at < i.ended_at + make_interval(days => :within_days)
        AND (later.outcome IN ('progress_query', 'urging', 'supplement', 'withdrawal') OR EXISTS (
          SELECT 1 FROM tickets AS first JOIN tickets AS again ON again.city_code = first.city_code
          WHERE first.city_code = i.city_code AND first.interaction = i.id AND again.interaction = later.id
            AND (again.category = first.category OR again.merged_into = first.id OR first.merged_into = again.id
                 OR again.merged_into = first.merged_into)))))) AS again
FROM (SELECT *, answered_at IS NOT NULL AND ended_at IS NOT NULL AND caller_index IS NOT NULL
               AND outcome IN ('answered', 'new_ticket') AS is_resolvable FROM interactions) AS i
WHERE i.city_code = :city_code AND i.offered_at >= :since AND i.offered_at < :until
GROUP BY 1, 2, 3 ORDER BY 1 NULLS FIRST, 2, 3;
