-- migrate:up

-- 统一身份: whom of the city's identity provider an account belongs to, as a blind index over issuer and subject: the subject may
-- be an identity card's number. One account, one person there.
CREATE TABLE identities (
  city_code text NOT NULL,
  identity bytea NOT NULL,
  username text NOT NULL,
  bound_at timestamptz NOT NULL,
  PRIMARY KEY (city_code, identity),
  UNIQUE (city_code, username)
);
-- Since when the provider gives the account's person no role any more; no way to sign in is open meanwhile.
ALTER TABLE users ADD COLUMN role_lost_at timestamptz;
-- Who came by the provider need not change a password that they do not use.
ALTER TABLE sessions ADD COLUMN by_provider boolean NOT NULL DEFAULT false;
ALTER TABLE user_changes DROP CONSTRAINT user_changes_action_check;
ALTER TABLE user_changes ADD CONSTRAINT user_changes_action_check CHECK (action IN (
  'create', 'disable', 'enable', 'reset_password', 'change_password', 'set_role', 'second_factor_on', 'second_factor_off',
  'bind', 'unbind', 'lose_role'));

-- migrate:down

-- What was noted stays: the log is append-only, and the narrower check is not put back over it.
ALTER TABLE sessions DROP COLUMN by_provider;
ALTER TABLE users DROP COLUMN role_lost_at;
DROP TABLE identities;
