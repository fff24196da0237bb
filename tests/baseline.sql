-- Emptying a test database without the right to TRUNCATE, without waking triggers, and without losing the rows
-- that migrations put there (permissions, content types, reference data).

CREATE SCHEMA baseline;

DO $$
DECLARE
    tablename text;
    has_rows boolean;
BEGIN
    FOR tablename IN SELECT t.tablename FROM pg_tables t WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', tablename) INTO has_rows;
        IF has_rows THEN
            EXECUTE format('CREATE TABLE baseline.%I AS TABLE public.%I', tablename, tablename);
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION baseline.restore() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text;
    has_rows boolean;
    used text[] := '{}';
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN
        SELECT t.tablename FROM pg_tables t WHERE t.schemaname = 'public' AND t.tablename <> 'django_migrations'
        AND NOT EXISTS (SELECT FROM pg_tables b WHERE b.schemaname = 'baseline' AND b.tablename = t.tablename)
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO has_rows;
        IF has_rows THEN
            used := used || format('public.%I', name);
        END IF;
    END LOOP;
    IF used <> '{}' THEN
        EXECUTE 'TRUNCATE ' || array_to_string(used, ', ') || ' CASCADE';
    END IF;
    -- Afterwards: the cascade reaches kept tables that refer to an emptied one.
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'baseline'
    LOOP
        -- Rows without identity are compared as text; the tables are small.
        EXECUTE format(
            'SELECT EXISTS ((SELECT t::text FROM public.%1$I t EXCEPT SELECT b::text FROM baseline.%1$I b)
             UNION ALL (SELECT b::text FROM baseline.%1$I b EXCEPT SELECT t::text FROM public.%1$I t))', name
        ) INTO has_rows;
        IF has_rows THEN
            EXECUTE format('DELETE FROM public.%I', name);
            EXECUTE format('INSERT INTO public.%1$I OVERRIDING SYSTEM VALUE SELECT * FROM baseline.%1$I', name);
        END IF;
    END LOOP;
END $$;
