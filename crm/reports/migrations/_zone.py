"""The SQL that lets daily totals follow the firm's clock.

The zone is a constant of ``reports_day``, not a row: triggers call it for every row, and a function's definition is
looked up as it is now, whatever snapshot a transaction has. The totals are locked first. Whoever has counted by the
old clock holds them until their commit, so that what they wrote is seen; whoever is about to count waits in their
trigger with a record that is not seen yet, and goes on by the new clock. Locks on the counted tables would say the
same, but each writer takes those in an order of its own, and would wait in a circle with this.
"""

from crm.reports.migrations import _totals

RECOUNT = f"""
CREATE OR REPLACE FUNCTION reports_recount() RETURNS void LANGUAGE plpgsql AS $recount$
BEGIN
    -- All but what is told when it happens ('deal', 'move'): there may be no record of it any more.
    DELETE FROM reports_dailytotal WHERE metric NOT IN ('deal', 'move');
    {"".join(map(_totals.existing, (_totals.CONTACTS, _totals.DEALS, _totals.TASKS, _totals.ACTIVITIES)))}
END $recount$;
"""
USE_ZONE = """
CREATE OR REPLACE FUNCTION reports_use_zone(zone text) RETURNS void LANGUAGE plpgsql AS $use$
BEGIN
    PERFORM now() AT TIME ZONE zone;  -- an unknown one is refused here, not by every write from now on
    LOCK TABLE reports_dailytotal IN SHARE ROW EXCLUSIVE MODE;
    EXECUTE format(
        'CREATE OR REPLACE FUNCTION reports_day(moment timestamptz) RETURNS date LANGUAGE sql IMMUTABLE'
        ' PARALLEL SAFE AS %L', format(' SELECT (moment AT TIME ZONE %L)::date ', zone)
    );
    PERFORM reports_recount();
END $use$;
"""
#: A schema without a tenant (the template) keeps UTC, as does a tenant whose zone the database does not know.
FOLLOW = """
DO $follow$
DECLARE
    zone text := (SELECT time_zone FROM public.accounts_tenant WHERE schema_name = current_schema());
BEGIN
    IF zone <> 'UTC' THEN
        PERFORM reports_use_zone(zone);
    END IF;
EXCEPTION WHEN invalid_parameter_value THEN
    RAISE WARNING 'The database knows no time zone %: reports of % stay with UTC.', zone, current_schema();
END $follow$;
"""
STATEMENTS = [RECOUNT, USE_ZONE, FOLLOW]
