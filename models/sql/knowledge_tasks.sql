-- name: press(at, again, city_code, keeper, reached)
-- Marks every late task that was not pressed since a time and whose owner (without one, the keeper) can be reached; returns by
-- owner how many of each kind.
WITH pressed AS (
  UPDATE knowledge_tasks SET pressed_at = :at::timestamptz
  WHERE city_code = :city_code AND closed_at IS NULL AND due_at < :at::timestamptz
    AND (pressed_at IS NULL OR pressed_at < :again::timestamptz) AND coalesce(owner, :keeper::text) = ANY (:reached::text[])
  RETURNING owner, kind
)
SELECT owner, count(*) FILTER (WHERE kind = 'correction') AS corrections,
  count(*) FILTER (WHERE kind = 'confirmation') AS confirmations, count(*) FILTER (WHERE kind = 'gap') AS gaps
FROM pressed GROUP BY owner ORDER BY owner NULLS LAST;

-- name: figures(city_code, since, now)
-- By owner: what it has published, what it owes now and of that late, and what it closed since a time, in time or late.
SELECT owner, sum(published)::bigint AS published, sum(open)::bigint AS open, sum(late)::bigint AS late,
  sum(closed_in_time)::bigint AS closed_in_time, sum(closed_late)::bigint AS closed_late
FROM (
  SELECT k.owner, count(*) AS published, 0 AS open, 0 AS late, 0 AS closed_in_time, 0 AS closed_late
  FROM knowledge AS k WHERE k.city_code = :city_code AND k.state = 'published' GROUP BY k.owner
  UNION ALL
  SELECT t.owner, 0, count(*) FILTER (WHERE t.closed_at IS NULL),
    count(*) FILTER (WHERE t.closed_at IS NULL AND t.due_at < :now::timestamptz),
    count(*) FILTER (WHERE t.closed_at >= :since AND t.closed_at <= t.due_at),
    count(*) FILTER (WHERE t.closed_at >= :since AND t.closed_at > t.due_at)
  FROM knowledge_tasks AS t WHERE t.city_code = :city_code GROUP BY t.owner
) AS counted
GROUP BY owner ORDER BY sum(late) DESC, sum(open) DESC, owner NULLS LAST;
