-- name: tickets(city_code, caller_index)
-- The tickets of a phone, in order.
SELECT id FROM tickets WHERE city_code = :city_code AND caller_index = :caller_index ORDER BY id;

-- name: steps(city_code, ticket_id)
-- What was done with a ticket and when, without who did it and what was written.
SELECT type, at FROM events WHERE city_code = :city_code AND ticket_id = :ticket_id ORDER BY seq;

-- name: messages(city_code, ticket_id)
-- What was sent to a caller about a ticket, without what whoever is on duty was alarmed by.
SELECT id, kind, body, created_at, sent_at FROM notices
WHERE city_code = :city_code AND ticket_id = :ticket_id AND kind <> 'alarm' ORDER BY created_at, id;

-- name: answers(city_code, ticket_id)
-- What was answered in the follow-ups of a ticket; why nobody was reached is staff's own.
SELECT at, way, solved, satisfied, reason FROM follow_ups
WHERE city_code = :city_code AND ticket_id = :ticket_id AND reached ORDER BY round, attempt;

-- name: rating(city_code, ticket_id)^
-- How a ticket was rated, and what was written with it.
SELECT at, solved, satisfied, score, remark FROM ratings WHERE city_code = :city_code AND ticket_id = :ticket_id;

-- name: looks(city_code, ticket_id)
-- Who, by office, looked at whose ticket it is, and as what.
SELECT at, role::text AS role, what FROM access_log WHERE city_code = :city_code AND ticket_id = :ticket_id ORDER BY at, id;

-- name: interactions(city_code, caller_index)
-- The calls of a phone, in order.
SELECT id, channel::text AS channel, line, offered_at, answered_at, ended_at, outcome, transcript FROM interactions
WHERE city_code = :city_code AND caller_index = :caller_index ORDER BY id;

-- name: conversations(city_code, phone_index)
-- The chats in which a phone was verified, in order.
SELECT id FROM conversations WHERE city_code = :city_code AND phone_index = :phone_index ORDER BY id;

-- name: limits(city_code, caller_index)
-- What was ordered about the calls of a phone, in order.
SELECT level, asked_at, granted, expires_at, lifted_at FROM caller_limits
WHERE city_code = :city_code AND caller_index = :caller_index ORDER BY id;
