-- migrate:up

-- 整改前、整改后: photos of the work on a part, which hold nothing but their picture.
ALTER TABLE attachments
  ADD COLUMN is_stripped boolean NOT NULL DEFAULT false,
  ADD COLUMN taken text CHECK (taken IN ('before', 'after')),
  ADD COLUMN assignment integer;

-- migrate:down

ALTER TABLE attachments DROP COLUMN is_stripped, DROP COLUMN taken, DROP COLUMN assignment;
