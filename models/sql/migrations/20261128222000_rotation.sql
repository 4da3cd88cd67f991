-- migrate:up

-- 换钥: until when everything was sealed anew under this key; NULL while that is not done, or was never begun.
ALTER TABLE keyring ADD COLUMN resealed_at timestamptz;

-- A reason may be sealed anew under another key, in which form alone it can be read: the second byte says which key it is, and
-- what is sealed is as long as before. Everything else of a row stays.
DROP TRIGGER access_log_kept ON access_log;
CREATE TRIGGER access_log_kept BEFORE TRUNCATE ON access_log FOR EACH STATEMENT EXECUTE FUNCTION keep_access_log();
CREATE FUNCTION keep_access_log_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - 'reason' IS DISTINCT FROM to_jsonb(OLD) - 'reason'
    OR NEW.reason IS DISTINCT FROM OLD.reason AND (
      octet_length(NEW.reason) IS DISTINCT FROM octet_length(OLD.reason)
      OR substring(NEW.reason FROM 2 FOR 1) IS NOT DISTINCT FROM substring(OLD.reason FROM 2 FOR 1))
  THEN
    RAISE EXCEPTION 'access_log is append-only';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER access_log_row_kept BEFORE UPDATE ON access_log FOR EACH ROW EXECUTE FUNCTION keep_access_log_row();

-- migrate:down

DROP TRIGGER access_log_row_kept ON access_log;
DROP FUNCTION keep_access_log_row;
DROP TRIGGER access_log_kept ON access_log;
CREATE TRIGGER access_log_kept BEFORE UPDATE OR TRUNCATE ON access_log
FOR EACH STATEMENT EXECUTE FUNCTION keep_access_log();
ALTER TABLE keyring DROP COLUMN resealed_at;
