from django.db import migrations

SQL = """
CREATE OR REPLACE FUNCTION public.cancel_runs_of(schema text, subject text, subject_id bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'WITH cancelled AS ('
        '    UPDATE %1$I.runs_run SET status = ''cancelling'', generation = generation + 1, error = NULL'
        '    WHERE subject = $1 AND subject_id = $2 AND NOT (subject = '''') AND finished_at IS NULL'
        '        AND status <> ''cancelling'' RETURNING id'
        ') INSERT INTO public.workflows_due (kind, ref, tenant) SELECT ''run'', id, %1$L FROM cancelled'
        ' ON CONFLICT (tenant, kind, ref) DO UPDATE SET due_at = clock_timestamp(), state = 0, token = NULL,'
        '    lease_until = NULL, attempts = 0, error = ''''', schema)
    USING subject, subject_id;
END $$;
"""


class Migration(migrations.Migration):
    """A deleted record's runs are cancelled in the transaction that deletes it, whoever deletes it."""

    dependencies = [("workflows", "0003_lanes")]
    operations = [
        migrations.RunSQL(SQL, "DROP FUNCTION public.cancel_runs_of(text, text, bigint)"),
    ]
