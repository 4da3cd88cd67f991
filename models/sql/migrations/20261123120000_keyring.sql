-- migrate:up

-- A digest of every key that was used here: another keyring is refused before anything is written under it.
CREATE TABLE keyring (
  city_code text NOT NULL,
  key text NOT NULL,
  digest bytea NOT NULL,
  first_used_at timestamptz NOT NULL,
  PRIMARY KEY (city_code, key)
);

-- migrate:down

DROP TABLE keyring;
