-- migrate:up

-- 巡查上报: what was reported on a ground, the newest first, and how much of it is settled at which level.
CREATE INDEX tickets_patrols ON tickets (city_code, id) WHERE channel = 'patrol';

-- migrate:down

DROP INDEX tickets_patrols;
