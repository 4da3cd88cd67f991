-- migrate:up

-- 接口凭证: what each is called, which addresses it is for (null: all of its role), until when it holds, who made it.
ALTER TABLE credentials
  ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY,
  ADD COLUMN label text NOT NULL DEFAULT '',
  ADD COLUMN scope text[],
  ADD COLUMN expires_at timestamptz,
  ADD COLUMN created_by text,
  ADD COLUMN replaced_by bigint;
CREATE UNIQUE INDEX credentials_by_id ON credentials (city_code, id);

-- migrate:down

DROP INDEX credentials_by_id;
ALTER TABLE credentials DROP COLUMN id, DROP COLUMN label, DROP COLUMN scope, DROP COLUMN expires_at,
  DROP COLUMN created_by, DROP COLUMN replaced_by;
