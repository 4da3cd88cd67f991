-- migrate:up

-- 常用视图: what a person asks lists for again and again, by a name of their own. No personal data stands in one.
CREATE TABLE saved_views (
  city_code text NOT NULL,
  owner text NOT NULL,
  name text NOT NULL,
  filters json NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (city_code, owner, name)
);

-- migrate:down

DROP TABLE saved_views;
