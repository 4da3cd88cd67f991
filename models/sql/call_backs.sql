-- name: figures(city_code, since, until, now)
-- Missed calls that were to be called back, of those that came between two times, by seat group: how they stand, and whether in time.
SELECT seat_group, count(*) AS missed,
  count(*) FILTER (WHERE called_back_at IS NULL) AS waiting,
  count(*) FILTER (WHERE call_back_outcome = 'reached') AS reached,
  count(*) FILTER (WHERE call_back_outcome = 'unreached') AS unreached,
  count(*) FILTER (WHERE call_back_outcome = 'answered_later') AS answered_later,
  count(*) FILTER (WHERE called_back_at <= call_back_by) AS in_time,
  count(*) FILTER (WHERE coalesce(called_back_at, :now::timestamptz) > call_back_by) AS late,
  coalesce(sum(extract(epoch FROM called_back_at - ended_at)), 0)::float AS seconds
FROM interactions
WHERE city_code = :city_code AND offered_at >= :since AND offered_at < :until AND call_back_by IS NOT NULL
GROUP BY seat_group ORDER BY seat_group;
