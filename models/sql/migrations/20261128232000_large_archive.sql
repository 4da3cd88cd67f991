-- migrate:up

-- All that a department ever had a part of, the newest first: a small one's list must not walk the whole city's.
CREATE INDEX assignments_by_department ON assignments (city_code, department, ticket_id);

-- The tickets of one month's range of ids whose words match. Asked by the month's own name, with the words before the planner's eyes:
-- of a range of the partitioned table it thinks so little that it would read the month's whole primary key beside the words' index.
CREATE FUNCTION texts_with(city text, low bigint, below bigint, words tsquery)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE ROWS 100 AS $$
BEGIN
  RETURN QUERY EXECUTE format(
    'SELECT id FROM %I WHERE search @@ $4 AND city_code = $1 AND id >= $2 AND id < $3', 'ticket_texts_' || low / 10000000000)
  USING city, low, below, words;
END $$;

-- migrate:down

DROP FUNCTION texts_with;
DROP INDEX assignments_by_department;
