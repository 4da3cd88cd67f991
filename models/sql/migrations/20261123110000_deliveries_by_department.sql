-- migrate:up

-- Deliveries are claimed endpoint by endpoint, so that none takes the others' share.
CREATE INDEX deliveries_by_department ON deliveries (city_code, department, next_at) WHERE state = 'waiting';
DROP INDEX deliveries_waiting;
-- The list of deliveries is read newest first.
CREATE INDEX deliveries_by_time ON deliveries (city_code, created_at, id);

-- migrate:down

DROP INDEX deliveries_by_time;
CREATE INDEX deliveries_waiting ON deliveries (city_code, next_at) WHERE state = 'waiting';
DROP INDEX deliveries_by_department;
