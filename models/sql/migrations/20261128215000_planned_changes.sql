-- migrate:up

-- A change of the public register that is announced ahead: it holds from a day on, is done when the register has it, or called off.
ALTER TABLE announcements
  ADD COLUMN holds_from timestamptz,
  ADD COLUMN planned_by text,
  ADD COLUMN done_at timestamptz,
  ADD COLUMN called_off_at timestamptz,
  ADD COLUMN called_off_because text,
  ADD CONSTRAINT announcements_planned CHECK ((holds_from IS NULL) = (planned_by IS NULL)),
  ADD CONSTRAINT announcements_called_off CHECK ((called_off_at IS NULL) = (called_off_because IS NULL)),
  ADD CONSTRAINT announcements_one_end CHECK (done_at IS NULL OR called_off_at IS NULL);
CREATE INDEX announcements_planned_by_line ON announcements (city_code, line)
WHERE planned_by IS NOT NULL AND done_at IS NULL AND called_off_at IS NULL;

-- migrate:down

DROP INDEX announcements_planned_by_line;
ALTER TABLE announcements
  DROP CONSTRAINT announcements_planned,
  DROP CONSTRAINT announcements_called_off,
  DROP CONSTRAINT announcements_one_end,
  DROP COLUMN holds_from,
  DROP COLUMN planned_by,
  DROP COLUMN done_at,
  DROP COLUMN called_off_at,
  DROP COLUMN called_off_because;
