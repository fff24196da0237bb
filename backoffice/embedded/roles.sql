-- The database's roles and rights, for the embedded server and for real ones alike
-- (psql -v ON_ERROR_STOP=1 -d zetutech -f backoffice/embedded/roles.sql, as a superuser; set the passwords after).
-- Safe to run again.
--
--   zetutech_owner    owns the tables; migrations only
--   zetutech_app      the application: reads and writes rows, owns nothing, row-level security binds it
--   zetutech_backup   reads everything, changes nothing

DO $$
BEGIN
    IF to_regrole('zetutech_owner') IS NULL THEN CREATE ROLE zetutech_owner LOGIN; END IF;
    IF to_regrole('zetutech_app') IS NULL THEN CREATE ROLE zetutech_app LOGIN; END IF;
    IF to_regrole('zetutech_backup') IS NULL THEN CREATE ROLE zetutech_backup LOGIN; END IF;
END $$;

ALTER ROLE zetutech_owner NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION;
ALTER ROLE zetutech_app NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION;
ALTER ROLE zetutech_backup NOSUPERUSER NOCREATEDB NOCREATEROLE BYPASSRLS REPLICATION;
GRANT pg_read_all_data TO zetutech_backup;

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gist;

DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I OWNER TO zetutech_owner', current_database());
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO zetutech_app, zetutech_backup', current_database());
    -- Statements are reconciled in tables that live for one transaction.
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO zetutech_app', current_database());
END $$;

ALTER SCHEMA public OWNER TO zetutech_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO zetutech_app, zetutech_backup;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO zetutech_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO zetutech_app;
ALTER DEFAULT PRIVILEGES FOR ROLE zetutech_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO zetutech_app;
ALTER DEFAULT PRIVILEGES FOR ROLE zetutech_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO zetutech_app;
