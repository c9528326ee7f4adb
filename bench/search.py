"""Search as one types: GET /search at 2,000 and 100,000 contacts, beside plain ILIKE and plain trigram similarity.

    python -m bench.search [--large] [--quick]

``--large`` adds 1,000,000 contacts in one tenant. The goal at that size: p95 below 20 ms, 3 ms of server CPU a
keystroke. CPU is that of the web server and PostgreSQL, with one client that asks one request after the other; the
search function alone is measured on a connection of its own, for the owner (who sees all) and for a member who sees
only their own half per cent. The two plain searches are bare statements over names, addresses and numbers, with the
trigram index that each needs.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from urllib.parse import quote

import psycopg

from bench import stage
from bench.measuring import HEADER, Client, cpu_ms, free_port, server, speed
from bench.rest import count_statements, running
from bench.sizes import size

WEB = [sys.executable, "-m", "config.web"]
SEED = 20_261_122
#: Requests a kind of query, and those of the plain searches, which take long.
TIMES, PLAIN_TIMES = size((240, 24), (4, 2))
SIZES = size((2_000, 100_000), (2_000,))

SEED_SQL = """
CREATE TEMP TABLE words AS
SELECT n, initcap(string_agg(part, '' ORDER BY place)) AS word FROM (
    SELECT n, place, (ARRAY['ka','ber','lo','mi','son','re','ta','vin','ste','mar','gold','no','ley','sch','dor',
        'el','an','ri','chi','wood','fel','ton','ha','qui','zu','os','pe','du','jo','smi'])
        [1 + floor(random() * 30)::int] AS part
      FROM generate_series(1, 42000) AS n, generate_series(1, 2 + n %% 3) AS place) AS parts GROUP BY n;
UPDATE words SET word = (ARRAY['James','Mary','John','Jennifer','Michael','Linda','José','Müller','Zoë','Søren'])[n]
 WHERE n <= 10;
UPDATE words SET word = (ARRAY['Smith','Johnson','García','Müller','Wilson'])[n - 2000] WHERE n BETWEEN 2001 AND 2005;
CREATE UNIQUE INDEX ON words (n);
-- Squares and cubes of random numbers: some names are common, most are rare.
INSERT INTO contacts_contact (first_name, last_name, full_name, email, phone, phone_e164, job_title, stage_id, source,
    company_name, background, last_activity_at, owner_id, version, created_at, updated_at, custom)
SELECT '', '', f.word || ' ' || l.word,
       lower(search_fold(f.word) || '.' || search_fold(l.word) || made.n %% 97) || '@' ||
       CASE WHEN made.n %% 3 = 0 THEN 'mail.example' ELSE 'firm' || made.n %% 5000 || '.example' END,
       number, number, '', %(stage)s, '', '', '', now() - made.n * interval '1 minute',
       CASE WHEN made.n %% 200 = 0 THEN %(agent)s ELSE %(owner)s END, 1, now(), now(), '{}'
  FROM (SELECT n, 1 + floor(2000 * random() ^ 3)::int AS first, 2001 + floor(40000 * random() ^ 3)::int AS last,
               '+1' || 200 + floor(random() * 790)::int || 200 + floor(random() * 800)::int
                    || lpad(floor(random() * 10000)::text, 4, '0') AS number
          FROM generate_series(1, %(contacts)s) AS n) AS made
  JOIN words f ON f.n = first JOIN words l ON l.n = last;
INSERT INTO companies_company (name, domain, phone, city, industry, notes, owner_id, version, created_at, updated_at,
    custom)
SELECT l.word || ' ' || (ARRAY['Realty','Partners','Holdings','Foods','Legal'])[1 + made %% 5] || ' ' || made,
       '', '', '', '', '', %(owner)s, 1, now(), now(), '{}'
  FROM generate_series(1, %(contacts)s / 20) AS made JOIN words l ON l.n = 2001 + made %% 40000;
INSERT INTO activities_activity (subject, contact_id, kind, body, direction, occurred_at, source, external_id, payload,
    mentioned, owner_id, version, created_at, updated_at)
SELECT 'contact', c.id, 'note',
       'Called about the ' || f.word || ' contract, wants ' || l.word || ' by Friday; budget is tight.', '',
       now() - c.id * interval '1 minute', '', '', '{}', '{}', c.owner_id, 1, now(), now()
  FROM contacts_contact c JOIN words f ON f.n = 1 + c.id %% 2000 JOIN words l ON l.n = 2001 + c.id %% 40000
 WHERE c.id %% 4 = 0;
