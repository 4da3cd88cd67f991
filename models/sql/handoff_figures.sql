-- name: handoffs(city_code, since, until)
-- Handoffs begun in a span, by the day in China and the number: how they reached the other side, how they were confirmed.
SELECT (opened_at AT TIME ZONE 'Asia/Shanghai')::date AS day, number, count(*) AS opened,
  count(*) FILTER (WHERE flag = 'person') AS by_person,
  count(*) FILTER (WHERE offered_at <= offer_by) AS offered_in_time,
  count(*) FILTER (WHERE offered_at > offer_by) AS offered_late,
  count(*) FILTER (WHERE offered_at IS NULL) AS not_offered,
  count(*) FILTER (WHERE confirmed_at <= confirm_by) AS confirmed_in_time,
  count(*) FILTER (WHERE confirmed_at > confirm_by) AS confirmed_late,
  count(*) FILTER (WHERE confirmed_at IS NULL) AS unconfirmed,
  count(outside_number) AS with_outside_number
FROM handoffs WHERE city_code = :city_code AND opened_at >= :since AND opened_at < :until
GROUP BY 1, 2 ORDER BY 1, 2;

-- name: orders(city_code, since, until)
-- What 110 sent in a span, by the day: pushed by its system or told by telephone, and where it stands now.
WITH received AS (
  SELECT (t.registered_at AT TIME ZONE 'Asia/Shanghai')::date AS day, t.channel = 'police' AS is_pushed, t.state,
    t.state = 'handed_off' AND EXISTS (
      SELECT FROM handoffs AS h
      WHERE h.city_code = t.city_code AND h.ticket_id = t.id AND h.number = '110') AS is_sent_back
  FROM tickets AS t
  WHERE t.city_code = :city_code AND t.police_number IS NOT NULL AND t.registered_at >= :since
    AND t.registered_at < :until
)
SELECT day, count(*) AS received, count(*) FILTER (WHERE is_pushed) AS pushed,
  count(*) FILTER (WHERE NOT is_pushed) AS by_telephone,
  count(*) FILTER (WHERE state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up')) AS open,
  count(*) FILTER (WHERE state IN ('closed', 'archived', 'answered')) AS closed,
  count(*) FILTER (WHERE is_sent_back) AS sent_back,
  count(*) FILTER (WHERE state IN ('declined', 'merged', 'withdrawn', 'void') OR state = 'handed_off' AND NOT is_sent_back)
    AS ended_otherwise
FROM received GROUP BY 1 ORDER BY 1;

-- name: clues(city_code, since, until)
-- Clues pushed in a span, by the day, and what became of them.
SELECT (pushed_at AT TIME ZONE 'Asia/Shanghai')::date AS day, count(*) AS pushed,
  count(*) FILTER (WHERE is_by_rule) AS by_rule, count(*) FILTER (WHERE NOT is_by_rule) AS by_person,
  count(*) FILTER (WHERE withdrawn_at IS NOT NULL) AS withdrawn,
  count(*) FILTER (WHERE withdrawn_at IS NULL AND acknowledged_at IS NOT NULL) AS acknowledged,
  count(*) FILTER (WHERE withdrawn_at IS NULL AND acknowledged_at IS NULL) AS waiting
FROM risk_clues WHERE city_code = :city_code AND pushed_at >= :since AND pushed_at < :until
GROUP BY 1 ORDER BY 1;
