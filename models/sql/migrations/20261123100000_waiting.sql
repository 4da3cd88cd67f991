-- migrate:up

-- What waits for a word of the hotline is little beside what is open: two small indexes of their own.
CREATE INDEX assignments_undecided ON assignments (city_code, reply_by, ticket_id)
  WHERE state = 'send_back_requested' OR asked IS NOT NULL;
CREATE INDEX handoffs_unconfirmed ON handoffs (city_code, confirm_by, ticket_id) WHERE confirmed_at IS NULL;

-- migrate:down

DROP INDEX handoffs_unconfirmed;
DROP INDEX assignments_undecided;
