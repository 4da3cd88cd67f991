-- migrate:up

-- 占用: who of the dispatch desk has a ticket open. It lapses by itself where nobody renews it.
CREATE TABLE holds (
  city_code text NOT NULL,
  ticket_id bigint NOT NULL,
  holder text NOT NULL,
  held_at timestamptz NOT NULL,
  lapses_at timestamptz NOT NULL,
  PRIMARY KEY (city_code, ticket_id)
);
CREATE INDEX holds_by_lapse ON holds (city_code, lapses_at);
-- What is open, the gravest first and then what was registered first: the desk's next ticket is the head of it.
CREATE INDEX tickets_open_by_urgency ON tickets (city_code, state, urgency, registered_at, id)
  WHERE state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up');

-- migrate:down

DROP INDEX tickets_open_by_urgency;
DROP TABLE holds;
