-- migrate:up

-- The stream reads the newest events of all tickets. They are written in the order of time, so that a summary of a few
-- pages each is index enough, and costs a writer nothing.
CREATE INDEX events_by_time ON events USING brin (at) WITH (pages_per_range = 16, autosummarize = on);

-- migrate:down

DROP INDEX events_by_time;
