-- migrate:up

-- How many requests a minute a program may send by its token (null: what is usual for its role).
ALTER TABLE credentials ADD COLUMN per_minute integer CHECK (per_minute > 0);

-- migrate:down

ALTER TABLE credentials DROP COLUMN per_minute;
