-- migrate:up

-- How many of the counted passwords are being checked at the moment: only what has been found wrong locks.
ALTER TABLE sign_in_failures ADD COLUMN checking integer NOT NULL DEFAULT 0;

-- migrate:down

ALTER TABLE sign_in_failures DROP COLUMN checking;
