-- migrate:up

-- 回避: the units that were ever accused on a ticket; no later category or kind lets them back in.
ALTER TABLE tickets ADD COLUMN recused text[] NOT NULL DEFAULT '{}';

-- migrate:down

ALTER TABLE tickets DROP COLUMN recused;
