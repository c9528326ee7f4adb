"""A tenant with very many rows, by a few statements: 20 members in four teams, contacts, deals, tasks, activities.

The triggers that work row by row (the change log, search keys, a contact's addresses) rest meanwhile, and what they
would have written is written by one statement each; those that add up whole statements (roll-ups, reports) work.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext

import psycopg

MEMBERS, TEAMS = 20, 4
TABLES = ("contacts_contact", "deals_deal", "tasks_task", "activities_activity")
ADDED_UP = ("deals_deal", "tasks_task")
RESTING = ("change_log%", "search_follow%", "keep_contact_parts", "count_contact%")

NAMES = """(ARRAY['John','Mary','Ana','Wei','Olga','Ahmed','Zoë','Luis','Ingrid','Tom','Priya','Noah','Emma','Kofi',
    'Jürgen','Sofia','Liam','Yuki','Marta','Peter'])[1 + n %% 20] || ' ' ||
  (ARRAY['Smith','Jones','García','Müller','Chen','Okafor','Larsen','Novak','Rossi','Brown','Patel','Silva','Kim',
    'Dubois','Fischer','Walker','Tanaka','Murphy','Costa','Berg','Young','Hill','Reyes','Moreau','Weber'])
    [1 + n / 20 %% 25] || (ARRAY['','-Lee','son','s','er','-Cole','ton','field','man','ley'])[1 + n / 500 %% 10]"""

#: A fifth has a background, a third custom fields; some words are in many of them, some in few.
WORDS = """(ARRAY['garden','harbour','roof','school','lake','terrace','garage','studio','orchard','balcony'])
    [1 + n %% 10] || ' ' || (ARRAY['north','south','quiet','sunny','urgent','later','family'])[1 + n %% 7]
    || ' lot' || n %% 40000"""
CUSTOM = """CASE WHEN n %% 3 = 0 THEN jsonb_build_object('budget', n %% 5000 * 100, 'plan',
    (ARRAY['gold', 'silver', 'bronze'])[1 + n %% 7 %% 3], 'hobby',
    (ARRAY['sailing', 'chess', 'tennis', 'opera', 'baking'])[1 + n %% 5] || ' ' || n %% 30000) ELSE '{}' END"""
FIELDS = """INSERT INTO fields_customfield (object, key, label, type, currency, required, position, created_at)
  SELECT 'contact', key, initcap(key), type, '', false, 0, now()
    FROM (VALUES ('budget', 'number'), ('plan', 'choice'), ('hobby', 'text')) AS made (key, type)
    ON CONFLICT DO NOTHING;
  INSERT INTO fields_customfieldoption (field_id, key, label, position)
  SELECT field.id, word, initcap(word), 0 FROM fields_customfield AS field,
    unnest(ARRAY['gold', 'silver', 'bronze']) AS word WHERE field.key = 'plan' ON CONFLICT DO NOTHING"""

CONTACTS = f"""INSERT INTO contacts_contact (first_name, last_name, full_name, email, phone, phone_e164, job_title,
    stage_id, source, company_name, background, last_activity_at, owner_id, team_id, version, created_at, updated_at,
    tags, price, time_frame, custom)
  SELECT split_part(name, ' ', 1), split_part(name, ' ', 2), name, 'person' || n || '@example.org', number, number,
    (ARRAY['Manager', 'Nurse', 'Teacher', 'Engineer', 'Architect', ''])[1 + n %% 6],
    stages.ids[1 + n %% cardinality(stages.ids)], (ARRAY['web', 'referral', 'fair'])[1 + n %% 3],
    CASE WHEN n %% 2 = 0 THEN 'Firm ' || n %% 20000 ELSE '' END, CASE WHEN n %% 5 = 0 THEN {WORDS} ELSE '' END,
    now() - n * interval '31 seconds', 2 + n / 7 %% %(members)s, 1 + (2 + n / 7 %% %(members)s) %% %(teams)s, 1,
    now() - n * interval '31 seconds', now() - n %% 1000 * interval '1 minute',
    CASE WHEN n %% 1000 = 0 THEN ARRAY['vip'] WHEN n %% 5 = 1 THEN ARRAY['Buyer'] ELSE '{{}}'::text[] END,
    CASE WHEN n %% 2 = 1 THEN n %% 9000 * 100 END, (ARRAY['now', '3_months', ''])[1 + n %% 3], {CUSTOM}
  FROM (SELECT n, {NAMES} AS name, '+1' || 2125550000 + n AS number FROM generate_series(1, %(contacts)s) AS n) AS one,
    (SELECT array_agg(id ORDER BY position) AS ids FROM contacts_contactstage) AS stages"""

PARTS = (
    """INSERT INTO contacts_emailaddress (contact_id, address, label, is_primary, created_at)
       SELECT id, email, 'work', true, now() FROM contacts_contact""",
    """INSERT INTO contacts_phonenumber (contact_id, raw, e164, last_digits, kind, is_bad, is_primary, created_at)
       SELECT id, phone, phone_e164, contact_last_digits(phone_e164, phone), 'mobile', false, true, now()
       FROM contacts_contact""",
)

DEALS = """INSERT INTO deals_deal (title, amount, currency, status, stage_entered_at, created_at, updated_at, version,
    contact_id, owner_id, team_id, pipeline_id, stage_id, rank, closed_at, close_date)
  SELECT 'Deal ' || contact.id, 1000 + contact.id % 50000, 'USD', stage.kind, last_activity_at, last_activity_at,
    last_activity_at, 1, contact.id, owner_id, team_id, stage.pipeline_id, stage.id, '',
    CASE WHEN stage.kind <> 'open' THEN last_activity_at END, (now() + contact.id % 90 * interval '1 day')::date
  FROM contacts_contact AS contact
    JOIN (SELECT *, row_number() OVER (ORDER BY position, id) - 1 AS place, count(*) OVER () AS places
      FROM deals_stage WHERE pipeline_id = (SELECT min(id) FROM deals_pipeline)) AS stage
      ON place = contact.id / 10 % places
  WHERE contact.id % 10 = 0"""

TASKS = """INSERT INTO tasks_task (title, kind, due_at, contact_id, owner_id, team_id, done_at, version, created_at,
    updated_at)
  SELECT 'Call ' || full_name, 'call', now() + (id % 2000 - 1000) * interval '1 hour', id, owner_id, team_id,
    CASE WHEN id % 10 <> 0 THEN now() - id % 500 * interval '1 hour' END, 1, last_activity_at, last_activity_at
  FROM contacts_contact WHERE id % 5 = 0"""

ACTIVITIES = """INSERT INTO activities_activity (subject, kind, direction, occurred_at, body, mentioned, payload,
    source, external_id, actor_id, contact_id, owner_id, team_id, version, created_at, updated_at)
  SELECT 'contact', 'note', '', last_activity_at, CASE WHEN id % 10 = 0 THEN 'Called about the garden' ELSE '' END,
    '{}', '{}', '', '', owner_id, id, owner_id, team_id, 1, now(), now()
  FROM contacts_contact, generate_series(1, CASE WHEN id = 1 THEN 40 ELSE 1 END)"""


def fill(connection: psycopg.Connection, contacts: int) -> None:
    """Make the tenant's rows unless they are there; the search path leads to it."""
    found = connection.execute("SELECT count(*) FROM contacts_contact").fetchone()
    if found is not None and found[0] >= contacts:
        return
    connection.execute(
        "SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET work_mem = '64MB'"
    )
    connection.execute("TRUNCATE contacts_contact RESTART IDENTITY CASCADE")
    _make_members(connection)
    with ExitStack() as stack:
        for table in (*TABLES, "contacts_emailaddress", "contacts_phonenumber"):
            stack.enter_context(_resting(connection, table))
        connection.execute(FIELDS)
        connection.execute(CONTACTS, {"contacts": contacts, "members": MEMBERS, "teams": TEAMS})
        connection.execute("ANALYZE contacts_contact")
        for statement in (*PARTS, DEALS, TASKS, ACTIVITIES):
            connection.execute(statement)
    with _without_indexes(connection, "search_key"):
        connection.execute("SELECT search_rebuild(), search_rebuild_about()")
    connection.execute("VACUUM ANALYZE")


