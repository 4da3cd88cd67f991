-- migrate:up

-- Dead letters are few among millions that arrived: they are counted at every scrape and woken by department.
CREATE INDEX deliveries_dead ON deliveries (city_code, department) WHERE state = 'dead';

-- migrate:down

DROP INDEX deliveries_dead;
