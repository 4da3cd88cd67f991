-- migrate:up

-- 一键转接: every handoff is a row of its own, begun during a call before there is a ticket, or on a ticket.
ALTER TABLE handoffs DROP CONSTRAINT handoffs_pkey;
ALTER TABLE handoffs ALTER COLUMN ticket_id DROP NOT NULL;
ALTER TABLE handoffs ADD COLUMN id text;
ALTER TABLE handoffs ADD COLUMN interaction bigint;
ALTER TABLE handoffs ADD COLUMN opened_by text;
ALTER TABLE handoffs ADD COLUMN offer_by timestamptz;
ALTER TABLE handoffs ADD COLUMN offered_at timestamptz;
ALTER TABLE handoffs ADD COLUMN confirmed_by text;
ALTER TABLE handoffs ADD COLUMN alarm_count integer;
-- 三方通话: who was on and what was agreed, sealed.
ALTER TABLE handoffs ADD COLUMN note bytea;
UPDATE handoffs SET id = left(md5(ticket_id::text || number), 16), opened_by = '', offer_by = opened_at,
  offered_at = confirmed_at, confirmed_by = CASE WHEN confirmed_at IS NOT NULL THEN '' END, alarm_count = 0;
ALTER TABLE handoffs ALTER COLUMN id SET NOT NULL;
ALTER TABLE handoffs ALTER COLUMN opened_by SET NOT NULL;
ALTER TABLE handoffs ALTER COLUMN offer_by SET NOT NULL;
ALTER TABLE handoffs ALTER COLUMN alarm_count SET NOT NULL;
ALTER TABLE handoffs ADD PRIMARY KEY (city_code, id);
CREATE INDEX handoffs_by_ticket ON handoffs (city_code, ticket_id) WHERE ticket_id IS NOT NULL;
CREATE INDEX handoffs_by_interaction ON handoffs (city_code, interaction) WHERE interaction IS NOT NULL;
CREATE INDEX handoffs_by_outside_number ON handoffs (city_code, outside_number) WHERE outside_number IS NOT NULL;
CREATE INDEX handoffs_by_time ON handoffs (city_code, opened_at, id);

-- migrate:down

DELETE FROM handoffs WHERE ticket_id IS NULL;
DELETE FROM handoffs AS h USING handoffs AS later
WHERE later.city_code = h.city_code AND later.ticket_id = h.ticket_id AND later.number = h.number
  AND (later.opened_at, later.id) > (h.opened_at, h.id);
ALTER TABLE handoffs DROP CONSTRAINT handoffs_pkey;
DROP INDEX handoffs_by_ticket, handoffs_by_interaction, handoffs_by_outside_number, handoffs_by_time;
ALTER TABLE handoffs DROP COLUMN id, DROP COLUMN interaction, DROP COLUMN opened_by, DROP COLUMN offer_by,
  DROP COLUMN offered_at, DROP COLUMN confirmed_by, DROP COLUMN alarm_count, DROP COLUMN note;
ALTER TABLE handoffs ALTER COLUMN ticket_id SET NOT NULL;
ALTER TABLE handoffs ADD PRIMARY KEY (city_code, ticket_id, number);
