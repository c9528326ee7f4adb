"""The SQL of daily totals for tables whose rows come and go: each statement adds what it wrote and takes away what
it overwrote. Groups are locked in one order, so that statements do not wait in a circle."""

from pathlib import Path

PLAIN = (Path(__file__).parent / "totals.sql").read_text()
KEY = "metric, day, owner_id, team_id, pipeline_id, detail, currency"

#: What a statement changed, with the sign by which it counts: there is no old row on insert, no new one on delete.
CHANGED = {
    "insert": "SELECT 1 AS sign, * FROM new_rows",
    "update": "SELECT -1 AS sign, * FROM old_rows UNION ALL SELECT 1, * FROM new_rows",
    "delete": "SELECT -1 AS sign, * FROM old_rows",
}
TABLES = {
    "insert": "REFERENCING NEW TABLE AS new_rows",
    "update": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "REFERENCING OLD TABLE AS old_rows",
}
FUNCTION = """
CREATE OR REPLACE FUNCTION {name}_{verb}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_dailytotal AS total ({key}, count, sum)
    SELECT {values}, sum(sign), {sum}
      FROM ({changed}) changed WHERE archived_at IS NULL AND {where}
     GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(sign) <> 0 OR {sum} <> 0
     ORDER BY 1, 2, 3, 4, 5, 6, 7
    ON CONFLICT ({key}) DO UPDATE
       SET count = total.count + EXCLUDED.count, sum = total.sum + EXCLUDED.sum;
    {sweep}
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER {name}_{verb} AFTER {verb} ON {table} {tables}
    FOR EACH STATEMENT EXECUTE FUNCTION {name}_{verb}();
"""
TRUNCATE = """
CREATE OR REPLACE FUNCTION {name}_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM reports_dailytotal WHERE metric IN ({metrics});
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER {name}_truncate AFTER TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {name}_truncate();
"""
SWEEP = "DELETE FROM reports_dailytotal WHERE count = 0;"

DEALS = {
    "name": "reports_count_deals",
    "table": "deals_deal",
    "values": """status,
           CASE status WHEN 'open' THEN date_trunc('month', close_date)::date ELSE reports_day(closed_at) END,
           owner_id, team_id, pipeline_id,
           CASE status WHEN 'open' THEN stage_id::text ELSE coalesce(lost_reason_id::text, '') END, currency""",
    "where": "CASE status WHEN 'open' THEN close_date IS NOT NULL ELSE closed_at IS NOT NULL END",
    "sum": "sum(sign * amount)",
    "metrics": "'won', 'lost', 'open'",
}
#: Where deals began: told when they are made, and never taken back.
BEGINNINGS = {
    "name": "reports_count_beginnings",
    "table": "deals_deal",
    "values": """'deal', reports_day(created_at), owner_id, team_id, pipeline_id, stage_id::text, currency""",
    "where": "true",
    "sum": "sum(sign * amount)",
    "metrics": "'deal'",
}
TASKS = {
    "name": "reports_count_tasks",
    "table": "tasks_task",
    "values": "'task', reports_day(done_at), coalesce(done_by_id, owner_id), team_id, NULL::bigint, '', ''",
    "where": "done_at IS NOT NULL",
    "sum": "0",
    "metrics": "'task'",
}
ACTIVITIES = {
    "name": "reports_count_activities",
    "table": "activities_activity",
    "values": "kind, reports_day(occurred_at), actor_id, team_id, NULL::bigint, '', ''",
    "where": "kind <> 'system'",
    "sum": "0",
    "metrics": "'note', 'call', 'text', 'email', 'meeting'",
}


def counting(part: dict[str, str], *verbs: str) -> str:
    """The functions and triggers that count one table."""
    made = [
        FUNCTION.format(
            **part,
            verb=verb,
            key=KEY,
            changed=CHANGED[verb],
            tables=TABLES[verb],
            sweep="" if verb == "insert" else SWEEP,
        )
        for verb in verbs
    ]
    return "".join([*made, TRUNCATE.format(**part)])


def existing(part: dict[str, str]) -> str:
    """What the rows that were there before come to."""
    return f"""
INSERT INTO reports_dailytotal AS total ({KEY}, count, sum)
SELECT {part["values"]}, sum(sign), {part["sum"]}
  FROM (SELECT 1 AS sign, * FROM {part["table"]}) changed WHERE archived_at IS NULL AND {part["where"]}
 GROUP BY 1, 2, 3, 4, 5, 6, 7;
"""


CONTACTS = {
    "table": "contacts_contact",
    "values": "'contact', reports_day(created_at), owner_id, team_id, NULL::bigint, source, ''",
    "where": "true",
    "sum": "0",
}
STATEMENTS = [
    PLAIN,
    *(counting(part, "insert", "update", "delete") for part in (DEALS, TASKS, ACTIVITIES)),
    counting(BEGINNINGS, "insert"),
    *map(existing, (CONTACTS, DEALS, BEGINNINGS, TASKS, ACTIVITIES)),
]
