-- migrate:up

-- 抄送: who was told of the newest dispatch and has no part in it.
ALTER TABLE tickets ADD COLUMN copied text[] NOT NULL DEFAULT '{}';

-- migrate:down

ALTER TABLE tickets DROP COLUMN copied;
