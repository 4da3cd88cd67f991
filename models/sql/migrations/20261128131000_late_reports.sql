-- migrate:up

-- How many of an incident's reports to the leaders were late, and who keeps its one answer.
ALTER TABLE incidents ADD COLUMN late_reports integer NOT NULL DEFAULT 0, ADD COLUMN answered_by text;

-- migrate:down

ALTER TABLE incidents DROP COLUMN late_reports, DROP COLUMN answered_by;
