-- name: claim(city_code, now, before)^
-- Takes the next counting where the last was begun before a time or days are stale; no row where another has it or it is too early.
INSERT INTO indicator_counts (city_code, claimed_at) VALUES (:city_code, :now)
ON CONFLICT (city_code) DO UPDATE SET claimed_at = EXCLUDED.claimed_at
WHERE indicator_counts.claimed_at < :before OR indicator_counts.stale_since IS NOT NULL
RETURNING counted_at, stale_since;

-- name: counted_at(city_code)$
-- When it was counted last.
SELECT counted_at FROM indicator_counts WHERE city_code = :city_code;

-- name: begin(city_code, now)^
-- How far it is counted, what is stale, and the oldest that there is.
INSERT INTO indicator_counts (city_code, claimed_at) VALUES (:city_code, :now)
ON CONFLICT (city_code) DO UPDATE SET claimed_at = indicator_counts.claimed_at
RETURNING counted_at, stale_since, stale_at, (SELECT min(id) FROM tickets WHERE city_code = :city_code) AS oldest_ticket,
  (SELECT min(offered_at) FROM interactions WHERE city_code = :city_code) AS oldest_call;

-- name: lock(city_code)!
-- Whoever counts some days waits for another that does.
SELECT pg_advisory_xact_lock(hashtext('indicator_days ' || :city_code));

-- name: counted(now, seen_at, city_code)!
-- Everything is counted up to now; what became stale meanwhile still is.
UPDATE indicator_counts SET counted_at = :now,
  stale_since = CASE WHEN stale_at IS NOT DISTINCT FROM :seen_at::timestamptz THEN NULL ELSE stale_since END
WHERE city_code = :city_code;

-- name: stale(city_code, since, at)!
-- From this day on it must be counted again.
INSERT INTO indicator_counts (city_code, claimed_at, stale_since, stale_at) VALUES (:city_code, :at, :since, :at)
ON CONFLICT (city_code) DO UPDATE SET stale_at = EXCLUDED.stale_at,
  stale_since = least(indicator_counts.stale_since, EXCLUDED.stale_since);

-- name: forget(city_code, first, last)!
-- Drops the days that are counted again.
DELETE FROM indicator_days WHERE city_code = :city_code AND day >= :first AND day <= :last;

