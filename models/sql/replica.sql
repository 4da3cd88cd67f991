-- name: position()$
-- Up to where the leader has written, in bytes of its log.
SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint;

-- name: system()$
-- Which database system this is; a replica has its leader's number, a strange leader's another.
SELECT system_identifier FROM pg_control_system();

-- name: replayed()^
-- Up to where a replica shows what the leader has written, null from a server that follows nobody; and whose replica it is.
SELECT CASE WHEN pg_is_in_recovery() THEN (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint END AS place,
  (SELECT system_identifier FROM pg_control_system()) AS system;

-- name: readable()$
-- Whether there is a ticket: who may not read, or is in another database, fails here.
SELECT EXISTS (SELECT 1 FROM tickets);
