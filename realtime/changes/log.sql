-- The change log and the one trigger function that fills it. Nothing here is newer than PostgreSQL 15.
-- A ring of 16 slots, one a day: a slot is emptied by TRUNCATE before its turn comes again. Compared with
-- range partitions nothing is ever created or dropped, so writers never wait for a lock on the parent
-- table, and a write can't fail because nobody made tomorrow's partition.
CREATE TABLE IF NOT EXISTS public.changes_change (
    id bigint GENERATED ALWAYS AS IDENTITY,
    slot smallint NOT NULL DEFAULT (extract(epoch FROM now())::bigint / 86400 % 16)::smallint,
    at timestamptz NOT NULL DEFAULT now(),
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    schema text NOT NULL,
    "table" text NOT NULL,
    op "char" NOT NULL,
    pk jsonb,
    columns text[] NOT NULL DEFAULT '{}',
    old jsonb,
    new jsonb,
    request_id text,
    actor text
) PARTITION BY LIST (slot);

DO $$
BEGIN
    FOR slot IN 0..15 LOOP
        EXECUTE format(
            'CREATE TABLE IF NOT EXISTS public.changes_change_%s PARTITION OF public.changes_change FOR VALUES IN (%s)',
            slot, slot
        );
    END LOOP;
END $$;

-- Of an update, what texts, amounts and JSON were and became: {"title": ["Loft", "Barn"], "custom.size": [null, "L"]}, as
-- text and cut at 500 characters. Only for the few columns that a trigger's third argument names; ticks do not carry it.
ALTER TABLE public.changes_change ADD COLUMN IF NOT EXISTS kept jsonb;

-- The only index: nobody looks for an id, and each further one costs every write.
CREATE INDEX IF NOT EXISTS changes_change_xid ON public.changes_change (xid);

-- Compares two rows column by column in C: what has changed costs an update a third of what it costs by way of jsonb.
CREATE EXTENSION IF NOT EXISTS hstore SCHEMA public;

-- What the named columns were and became, those among them that have changed; null if none has.
CREATE OR REPLACE FUNCTION public.log_kept(old_row jsonb, new_row jsonb, names text[]) RETURNS jsonb
    IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE
    kept jsonb;
    name text;
    member text;
BEGIN
    FOREACH name IN ARRAY names LOOP
        -- As text: as jsonb 1.0 equals 1.00.
        CONTINUE WHEN old_row ->> name IS NOT DISTINCT FROM new_row ->> name;
        IF jsonb_typeof(new_row -> name) <> 'object' OR jsonb_typeof(old_row -> name) <> 'object' THEN
            kept := coalesce(kept, '{}') || jsonb_build_object(
                name, jsonb_build_array(left(old_row ->> name, 500), left(new_row ->> name, 500)));
            CONTINUE;
        END IF;
        -- Of an object its changed members, by "column.member": one that is missing was, or becomes, null.
        FOR member IN SELECT jsonb_object_keys((old_row -> name) || (new_row -> name)) LOOP
            CONTINUE WHEN old_row -> name -> member IS NOT DISTINCT FROM new_row -> name -> member;
            kept := coalesce(kept, '{}') || jsonb_build_object(name || '.' || member, jsonb_build_array(
                left(old_row -> name ->> member, 500), left(new_row -> name ->> member, 500)));
        END LOOP;
    END LOOP;
    RETURN kept;
END $$;

