-- name: position()$
-- Up to where the leader has written, in bytes of its log.
SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint;

-- name: replayed()$
-- Up to where a replica shows what the leader has written; null from a server that follows nobody.
SELECT CASE WHEN pg_is_in_recovery() THEN (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint END;
