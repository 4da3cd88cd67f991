-- name: export_snapshot()$
-- Names this transaction's view of the database, so that a dump sees the very same.
SELECT pg_export_snapshot();

-- name: tables()
-- Every table that holds rows of ours, a partitioned one once; `quoted` can stand in a statement.
SELECT n.nspname || '.' || c.relname AS name, format('%I.%I', n.nspname, c.relname) AS quoted
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'
ORDER BY 1;

-- name: newest_migration()$
-- The newest change of the schema that is applied.
SELECT max(version) FROM schema_migrations;

-- name: all_keys()
-- The digests of every key that was used here, and whether anything may lie under it still: not where all was sealed anew under a later one.
SELECT k.key, k.digest, NOT EXISTS (
    SELECT FROM keyring later
    WHERE later.city_code = k.city_code AND later.resealed_at IS NOT NULL
      AND substring(later.key FROM '^encryption ([0-9]+)$')::int > substring(k.key FROM '^encryption ([0-9]+)$')::int
  ) AS is_needed
FROM keyring k ORDER BY k.key;

-- name: cities()
-- The cities that this database was written for.
SELECT DISTINCT city_code FROM city_versions ORDER BY city_code;

-- name: leave_out_numbers(many)$
-- Lets the next ticket number be so many farther on.
SELECT setval('ticket_numbers', nextval('ticket_numbers') + :many::bigint);
