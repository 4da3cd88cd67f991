-- migrate:up

-- A call that ends is asked whether tickets came of it.
CREATE INDEX tickets_by_interaction ON tickets (city_code, interaction) WHERE interaction IS NOT NULL;

-- migrate:down

DROP INDEX tickets_by_interaction;
