-- migrate:up

-- What a fingerprint was made of before cannot be compared with what it is made of now, nor do the old bands meet the new.
-- Kept in the row, not beside it: every intake reads some dozens of them.
ALTER TABLE ticket_texts DROP COLUMN fingerprint;
ALTER TABLE ticket_texts ADD COLUMN fingerprint bytea NOT NULL DEFAULT '\x';
ALTER TABLE ticket_texts ALTER COLUMN fingerprint DROP DEFAULT, ALTER COLUMN fingerprint SET STORAGE MAIN;
TRUNCATE ticket_bands;

-- migrate:down

ALTER TABLE ticket_texts DROP COLUMN fingerprint;
ALTER TABLE ticket_texts ADD COLUMN fingerprint bigint[] NOT NULL DEFAULT '{}';
ALTER TABLE ticket_texts ALTER COLUMN fingerprint DROP DEFAULT;
TRUNCATE ticket_bands;
