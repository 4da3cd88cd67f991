-- migrate:up

-- The figures of a day or a month read that time's calls and not all that there ever were.
CREATE INDEX interactions_by_time ON interactions (city_code, offered_at);

-- migrate:down

DROP INDEX interactions_by_time;