def _make_members(connection: psycopg.Connection) -> None:
    """Agents 2 to 21, the first of each team its leader; the owner is member 1."""
    connection.execute(
        """INSERT INTO roles_team (id, name, created_at) SELECT n, 'Team ' || n, now()
             FROM generate_series(1, %s) AS n ON CONFLICT DO NOTHING""",
        [TEAMS],
    )
    connection.execute(
        """INSERT INTO roles_member (id, user_id, role_id, name, email, is_active, created_at)
           SELECT n, 1000000 + n,
             (SELECT id FROM roles_role WHERE key = CASE WHEN n <= %s THEN 'leader' ELSE 'agent' END),
             'Member ' || n, 'member' || n || '@bench.test', true, now()
             FROM generate_series(2, %s) AS n ON CONFLICT DO NOTHING""",
        [TEAMS + 1, MEMBERS + 1],
    )
    connection.execute(
        """INSERT INTO roles_teammember (team_id, member_id, is_leader, created_at)
           SELECT 1 + id %% %s, id, id <= %s, now() FROM roles_member WHERE id > 1 ON CONFLICT DO NOTHING""",
        [TEAMS, TEAMS + 1],
    )


@contextmanager
def _resting(connection: psycopg.Connection, table: str) -> Iterator[None]:
    """The table without its triggers for single rows, and without indexes that nothing rests on."""
    rows = connection.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE ANY (%s)",
        [table, list(RESTING)],
    ).fetchall()
    for (name,) in rows:
        connection.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')
    # What adds up deals and tasks looks things up by their indexes: those stay.
    indexes = nullcontext() if table in ADDED_UP else _without_indexes(connection, table)
    try:
        with indexes:
            yield
    finally:
        for (name,) in rows:
            connection.execute(f'ALTER TABLE {table} ENABLE TRIGGER "{name}"')


@contextmanager
def _without_indexes(connection: psycopg.Connection, table: str) -> Iterator[None]:
    """Indexes are made anew after the rows, which is faster; unique ones stay."""
    rows = connection.execute(
        """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
            WHERE indrelid = %s::regclass AND NOT indisunique""",
        [table],
    ).fetchall()
    for name, _ in rows:
        connection.execute(f"DROP INDEX {name}")
    try:
        yield
    finally:
        for _, definition in rows:
            connection.execute(definition)