-- Row trigger (INSERT, UPDATE, DELETE) and statement trigger (TRUNCATE) of every reactive table.
-- Arguments: the primary key's column ('' logs none), the columns whose values are not matched and stay out of old and
-- new, and those of them of which an update's old and new value are kept beside (there may be no third argument).
-- Few expressions on purpose: each is set up anew in each transaction, and short transactions are the rule.
CREATE OR REPLACE FUNCTION public.log_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    zone text;
    counter text;
    counted text;
    seen integer;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- By bytes, not by value: equality forgives 1.0 = 1.00 and, in some types, letter case.
        IF NOT (OLD *<> NEW) THEN
            RETURN NULL;
        END IF;
    ELSIF TG_OP = 'TRUNCATE' THEN
        INSERT INTO public.changes_change (schema, "table", op, request_id, actor)
        VALUES (TG_TABLE_SCHEMA, TG_TABLE_NAME, 'T',
                nullif(current_setting('realtime.request_id', true), ''),
                nullif(current_setting('realtime.actor', true), ''));
        RETURN NULL;
    END IF;
    -- The statistics count this transaction's rows for nothing, but also some of those just before it and those of
    -- savepoints that were rolled back. So they only say when counting begins.
    IF pg_stat_get_xact_tuples_inserted(TG_RELID) + pg_stat_get_xact_tuples_updated(TG_RELID)
       + pg_stat_get_xact_tuples_deleted(TG_RELID) > 500 THEN
        -- Rows of this table logged by this transaction since then. A transaction-local setting: ROLLBACK TO
        -- SAVEPOINT takes it back together with the rows. 64 names bound what a session of many tables remembers;
        -- two tables that share one only start their counts again.
        counter := 'realtime.rows_' || TG_RELID::bigint % 64;
        counted := current_setting(counter, true);
        seen := CASE WHEN split_part(counted, ':', 1) = TG_RELID::text THEN split_part(counted, ':', 2)::integer ELSE 0 END;
        IF seen > 500 THEN
            RETURN NULL;
        END IF;
        PERFORM set_config(counter, TG_RELID::text || ':' || seen + 1, true);
        IF seen = 500 THEN
            -- From here on one marker stands for any change of the table by this transaction.
            INSERT INTO public.changes_change (schema, "table", op, request_id, actor)
            VALUES (TG_TABLE_SCHEMA, TG_TABLE_NAME, 'B',
                    nullif(current_setting('realtime.request_id', true), ''),
                    nullif(current_setting('realtime.actor', true), ''));
            RETURN NULL;
        END IF;
    END IF;
    -- Times are printed in the session's zone; readers compare them as UTC.
    IF current_setting('TimeZone') NOT IN ('UTC', 'Etc/UTC') THEN
        zone := current_setting('TimeZone');
        PERFORM set_config('TimeZone', 'UTC', true);
    END IF;
    IF TG_OP = 'UPDATE' THEN
        -- Of the old row only what has changed is kept, as text: readers have the rest from the new one, and know the
        -- columns' types. The log is written and read with half as many bytes.
        INSERT INTO public.changes_change (schema, "table", op, pk, columns, old, new, kept, request_id, actor)
        SELECT TG_TABLE_SCHEMA, TG_TABLE_NAME, 'U', new_row -> TG_ARGV[0], public.akeys(gone),
               public.hstore_to_jsonb(gone OPERATOR(public.-) unlogged), new_row - unlogged,
               CASE WHEN TG_NARGS > 2 AND gone OPERATOR(public.?|) TG_ARGV[2]::text[]
                    THEN public.log_kept(to_jsonb(OLD), new_row, TG_ARGV[2]::text[]) END,
               nullif(current_setting('realtime.request_id', true), ''),
               nullif(current_setting('realtime.actor', true), '')
          FROM (SELECT public.hstore(OLD) OPERATOR(public.-) public.hstore(NEW) AS gone,
                       to_jsonb(NEW) AS new_row, TG_ARGV[1]::text[] AS unlogged OFFSET 0) AS found;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO public.changes_change (schema, "table", op, pk, new, request_id, actor)
        SELECT TG_TABLE_SCHEMA, TG_TABLE_NAME, 'I', new_row -> TG_ARGV[0], new_row - TG_ARGV[1]::text[],
               nullif(current_setting('realtime.request_id', true), ''),
               nullif(current_setting('realtime.actor', true), '')
          FROM (SELECT to_jsonb(NEW) AS new_row OFFSET 0) AS found;
    ELSE
        INSERT INTO public.changes_change (schema, "table", op, pk, old, request_id, actor)
        SELECT TG_TABLE_SCHEMA, TG_TABLE_NAME, 'D', old_row -> TG_ARGV[0], old_row - TG_ARGV[1]::text[],
               nullif(current_setting('realtime.request_id', true), ''),
               nullif(current_setting('realtime.actor', true), '')
          FROM (SELECT to_jsonb(OLD) AS old_row OFFSET 0) AS found;
    END IF;
    IF zone IS NOT NULL THEN
        PERFORM set_config('TimeZone', zone, true);
    END IF;
    RETURN NULL;
END $$;

-- A marker for writes that triggers could not see (disabled triggers, bulk loads, DDL).
CREATE OR REPLACE FUNCTION public.log_touch(schema_name text, table_name text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO public.changes_change (schema, "table", op) VALUES (schema_name, table_name, 'B');
$$;

-- Empties the slots whose rows are all older than the window; a slot that is being read is left for the
-- next time. Notes the newest transaction that is gone, so that a reader from before it can be told.
CREATE OR REPLACE FUNCTION public.trim_change_log(window_kept interval) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    newest timestamptz;
    newest_xid xid8;
    emptied integer := 0;
BEGIN
    PERFORM set_config('lock_timeout', '200ms', true);
    FOR slot IN 0..15 LOOP
        EXECUTE format('SELECT max(at), max(xid) FROM public.changes_change_%s', slot) INTO newest, newest_xid;
        CONTINUE WHEN newest IS NULL OR newest > now() - window_kept;
        BEGIN
            EXECUTE format('TRUNCATE public.changes_change_%s', slot);
            UPDATE public.changes_relay SET trimmed = greatest(trimmed, newest_xid::text::bigint);
            emptied := emptied + 1;
        EXCEPTION WHEN lock_not_available THEN
            NULL;
        END;
    END LOOP;
    RETURN emptied;
END $$;
