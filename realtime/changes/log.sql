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

-- Row trigger (INSERT, UPDATE, DELETE) and statement trigger (TRUNCATE) of every reactive table.
-- Arguments: the primary key's column ('' logs none), the columns whose values are not matched and stay out of old and
-- new, and those of them of which an update's old and new value are kept beside (there may be no third argument).
CREATE OR REPLACE FUNCTION public.log_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    zone text := current_setting('TimeZone');
    -- Rows of this table logged by this transaction. A transaction-local setting: ROLLBACK TO SAVEPOINT
    -- takes it back together with the rows. 64 names bound what a session of many tables remembers;
    -- two tables that share one only start their counts again.
    counter text := 'realtime.rows_' || TG_RELID::bigint % 64;
    counted text := current_setting(counter, true);
    seen integer := 0;
    old_row jsonb;
    new_row jsonb;
    changed text[];
    kept jsonb;
    name text;
    member text;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO public.changes_change (schema, "table", op, request_id, actor)
        VALUES (TG_TABLE_SCHEMA, TG_TABLE_NAME, 'T',
                nullif(current_setting('realtime.request_id', true), ''),
                nullif(current_setting('realtime.actor', true), ''));
        RETURN NULL;
    END IF;
    -- By bytes, not by value: equality forgives 1.0 = 1.00 and, in some types, letter case.
    IF TG_OP = 'UPDATE' AND NOT (OLD *<> NEW) THEN
        RETURN NULL;
    END IF;
    IF split_part(counted, ':', 1) = TG_RELID::text THEN
        seen := split_part(counted, ':', 2)::integer;
    END IF;
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
    -- to_jsonb prints times in the session's zone; readers compare them as UTC.
    IF zone NOT IN ('UTC', 'Etc/UTC') THEN
        PERFORM set_config('TimeZone', 'UTC', true);
    END IF;
    IF TG_OP <> 'INSERT' THEN
        old_row := to_jsonb(OLD);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        new_row := to_jsonb(NEW);
    END IF;
    IF zone NOT IN ('UTC', 'Etc/UTC') THEN
        PERFORM set_config('TimeZone', zone, true);
    END IF;
    IF TG_OP = 'UPDATE' THEN
        -- As text: as jsonb 1.0 equals 1.00. Of the old row only what has changed is kept: readers have the rest
        -- from the new one, and the log is written and read with half as many bytes.
        SELECT array_agg(entry.key), coalesce(jsonb_object_agg(entry.key, old_row -> entry.key), '{}')
          INTO changed, old_row FROM jsonb_each_text(new_row) AS entry
         WHERE entry.value IS DISTINCT FROM old_row ->> entry.key;
        IF TG_NARGS > 2 AND changed && TG_ARGV[2]::text[] THEN
            FOREACH name IN ARRAY changed LOOP
                CONTINUE WHEN name <> ALL (TG_ARGV[2]::text[]);
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
        END IF;
    END IF;
    INSERT INTO public.changes_change (schema, "table", op, pk, columns, old, new, kept, request_id, actor)
    VALUES (
        TG_TABLE_SCHEMA, TG_TABLE_NAME, left(TG_OP, 1)::"char",
        coalesce(new_row, old_row) -> TG_ARGV[0], coalesce(changed, '{}'),
        old_row - TG_ARGV[1]::text[], new_row - TG_ARGV[1]::text[], kept,
        nullif(current_setting('realtime.request_id', true), ''),
        nullif(current_setting('realtime.actor', true), '')
    );
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
