-- migrate:up

-- Every intake asks for the newest requests about one subject at one place: twenty entries, however busy the place is.
CREATE INDEX tickets_by_place ON tickets (city_code, place, category, id) WHERE place IS NOT NULL;

-- migrate:down

DROP INDEX tickets_by_place;
