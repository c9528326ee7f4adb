"""The SQL that moves daily totals to another clock a part at a time, so that nobody waits for a large firm's records.

``reports_day`` begins with the newest records: from a moment on it counts by the new clock, before it as it did. Each
step takes that moment further back: it takes away what the records between count by the old definition, replaces the
function, and adds what they count by the new one, with the totals locked (see ``_zone``) for as long as that takes.
Totals equal their definition after every step, so that triggers go on meanwhile, a step that dies is as if it never
was, and a firm that moves again begins anew from wherever it is. What is still to do stands in the function's comment.
"""

from crm.reports.migrations import _totals

MOMENTS = ((_totals.CONTACTS, "created_at"), (_totals.DEALS, "closed_at"), (_totals.TASKS, "done_at"),
           (_totals.ACTIVITIES, "occurred_at"))  # fmt: skip
PART = """
    INSERT INTO reports_dailytotal AS total ({key}, count, sum)
    SELECT {values}, sum(sign), {sum} FROM (SELECT times AS sign, * FROM {table}
            WHERE {moment} >= first AND {moment} < last AND archived_at IS NULL) changed
     WHERE {where} AND {dated} GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
    ON CONFLICT ({key}) DO UPDATE SET count = total.count + EXCLUDED.count, sum = total.sum + EXCLUDED.sum;
"""


def _part(part: dict[str, str], moment: str) -> str:
    """What the records of one table count whose moment is in the range; open deals have a month and no moment."""
    dated = "status <> 'open'" if part is _totals.DEALS else "true"
    return PART.format(**part, key=_totals.KEY, moment=moment, dated=dated)


COUNT = f"""
CREATE OR REPLACE FUNCTION reports_count_between(first timestamptz, last timestamptz, times integer) RETURNS void
LANGUAGE plpgsql AS $count$
BEGIN
    {"".join(_part(part, moment) for part, moment in MOMENTS)}
END $count$;
"""
NTH = """(SELECT {moment} FROM {table} WHERE archived_at IS NULL AND {moment} < last
        ORDER BY {moment} DESC OFFSET most LIMIT 1)"""
FIRST = ", ".join(NTH.format(table=part["table"], moment=moment) for part, moment in MOMENTS)
MOVE = f"""
CREATE OR REPLACE FUNCTION reports_begin_move(zone text) RETURNS void LANGUAGE plpgsql AS $begin$
BEGIN
    PERFORM now() AT TIME ZONE zone;  -- an unknown one is refused here
    LOCK TABLE reports_dailytotal IN SHARE ROW EXCLUSIVE MODE;
    EXECUTE format('COMMENT ON FUNCTION reports_day IS %L', jsonb_build_object('zone', zone, 'last', 'infinity',
        'rest', (SELECT regexp_replace(prosrc, '^ *SELECT ', '') FROM pg_proc WHERE oid = 'reports_day'::regproc)));
END $begin$;

-- One step over at most so many records of each kind, the newest first; whether that was the last one.
CREATE OR REPLACE FUNCTION reports_move_on(most integer) RETURNS boolean LANGUAGE plpgsql AS $move$
DECLARE
    state jsonb;
    last timestamptz;
    first timestamptz;
    expression text;
BEGIN
    LOCK TABLE reports_dailytotal IN SHARE ROW EXCLUSIVE MODE;
    state := obj_description('reports_day'::regproc, 'pg_proc')::jsonb;
    IF state IS NULL THEN
        RETURN true;
    END IF;
    last := (state ->> 'last')::timestamptz;
    first := coalesce(greatest({FIRST}), '-infinity');
    PERFORM reports_count_between(first, last, -1);
    expression := format('(moment AT TIME ZONE %L)::date', state ->> 'zone');
    IF first > '-infinity' THEN
        expression := format('CASE WHEN moment >= %L::timestamptz THEN %s ELSE %s END', first, expression, state ->> 'rest');
    END IF;
    EXECUTE format('CREATE OR REPLACE FUNCTION reports_day(moment timestamptz) RETURNS date LANGUAGE sql IMMUTABLE'
        ' PARALLEL SAFE AS %L', ' SELECT ' || expression || ' ');
    PERFORM reports_count_between(first, last, 1);
    DELETE FROM reports_dailytotal WHERE count = 0;
    EXECUTE format('COMMENT ON FUNCTION reports_day IS %L',
        CASE WHEN first > '-infinity' THEN jsonb_set(state, '{{last}}', to_jsonb(first::text)) END);
    RETURN first = '-infinity';
END $move$;
"""
STATEMENTS = [COUNT, MOVE]
