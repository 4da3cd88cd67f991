-- migrate:up

-- Wrong passwords in a row by account and by address, both as blind indexes: what is typed there may be a password itself.
CREATE TABLE sign_in_failures (
  city_code text NOT NULL,
  key bytea NOT NULL,
  failures integer NOT NULL,
  last_at timestamptz NOT NULL,
  locked_until timestamptz,
  PRIMARY KEY (city_code, key)
);
CREATE INDEX sign_in_failures_by_age ON sign_in_failures (city_code, last_at);

-- When a session was last used: left alone for long enough, it ends.
ALTER TABLE sessions ADD COLUMN seen_at timestamptz;
UPDATE sessions SET seen_at = created_at;
ALTER TABLE sessions ALTER COLUMN seen_at SET NOT NULL;

-- 动态口令: the secret, sealed, from when on it is asked for, and the last step of time whose code was taken.
ALTER TABLE users
  ADD COLUMN totp_secret bytea,
  ADD COLUMN totp_since timestamptz,
  ADD COLUMN totp_step bigint NOT NULL DEFAULT 0;
-- 备用码: for who has lost the telephone; each once.
CREATE TABLE recovery_codes (
  city_code text NOT NULL,
  username text NOT NULL,
  code_hash bytea NOT NULL,
  PRIMARY KEY (city_code, username, code_hash)
);
ALTER TABLE user_changes DROP CONSTRAINT user_changes_action_check;
ALTER TABLE user_changes ADD CONSTRAINT user_changes_action_check CHECK (action IN (
  'create', 'disable', 'enable', 'reset_password', 'change_password', 'set_role', 'second_factor_on', 'second_factor_off'));

-- migrate:down

-- What was noted of second factors stays: the log is append-only, and the narrower check is not put back over it.
DROP TABLE recovery_codes;
ALTER TABLE users DROP COLUMN totp_step, DROP COLUMN totp_since, DROP COLUMN totp_secret;
ALTER TABLE sessions DROP COLUMN seen_at;
DROP TABLE sign_in_failures;
