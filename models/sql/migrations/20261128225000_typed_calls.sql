-- migrate:up

-- Whose hand wrote down who calls: a phone that somebody typed shows what that phone had to do with us, and is no caller's.
ALTER TABLE interactions ADD COLUMN typed_by text;
ALTER TABLE access_log DROP CONSTRAINT access_log_what_check;
ALTER TABLE access_log ADD CONSTRAINT access_log_what_check CHECK (what IN (
  'reveal', 'follow_up_call', 'personal_data', 'erase', 'typed_call'));

-- migrate:down

-- What was noted stays: the log is append-only, and the narrower check is not put back over it.
ALTER TABLE interactions DROP COLUMN typed_by;
