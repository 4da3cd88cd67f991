-- migrate:up

-- Whose task about the knowledge base is late is pressed, and again after a while.
ALTER TABLE knowledge_tasks ADD COLUMN pressed_at timestamptz;

-- migrate:down

ALTER TABLE knowledge_tasks DROP COLUMN pressed_at;
