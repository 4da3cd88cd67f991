-- migrate:up

-- A ticket's page lists its files.
CREATE INDEX attachments_by_ticket ON attachments (city_code, ticket_id) WHERE ticket_id IS NOT NULL;

-- migrate:down

DROP INDEX attachments_by_ticket;
