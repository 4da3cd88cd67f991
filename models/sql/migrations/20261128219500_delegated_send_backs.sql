-- migrate:up

-- The buck-passing list counts what was sent back below the lead too: few parts, found without reading all of them.
CREATE INDEX assignments_delegated_send_backs ON assignments (city_code, ticket_id) INCLUDE (send_back_count)
  WHERE role = 'delegated' AND send_back_count > 0;

-- migrate:down

DROP INDEX assignments_delegated_send_backs;
