-- migrate:up

-- When days were found to be stale last: what becomes stale while it is being counted is counted once more.
ALTER TABLE indicator_counts ADD COLUMN stale_at timestamptz;

-- migrate:down

ALTER TABLE indicator_counts DROP COLUMN stale_at;
