-- When attachments go for good, however it happens, their keys wait for the due work that deletes the files.
CREATE OR REPLACE FUNCTION files_leave_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH left_behind AS (
        INSERT INTO files_upload (key, created_at) SELECT key, clock_timestamp() FROM old_files
        ON CONFLICT (key) DO NOTHING RETURNING id
    )
    INSERT INTO public.workflows_due (kind, ref, tenant, due_at)
    SELECT 'files.upload', id, TG_TABLE_SCHEMA, clock_timestamp() FROM left_behind
    ON CONFLICT (tenant, kind, ref) DO NOTHING;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER files_leave_key AFTER DELETE ON files_attachment
    REFERENCING OLD TABLE AS old_files FOR EACH STATEMENT EXECUTE FUNCTION files_leave_key();
