-- migrate:up

-- Since when a row of wrong passwords is counted: an address's is a window, not a sum for ever.
ALTER TABLE sign_in_failures ADD COLUMN since timestamptz;
UPDATE sign_in_failures SET since = last_at;
ALTER TABLE sign_in_failures ALTER COLUMN since SET NOT NULL;

-- migrate:down

ALTER TABLE sign_in_failures DROP COLUMN since;
