-- migrate:up

-- 110转12345: what 110 calls the matter (警单号). A matter that was split, or that 110 sends again, may have several tickets.
ALTER TABLE tickets ADD COLUMN police_number text;
CREATE INDEX tickets_by_police_number ON tickets (city_code, police_number, id) WHERE police_number IS NOT NULL;
CREATE INDEX tickets_by_police_time ON tickets (city_code, registered_at) WHERE police_number IS NOT NULL;

-- migrate:down

ALTER TABLE tickets DROP COLUMN police_number;
