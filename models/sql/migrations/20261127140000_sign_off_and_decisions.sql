-- migrate:up

-- By when a send-back, an extension or a deferral that waits must be decided.
ALTER TABLE assignments ADD COLUMN decide_by timestamptz;
-- A reply that nobody has signed off is late like any other part.
DROP INDEX assignments_late;
CREATE INDEX assignments_late ON assignments (city_code, reply_by)
  WHERE state NOT IN ('signed_off', 'accepted', 'sent_back', 'recalled');

-- migrate:down

DROP INDEX assignments_late;
CREATE INDEX assignments_late ON assignments (city_code, reply_by)
  WHERE state NOT IN ('replied', 'signed_off', 'accepted', 'sent_back', 'recalled');
ALTER TABLE assignments DROP COLUMN decide_by;
