-- name: handle(line, seat_group, city_code, id)!
-- Another line's seats handle a call from now on; whoever spoke with the caller there does so no more.
UPDATE interactions SET handling_line = :line, seat_group = :seat_group, agent = NULL
WHERE city_code = :city_code AND id = :id;

-- name: transfer(city_code, interaction, from_line, to_line, reason, by, at)!
-- A call goes from one line's seats to another's; the call must be locked, or new.
INSERT INTO line_transfers (city_code, interaction, seq, from_line, to_line, reason, by, at)
SELECT :city_code, :interaction, count(*) + 1, :from_line, :to_line, :reason, :by, :at
FROM line_transfers WHERE city_code = :city_code AND interaction = :interaction;

-- name: overflow_at(city_code, subject, due_at)!
-- When a call that nobody answers goes on to the next line.
INSERT INTO timers (city_code, ticket_id, subject, kind, due_at, attempts)
VALUES (:city_code, 0, :subject, 'overflow', :due_at, 0);

-- name: refer(city_code, interaction, line, script, by, at)!
-- A caller was told where to turn to.
INSERT INTO referrals (city_code, interaction, line, script, by, at)
VALUES (:city_code, :interaction, :line, :script, :by, :at);

-- name: handled(city_code, since, until)
-- Calls of a time by the line that was dialled and the line whose seats handled them.
SELECT line AS dialled, handling_line AS handling, count(*) AS offered, count(answered_at) AS answered,
  count(*) FILTER (WHERE outcome = 'abandoned' AND answered_at IS NULL) AS abandoned,
  count(*) FILTER (WHERE answered_at IS NULL AND ended_at IS NOT NULL AND outcome IS DISTINCT FROM 'abandoned') AS unanswered,
  count(*) FILTER (WHERE answered_at IS NULL AND ended_at IS NULL) AS waiting
FROM interactions WHERE city_code = :city_code AND offered_at >= :since AND offered_at < :until
GROUP BY 1, 2 ORDER BY 1 NULLS FIRST, 2 NULLS FIRST;

-- name: transferred(city_code, since, until)
-- How often calls went from one line's seats to another's, and why.
SELECT from_line, to_line, reason, count(*) AS count FROM line_transfers
WHERE city_code = :city_code AND at >= :since AND at < :until
GROUP BY 1, 2, 3 ORDER BY 1 NULLS FIRST, 2, 3;

-- name: referred(city_code, since, until)
-- How many callers were told to turn to which line.
SELECT line, count(*) AS count FROM referrals
WHERE city_code = :city_code AND at >= :since AND at < :until GROUP BY 1 ORDER BY 1;
