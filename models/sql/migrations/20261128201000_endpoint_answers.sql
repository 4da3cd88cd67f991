-- migrate:up

-- When a department's system last took a delivery, to the minute: looking for it among all deliveries would be dear.
ALTER TABLE endpoints ADD COLUMN delivered_at timestamptz;

-- migrate:down

ALTER TABLE endpoints DROP COLUMN delivered_at;
