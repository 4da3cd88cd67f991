-- migrate:up

-- 挂账复核: opened on every review date of a deferred part, decided by the hotline.
CREATE TABLE deferral_reviews (
  city_code text NOT NULL,
  ticket_id bigint NOT NULL,
  ordinal smallint NOT NULL,
  opened_at timestamptz NOT NULL,
  decided_at timestamptz,
  decided_by text,
  verdict text,
  PRIMARY KEY (city_code, ticket_id, ordinal, opened_at)
);
CREATE INDEX deferral_reviews_by_time ON deferral_reviews (city_code, opened_at);
-- What is deferred is little, and listed by when it must be solved.
CREATE INDEX assignments_deferred ON assignments (city_code, reply_by, ticket_id, ordinal) WHERE state = 'deferred';

-- migrate:down

DROP INDEX assignments_deferred;
DROP TABLE deferral_reviews;