-- name: count(city_code, since_at, until_at, now, low, low_parts, repeat_within, short_s, first_day, worked)!
-- Counts everything that happened or fell due from a time to another, by day and along every axis. `low` and `low_parts` are the
-- first tickets that can have come then, or can have had a part then, so that older months are not read; `worked` says of every
-- date from `first_day` on how many working days there were up to it. What is due is counted once its time has passed: an upheld send-back
-- ends that department's clock uncharged, and a clock that stands still has no date. Who still waits for an agent, or hung up within
-- `short_s` seconds, has not asked for one, as in interactions.sql.
WITH part AS (
  SELECT a.*, t.registered_at, t.kind::text AS ticket_kind, t.channel::text AS channel, t.line, t.district, left(t.category, 4) AS category,
    EXISTS (SELECT 1 FROM exclusions AS e WHERE e.city_code = a.city_code AND e.ticket_id = a.ticket_id
      AND e.state = 'granted' AND coalesce(e.assignment, a.ordinal) = a.ordinal) AS is_excluded,
    a.role = 'lead' AS is_lead, a.state NOT IN ('sent_back', 'recalled') AS is_owed
  FROM assignments AS a JOIN tickets AS t ON t.city_code = a.city_code AND t.id = a.ticket_id
  WHERE a.city_code = :city_code AND a.ticket_id >= :low_parts AND (
    (a.dispatched_at >= :since_at AND a.dispatched_at < :until_at) OR (a.ended_at >= :since_at AND a.ended_at < :until_at)
    OR (a.acknowledge_by >= :since_at AND a.acknowledge_by < :until_at) OR (a.contact_by >= :since_at AND a.contact_by < :until_at)
    OR (a.reply_by >= :since_at AND a.reply_by < :until_at) OR (a.first_reply_by >= :since_at AND a.first_reply_by < :until_at)
    OR (a.signed_off_at >= :since_at AND a.signed_off_at < :until_at))
), ticket AS (
  SELECT t.*, t.kind::text AS ticket_kind, left(t.category, 4) AS main_category,
    EXISTS (SELECT 1 FROM exclusions AS e WHERE e.city_code = t.city_code AND e.ticket_id = t.id
      AND e.state = 'granted' AND e.assignment IS NULL) AS is_excluded
  FROM tickets AS t WHERE t.city_code = :city_code AND t.id >= :low AND t.registered_at >= :since_at AND t.registered_at < :until_at
), ended AS (
  SELECT t.*, t.kind::text AS ticket_kind, left(t.category, 4) AS main_category,
    CASE WHEN t.state = 'archived' THEN 'closed' ELSE t.state::text END AS ending,
    EXISTS (SELECT 1 FROM exclusions AS e WHERE e.city_code = t.city_code AND e.ticket_id = t.id
      AND e.state = 'granted' AND e.assignment IS NULL) AS is_excluded,
    EXISTS (SELECT 1 FROM follow_ups AS f WHERE f.city_code = t.city_code AND f.ticket_id = t.id) AS is_followed_up
  FROM tickets AS t WHERE t.city_code = :city_code AND t.closed_at >= :since_at AND t.closed_at < :until_at
), call AS (
  SELECT i.*, lag(i.offered_at) OVER (PARTITION BY i.caller_index ORDER BY i.offered_at, i.id) AS before_at
  FROM interactions AS i
  WHERE i.city_code = :city_code AND i.asked_at IS NOT NULL
    AND (i.answered_at IS NOT NULL OR i.ended_at IS NOT NULL)
    AND NOT (i.answered_at IS NULL AND i.outcome IS NOT DISTINCT FROM 'abandoned'
      AND i.ended_at - i.asked_at < make_interval(secs => :short_s::integer))
    AND i.offered_at >= :since_at - :repeat_within::interval AND i.offered_at < :until_at
), asked AS (
  SELECT f.*, min(f.at) OVER (PARTITION BY f.ticket_id, f.round) AS first_at,
    t.lead, t.district, t.line, t.channel::text AS channel, t.kind::text AS ticket_kind, left(t.category, 4) AS category,
    EXISTS (SELECT 1 FROM exclusions AS e WHERE e.city_code = t.city_code AND e.ticket_id = t.id AND e.state = 'granted'
      AND (e.assignment IS NULL OR e.department = t.lead)) AS is_excluded
  FROM follow_ups AS f JOIN tickets AS t ON t.city_code = f.city_code AND t.id = f.ticket_id
  WHERE f.city_code = :city_code AND f.ticket_id >= :low_parts
), rated AS (
  SELECT r.at, r.solved, r.satisfied, c.lead, c.district, m.line, m.channel::text AS channel, m.kind::text AS ticket_kind,
    left(c.category, 4) AS category,
    EXISTS (SELECT 1 FROM exclusions AS e WHERE e.city_code = c.city_code AND e.ticket_id = c.id AND e.state = 'granted'
      AND (e.assignment IS NULL OR e.department = c.lead)) AS is_excluded
  FROM ratings AS r
  JOIN tickets AS m ON m.city_code = r.city_code AND m.id = r.ticket_id AND m.state = 'merged'
  JOIN tickets AS c ON c.city_code = m.city_code AND c.id = m.merged_into
  WHERE r.city_code = :city_code AND r.ticket_id >= :low_parts AND r.at >= :since_at AND r.at < :until_at
), handled AS (
  SELECT p.*, (:worked::integer[])[(p.signed_off_at AT TIME ZONE 'Asia/Shanghai')::date - :first_day::date + 1]
    - (:worked::integer[])[(p.registered_at AT TIME ZONE 'Asia/Shanghai')::date - :first_day::date + 1] AS took
  FROM part AS p WHERE p.is_lead AND p.state = 'accepted'
), fact (at, name, n, department, district, line, channel, kind, category, seat_group, is_excluded) AS (
  SELECT f.at, f.name, 1, p.department, p.district, p.line, p.channel, p.ticket_kind, p.category, '', p.is_excluded
  FROM part AS p CROSS JOIN LATERAL (VALUES
    (CASE WHEN p.is_lead THEN p.dispatched_at END, 'dispatched'),
    (CASE WHEN p.is_lead AND p.state = 'sent_back' THEN p.ended_at END, 'sent_back'),
    (CASE WHEN p.ordinal = 1 AND p.is_lead THEN p.dispatched_at END, 'first_dispatched'),
    (CASE WHEN p.ordinal = 1 AND p.is_lead AND p.state <> 'sent_back' THEN p.dispatched_at END, 'first_kept'),
    (CASE WHEN p.is_lead AND EXISTS (SELECT 1 FROM assignments AS b WHERE b.city_code = p.city_code AND b.ticket_id = p.ticket_id
      AND b.ordinal < p.ordinal AND b.role = 'lead' AND b.state = 'accepted') THEN p.dispatched_at END, 'redone'),
    (CASE WHEN p.is_owed AND p.acknowledge_by < :now THEN p.acknowledge_by END, 'acknowledge_due'),
    (CASE WHEN p.is_owed AND p.acknowledge_by < :now AND p.acknowledged_at <= p.acknowledge_by THEN p.acknowledge_by END,
      'acknowledged_in_time'),
    (CASE WHEN p.is_owed AND p.contact_by < :now THEN p.contact_by END, 'contact_due'),
    (CASE WHEN p.is_owed AND p.contact_by < :now AND least(p.contacted_at, p.replied_at) <= p.contact_by THEN p.contact_by END,
      'contacted_in_time'),
    (CASE WHEN p.is_owed AND p.paused_at IS NULL AND p.reply_by < :now THEN p.reply_by END, 'reply_due'),
    (CASE WHEN p.is_owed AND p.paused_at IS NULL AND p.reply_by < :now AND p.signed_off_at <= p.reply_by THEN p.reply_by END,
      'replied_in_time'),
    (CASE WHEN p.is_owed AND p.first_reply_by < :now THEN p.first_reply_by END, 'first_reply_due'),
    (CASE WHEN p.is_owed AND p.first_reply_by < :now AND p.signed_off_at <= p.first_reply_by THEN p.first_reply_by END,
      'replied_by_first')
  ) AS f (at, name)
  UNION ALL
  SELECT h.signed_off_at, f.name, f.n, h.department, h.district, h.line, h.channel, h.ticket_kind, h.category, '', h.is_excluded
  FROM handled AS h CROSS JOIN LATERAL (VALUES
    (CASE WHEN h.ticket_kind = 'inquiry' THEN 'inquiries_handled' ELSE 'others_handled' END, 1),
    (CASE WHEN h.ticket_kind = 'inquiry' THEN 'inquiry_days' ELSE 'other_days' END, h.took)
  ) AS f (name, n) WHERE h.took IS NOT NULL
  UNION ALL
  SELECT t.registered_at, f.name, 1, t.lead, t.district, t.line, t.channel::text, t.ticket_kind, t.main_category, '', t.is_excluded
  FROM ticket AS t CROSS JOIN LATERAL (VALUES
    ('tickets', true),
    ('requests', t.parent IS NULL),
    ('accepted', t.state NOT IN ('declined', 'handed_off', 'void')),
    ('answered_directly', t.state = 'answered')
  ) AS f (name, is_so) WHERE f.is_so
  UNION ALL
  SELECT e.closed_at, f.name, 1, e.lead, e.district, e.line, e.channel::text, e.ticket_kind, e.main_category, '', e.is_excluded
  FROM ended AS e CROSS JOIN LATERAL (VALUES
    ('ended', true),
    ('ended_' || e.ending, true),
    ('closed_followed_up', e.ending = 'closed' AND e.is_followed_up)
  ) AS f (name, is_so) WHERE f.is_so
  UNION ALL
  SELECT c.offered_at, f.name, 1, NULL, NULL, c.line, c.channel::text, NULL, NULL, c.seat_group, false
  FROM call AS c CROSS JOIN LATERAL (VALUES
    ('calls_asked', true),
    ('calls_answered', c.answered_at IS NOT NULL),
    ('calls_in_15s', c.answered_at <= c.asked_at + interval '15 seconds'),
    ('calls_in_30s', c.answered_at <= c.asked_at + interval '30 seconds'),
    ('calls_known', c.caller_index IS NOT NULL),
    ('calls_repeated', c.caller_index IS NOT NULL AND c.before_at >= c.offered_at - :repeat_within::interval)
  ) AS f (name, is_so) WHERE f.is_so
  UNION ALL
  SELECT a.at, f.name, 1, a.lead, a.district, a.line, a.channel, a.ticket_kind, a.category, '', a.is_excluded
  FROM asked AS a CROSS JOIN LATERAL (VALUES
    ('followed_up', a.at = a.first_at),
    ('reached', a.reached),
    ('answers', a.reached),
    ('solved', a.reached AND a.solved),
    ('satisfied', a.reached AND a.satisfied)
  ) AS f (name, is_so) WHERE f.is_so
  UNION ALL
  SELECT r.at, f.name, 1, r.lead, r.district, r.line, r.channel, r.ticket_kind, r.category, '', r.is_excluded
  FROM rated AS r CROSS JOIN LATERAL (VALUES
    ('answers', true),
    ('solved', r.solved),
    ('satisfied', r.satisfied)
  ) AS f (name, is_so) WHERE f.is_so
), daily AS (
  SELECT (at AT TIME ZONE 'Asia/Shanghai')::date AS day, name, coalesce(department, '') AS department,
    coalesce(district, '') AS district, coalesce(line, '') AS line, coalesce(channel, '') AS channel,
    coalesce(kind, '') AS kind, coalesce(category, '') AS category, coalesce(seat_group, '') AS seat_group,
    sum(n) AS n, coalesce(sum(n) FILTER (WHERE is_excluded), 0) AS excluded
  FROM fact WHERE at >= :since_at AND at < :until_at
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
)
INSERT INTO indicator_days (city_code, day, axis, key, name, n, excluded)
SELECT :city_code, d.day, cut.axis, cut.key, d.name, sum(d.n), sum(d.excluded)
FROM daily AS d CROSS JOIN LATERAL (VALUES
  ('all', ''), ('department', d.department), ('district', d.district), ('line', d.line), ('channel', d.channel),
  ('kind', d.kind), ('category', d.category), ('seat_group', d.seat_group)
) AS cut (axis, key)
GROUP BY 2, 3, 4, 5;

-- name: sums(city_code, axis, first, last, keys)
-- What was counted from a day to another, both meant, along one axis: of some keys, or of all.
SELECT key, name, sum(n)::bigint AS n, sum(excluded)::bigint AS excluded FROM indicator_days
WHERE city_code = :city_code AND axis = :axis AND day >= :first AND day <= :last
  AND (:keys::text[] IS NULL OR key = ANY (:keys::text[]))
GROUP BY key, name;

-- name: keys(city_code, axis, first, last, after, among, page_size)
-- One page of the keys that anything was counted for, in order.
SELECT DISTINCT key FROM indicator_days
WHERE city_code = :city_code AND axis = :axis AND day >= :first AND day <= :last AND (:after::text IS NULL OR key > :after)
  AND (:among::text[] IS NULL OR key = ANY (:among::text[]))
ORDER BY key LIMIT :page_size;

-- name: by_day(city_code, name, first, last)
-- One count of the whole city, day by day.
SELECT day, n, excluded FROM indicator_days
WHERE city_code = :city_code AND axis = 'all' AND name = :name AND day >= :first AND day <= :last ORDER BY day;
