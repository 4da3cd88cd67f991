-- migrate:up

-- Whoever is in danger waits before everybody else.
ALTER TABLE seat_work ADD COLUMN is_urgent boolean NOT NULL DEFAULT false;

-- migrate:down

ALTER TABLE seat_work DROP COLUMN is_urgent;
