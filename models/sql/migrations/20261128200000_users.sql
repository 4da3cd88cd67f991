-- migrate:up

-- 账号: whose password somebody else has seen and must be changed, who may no longer sign in, when each signed in last.
ALTER TABLE users
  ADD COLUMN must_change boolean NOT NULL DEFAULT false,
  ADD COLUMN disabled_at timestamptz,
  ADD COLUMN signed_in_at timestamptz;
CREATE INDEX sessions_by_user ON sessions (city_code, username);

-- 账号变更: who did what to whose account. `by_user` is null where it was done by a command on the machine itself.
CREATE TABLE user_changes (
  city_code text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  username text NOT NULL,
  action text NOT NULL CHECK (
    action IN ('create', 'disable', 'enable', 'reset_password', 'change_password', 'set_role')),
  role_before role,
  role role NOT NULL,
  department text,
  by_user text,
  at timestamptz NOT NULL,
  PRIMARY KEY (city_code, id)
);
CREATE INDEX user_changes_by_user ON user_changes (city_code, username, id);
-- Nobody rewrites what the auditor reads.
CREATE FUNCTION keep_user_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'user_changes is append-only';
END $$;
CREATE TRIGGER user_changes_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON user_changes
FOR EACH STATEMENT EXECUTE FUNCTION keep_user_changes();

-- migrate:down

DROP TABLE user_changes;
DROP FUNCTION keep_user_changes;
DROP INDEX sessions_by_user;
ALTER TABLE users DROP COLUMN must_change, DROP COLUMN disabled_at, DROP COLUMN signed_in_at;
