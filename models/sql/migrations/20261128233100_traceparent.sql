-- migrate:up

-- In which trace a delivery was queued (W3C), where traces are collected.
ALTER TABLE deliveries ADD COLUMN traceparent text;

-- migrate:down

ALTER TABLE deliveries DROP COLUMN traceparent;
