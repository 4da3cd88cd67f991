-- migrate:up

-- What the hotline itself told the citizen (直办, 不予受理), sealed; what a department answered stands on its part.
ALTER TABLE ticket_texts ADD COLUMN answer bytea;

-- migrate:down

ALTER TABLE ticket_texts DROP COLUMN answer;
