-- name: begin_day(city_code, day, at)$
-- Takes a day to draw; nothing where it was drawn already.
INSERT INTO inspection_days (city_code, day, drawn_at) VALUES (:city_code, :day, :at)
ON CONFLICT DO NOTHING RETURNING 1;

-- name: draw_interactions(city_code, rule, day, since, until, outcomes, share, a_week, at)$
-- Draws ended, answered interactions of [since, until) by a rule; returns how many are new. Which ones, the day and the rule say:
-- drawn again it is the same ones.
WITH fits AS (
  SELECT i.id, i.agent, i.seat_group, md5(:day::date || :rule::text || i.id) AS lot,
    row_number() OVER (PARTITION BY i.agent ORDER BY md5(:day::date || :rule::text || i.id)) AS place
  FROM interactions AS i
  WHERE i.city_code = :city_code AND i.offered_at >= :since AND i.offered_at < :until AND i.ended_at IS NOT NULL
    AND i.answered_at IS NOT NULL AND i.agent IS NOT NULL
    AND (:outcomes::text[] = '{}' OR i.outcome = ANY (:outcomes::text[]))
), drawn AS (
  INSERT INTO inspections (city_code, of, subject, rule, day, agent, seat_group, drawn_at)
  SELECT :city_code, 'interaction', id, :rule, :day, agent, seat_group, :at FROM fits
  WHERE ('x' || left(lot, 8))::bit(32)::bigint < :share::float8 * 4294967296
    AND (:a_week::int IS NULL OR place <= :a_week::int)
  ON CONFLICT DO NOTHING RETURNING 1
)
SELECT count(*) FROM drawn;

-- name: draw_tickets(city_code, rule, day, since, until, outcomes, complained, share, a_week, at)$
-- The same of tickets that ended in [since, until), or were complained of then.
WITH fits AS (
  SELECT t.id, CASE WHEN t.lead IS NULL THEN i.agent END AS agent, CASE WHEN t.lead IS NULL THEN i.seat_group END AS seat_group,
    t.lead AS department, md5(:day::date || :rule::text || t.id) AS lot,
    row_number() OVER (PARTITION BY t.lead ORDER BY md5(:day::date || :rule::text || t.id)) AS place
  FROM (
    -- Each by the index of its own time: what is drawn of one day must not read the whole past.
    SELECT e.* FROM tickets AS e
    WHERE NOT :complained::boolean AND e.city_code = :city_code AND e.closed_at >= :since AND e.closed_at < :until
    UNION ALL
    SELECT c.* FROM ratings AS r JOIN tickets AS c ON c.city_code = r.city_code AND c.id = r.ticket_id
    WHERE :complained::boolean AND r.city_code = :city_code AND r.at >= :since AND r.at < :until AND NOT (r.solved AND r.satisfied)
  ) AS t
  LEFT JOIN interactions AS i ON i.city_code = t.city_code AND i.id = t.interaction
  WHERE t.imported_from IS NULL AND (t.lead IS NOT NULL OR i.agent IS NOT NULL)
    AND (:outcomes::text[] = '{}' OR t.state::text = ANY (:outcomes::text[]))
), drawn AS (
  INSERT INTO inspections (city_code, of, subject, rule, day, agent, seat_group, department, drawn_at)
  SELECT :city_code, 'ticket', id, :rule, :day, agent, seat_group, department, :at FROM fits
  WHERE ('x' || left(lot, 8))::bit(32)::bigint < :share::float8 * 4294967296
    AND (:a_week::int IS NULL OR place <= :a_week::int)
  ON CONFLICT DO NOTHING RETURNING 1
)
SELECT count(*) FROM drawn;

-- name: add_interaction(city_code, subject, rule, day, at, by, reason)$
-- One interaction is to be looked at because a person says so; nothing where nobody answered it, or it is there already.
INSERT INTO inspections (city_code, of, subject, rule, day, agent, seat_group, drawn_at, picked_by, reason)
SELECT :city_code, 'interaction', i.id, :rule, :day, i.agent, i.seat_group, :at, :by, :reason FROM interactions AS i
WHERE i.city_code = :city_code AND i.id = :subject AND i.ended_at IS NOT NULL AND i.agent IS NOT NULL
ON CONFLICT DO NOTHING RETURNING id;

