-- migrate:up

-- 退单: how often its department asked to be rid of a part; tickets.send_back_count counts what the hotline was asked.
ALTER TABLE assignments ADD COLUMN send_back_count smallint NOT NULL DEFAULT 0;

-- migrate:down

ALTER TABLE assignments DROP COLUMN send_back_count;