"""
INDEXES = [
    "CREATE INDEX IF NOT EXISTS bench_plain ON contacts_contact"
    " USING gin ((full_name || ' ' || email || ' ' || phone_e164) gin_trgm_ops)",
]
TEXT = "full_name || ' ' || email || ' ' || phone_e164"
ILIKE = (
    f"SELECT id FROM contacts_contact WHERE {TEXT} ILIKE %s AND archived_at IS NULL"
    " ORDER BY last_activity_at DESC LIMIT 6"
)
TRIGRAM = (
    f"SELECT id FROM contacts_contact WHERE %s <%% ({TEXT}) AND archived_at IS NULL"
    f" ORDER BY word_similarity(%s, {TEXT}) DESC LIMIT 6"
)


def main() -> None:
    """A table a size, each from a process of its own."""
    sizes = [word.partition("=")[2] for word in sys.argv if word.startswith("--contacts=")]
    if sizes:
        return measure_size(int(sizes[0]))
    for contacts in (2_000, 100_000, 1_000_000) if "--large" in sys.argv else SIZES:
        command = [sys.executable, "-m", "bench.search", f"--contacts={contacts}"]
        subprocess.run(command, check=True)
    return None


def measure_size(contacts: int) -> None:
    """The table of one size."""
    address, _ = stage.set_environment(f"bench_search_{contacts}")
    schema, key, owner, agent = prepare(address, contacts)
    print(f"\n{contacts:,} contacts\n{HEADER}", flush=True)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'SET search_path = "{schema}", public')
        queries = make_queries(connection)
        measure_requests(key, queries)
        for name, member, reach in (("all", owner, "all"), ("own", agent, "own")):
            for kind, texts in queries.items():
                measure_statement(
                    connection, f"function alone, {name}: {kind}", ours(connection, member, reach), texts
                )
        measure_plain(connection, queries)


def prepare(address: str, contacts: int) -> tuple[str, str, int, int]:
    """The tenant's schema, its owner's API key, and the ids of the owner and of the one who sees only their own."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    schema, owner, key = stage._tenant_with_key()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'SET search_path = "{schema}", public')
        agent = second_member(connection)
        fill(connection, owner, agent, contacts)
    return schema, key, owner, agent


def second_member(connection: psycopg.Connection) -> int:
    """Somebody beside the owner."""
    made = connection.execute(
        "INSERT INTO roles_member (user_id, role_id, name, email, is_active, created_at)"
        " SELECT 999999, min(role_id), 'Agent', 'agent@bench.test', true, now() FROM roles_member"
        " WHERE NOT EXISTS (SELECT FROM roles_member WHERE user_id = 999999) HAVING count(*) > 0 RETURNING id"
    ).fetchone()
    found = made or connection.execute("SELECT id FROM roles_member WHERE user_id = 999999").fetchone()
    assert found is not None
    return int(found[0])


def fill(connection: psycopg.Connection, owner: int, agent: int, contacts: int) -> None:
    """The tenant's rows, past their triggers; then the keys, which are what is measured."""
    found = connection.execute(
        "SELECT (SELECT count(*) FROM contacts_contact), min(id) FROM contacts_contactstage"
    ).fetchone()
    assert found is not None
    if found[0] >= contacts:
        return
    start = time.perf_counter()
    values = {"stage": found[1], "owner": owner, "agent": agent, "contacts": contacts}
    with connection.transaction(), psycopg.ClientCursor(connection) as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SELECT setseed(0.25)")
        cursor.execute(SEED_SQL, values)
    seeded = time.perf_counter()
    rebuild(connection)
    connection.execute("VACUUM ANALYZE")
    print(f"rows {seeded - start:.0f} s, keys {time.perf_counter() - seeded:.0f} s")


def rebuild(connection: psycopg.Connection) -> None:
    """The keys of all rows; their indexes are made after them, which takes a fraction of the time."""
    sql = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema AND tablename = 'search_key'"
    indexes = connection.execute(sql).fetchall()
    with connection.transaction():
        connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        connection.execute("SELECT search_rebuild(), search_rebuild_about()")
        for _, definition in indexes:
            connection.execute(definition)


def make_queries(connection: psycopg.Connection) -> dict[str, list[str]]:
    """Kind -> texts, from random contacts: every keystroke of a name, whole names with a mistake, fragments."""
    rng = random.Random(SEED)
    rows = connection.execute(
        "SELECT search_fold(full_name), email, phone_e164 FROM contacts_contact WHERE id % (SELECT greatest(1,"
        " max(id) / 60) FROM contacts_contact) = 0 LIMIT 60"
    ).fetchall()
    names = [name for name, _, _ in rows]
    return {
        "as one types": [name[:end] for name in names for end in range(1, min(len(name), 12) + 1)],
        "common beginnings": ["a", "j", "jo", "s", "smi", "smith", "ma", "john s", "mary j"],
        "one mistake": [mistyped(rng, name) for name in names],
        "numbers": [number[4:][: rng.randrange(3, 8)] for _, _, number in rows],
        "addresses": [email[rng.randrange(0, 3) :][: rng.randrange(5, 16)] for _, email, _ in rows],
        "nothing like it": ["qzxjvw", "xqjz kwpq", "zzzzzzzz", "wxyzk vvq"],
    }