-- name: add_ticket(city_code, subject, rule, day, at, by, reason)$
-- The same of one ticket that some department led or leads, or a seat answered.
INSERT INTO inspections (city_code, of, subject, rule, day, agent, seat_group, department, drawn_at, picked_by, reason)
SELECT :city_code, 'ticket', t.id, :rule, :day, CASE WHEN t.lead IS NULL THEN i.agent END,
  CASE WHEN t.lead IS NULL THEN i.seat_group END, t.lead, :at, :by, :reason
FROM tickets AS t LEFT JOIN interactions AS i ON i.city_code = t.city_code AND i.id = t.interaction
WHERE t.city_code = :city_code AND t.id = :subject AND (t.lead IS NOT NULL OR i.agent IS NOT NULL)
ON CONFLICT DO NOTHING RETURNING id;

-- name: find(city_code, id)^
-- One inspection.
SELECT * FROM inspections WHERE city_code = :city_code AND id = :id;

-- name: lock(city_code, id)^
-- One inspection, locked.
SELECT * FROM inspections WHERE city_code = :city_code AND id = :id FOR UPDATE;

-- name: page(city_code, state, agent, department, of, before, barred, own, page_size)
-- One page of inspections, the newest first, by state, agent, department or what they are of.
SELECT * FROM inspections
WHERE city_code = :city_code AND id < :before
  AND CASE :state WHEN 'drawn' THEN scored_at IS NULL
    WHEN 'appealed' THEN appealed_at IS NOT NULL AND decided_at IS NULL
    WHEN 'scored' THEN scored_at IS NOT NULL AND (appealed_at IS NULL OR decided_at IS NOT NULL) ELSE true END
  AND (:agent::text IS NULL OR agent = :agent::text)
  AND (:department::text IS NULL OR department = :department::text)
  AND (:of::text IS NULL OR of = :of::text)
  AND (:barred::text[] = '{}' OR NOT (inspections.of = 'ticket' AND is_kept_from(:city_code, inspections.subject, :barred, :own)))
ORDER BY id DESC LIMIT :page_size;

-- name: change(inspector, scored_at, points, vetoes, remark, score, appeal_by, appealed_by, appealed_at, appeal, decided_by, decided_at, decision, final_score, city_code, id)!
-- Keeps what became of one.
UPDATE inspections SET inspector = :inspector, scored_at = :scored_at, points = :points, vetoes = :vetoes, remark = :remark,
  score = :score, appeal_by = :appeal_by, appealed_by = :appealed_by, appealed_at = :appealed_at, appeal = :appeal,
  decided_by = :decided_by, decided_at = :decided_at, decision = :decision, final_score = :final_score
WHERE city_code = :city_code AND id = :id;

-- name: took_part(city_code, ticket_id, name)$
-- Whether somebody took a step of a ticket.
SELECT EXISTS (SELECT 1 FROM events WHERE city_code = :city_code AND ticket_id = :ticket_id AND actor = :name
  AND type NOT LIKE 'inspection%');

-- name: figures(city_code, first_day, last_day)
-- What was drawn of some days, by agent, seat group and department: drawn = waiting + scored, with the mean and the vetoes.
SELECT of, agent, seat_group, department, count(*) AS drawn, count(*) FILTER (WHERE scored_at IS NULL) AS waiting,
  count(scored_at) AS scored, count(*) FILTER (WHERE vetoes <> '{}' AND final_score = 0) AS vetoed,
  count(appealed_at) AS appealed, count(*) FILTER (WHERE decided_at IS NOT NULL AND final_score <> score) AS changed,
  coalesce(sum(final_score), 0) AS total
FROM inspections WHERE city_code = :city_code AND day >= :first_day AND day <= :last_day
GROUP BY of, agent, seat_group, department ORDER BY of, agent, seat_group, department;
