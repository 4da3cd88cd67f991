"""The only code that speaks to PostgreSQL; one file a table, one .sql file beside it."""
