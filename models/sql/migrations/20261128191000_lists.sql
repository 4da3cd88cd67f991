-- migrate:up

-- What is open by the nearest of its due times: what is late stands at its head.
CREATE INDEX tickets_open_by_due ON tickets (city_code, state, (least(promised_at, stage_by, reply_by)), id)
  WHERE state IN ('registered', 'on_desk', 'assigned', 'in_review', 'follow_up');

-- migrate:down

DROP INDEX tickets_open_by_due;