def mistyped(rng: random.Random, name: str) -> str:
    """Two neighbouring letters swapped."""
    at = rng.randrange(1, len(name) - 2)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def measure_requests(key: str, queries: dict[str, list[str]]) -> None:
    """GET /search as the owner."""
    headers = {"Authorization": f"Bearer {key}"}
    first = path(queries["as one types"][4])
    with running(WEB, headers, PGOPTIONS="-c log_statement=all") as (client, _):
        statements = count_statements(lambda: client.request("GET", first))
    port = free_port()
    with server(WEB, port, PORT=str(port)) as web:
        client = Client(port, headers)
        pids = {"web": web, "database": stage.pid_of("postgres")}
        measure_kind("bare server", lambda _: client.request("GET", "/healthz"), ["x"], pids)
        for kind, texts in queries.items():
            measure_kind(
                f"GET /search: {kind}", lambda t: client.request("GET", path(t)), texts, pids, str(statements)
            )


def path(text: str) -> str:
    """The address of a search."""
    return f"/api/v1/search?limit=5&q={quote(text)}"


def ours(connection: psycopg.Connection, member: int, reach: str) -> Callable[[str], object]:
    """The search function alone, prepared."""
    from crm.search.sources import SOURCES

    sources = [number for numbers in SOURCES.values() for number in numbers]
    reaches = [reach] * len(sources)
    sql = "SELECT * FROM search_find(%s, %s::smallint[], %s::text[], %s, '{}', 6)"
    return lambda text: connection.execute(sql, [text, sources, reaches, member], prepare=True).fetchall()


def measure_statement(
    connection: psycopg.Connection,
    name: str,
    ask: Callable[[str], object],
    texts: list[str],
    times: int = TIMES,
) -> None:
    """A statement on a connection of its own; the client's CPU is left out."""
    measure_kind(name, ask, texts, {"database": connection.info.backend_pid}, "1", times)


def measure_plain(connection: psycopg.Connection, queries: dict[str, list[str]]) -> None:
    """Bare ILIKE and bare trigram similarity for the same texts, each with its index; five seconds at most."""
    for index in INDEXES:
        connection.execute(index)
    connection.execute("SET statement_timeout = '5s'")
    plain: dict[str, Callable[[str], object]] = {
        "ILIKE": lambda text: connection.execute(ILIKE, [f"%{text}%"]).fetchall(),
        "trigram": lambda text: connection.execute(TRIGRAM, [text, text]).fetchall(),
    }
    for name, ask in plain.items():
        for kind in ("as one types", "common beginnings", "one mistake"):
            measure_statement(connection, f"plain {name}: {kind}", bounded(ask), queries[kind], PLAIN_TIMES)


def bounded(ask: Callable[[str], object]) -> Callable[[str], object]:
    """The same, going on where the time was up."""

    def asked(text: str) -> object:
        try:
            return ask(text)
        except psycopg.errors.QueryCanceled:
            return None

    return asked


def measure_kind(
    name: str,
    ask: Callable[[str], object],
    texts: Iterable[str],
    pids: dict[str, int],
    statements: str = "",
    times: int = TIMES,
) -> None:
    """One line of the table: the texts one after the other, again and again; the first round is not counted."""
    from bench.measuring import Figures
    from bench.yardstick import piece

    listed = list(texts)
    chosen = (
        (listed * (times // len(listed) + 1))[:times]
        if len(listed) < times
        else listed[:: len(listed) // times][:times]
    )
    for text in chosen[: min(times, 60)]:
        ask(text)
    before = {each: cpu_ms(pid) for each, pid in pids.items()}
    latencies, pieces = [], []
    for text in chosen:
        start = time.perf_counter()
        ask(text)
        latencies.append((time.perf_counter() - start) * 1000)
        pieces.append(piece())
    spent = {each: (cpu_ms(pid) - before[each]) / len(chosen) for each, pid in pids.items()}
    latencies.sort()
    figures = Figures(
        spent.get("web", 0.0), spent.get("database", 0.0), 0.0,
        latencies[len(chosen) // 2], latencies[len(chosen) * 95 // 100], speed(pieces),
    )  # fmt: skip
    print(figures.line(name, statements), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("API_REQUESTS_PER_KEY", "100000000")
    main()
