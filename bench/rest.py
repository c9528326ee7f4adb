"""REST: list of 50 contacts and create, beside the bare query, the bare server and a plain DRF project.

    python -m bench.rest [--large] [--no-twin]

``--large`` adds 200,000 contacts. CPU is that of the web server's, PostgreSQL's and Valkey's processes a
request, with one client that asks one request after the other.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg

from bench import stage
from bench.measuring import HEADER, Client, Figures, free_port, measure, server
from bench.sizes import DIRECTORY, size

TIMES = size(400, 3)
SIZES = size((20_000,), (300,))
BODY = b'{"first_name":"Ada","last_name":"Lovelace","email":"ada@example.org","phone":"+14155550199"}'
WEB = [sys.executable, "-m", "config.web"]


def main() -> None:
    """Print one table a size, each from a process of its own: Django's settings hold for a process's life."""
    sizes = [word.partition("=")[2] for word in sys.argv if word.startswith("--contacts=")]
    if sizes:
        return measure_size(int(sizes[0]))
    for contacts in (20_000, 200_000) if "--large" in sys.argv else SIZES:
        options = [word for word in sys.argv[1:] if word != "--large"]
        command = [sys.executable, "-m", "bench.rest", f"--contacts={contacts}", *options]
        subprocess.run(command, check=True)
    return None


def measure_size(contacts: int) -> None:
    """The table of one size."""
    print(f"\n{contacts:,} contacts\n{HEADER}", flush=True)
    ours = measure_ours(contacts)
    twin = {} if "--no-twin" in sys.argv else measure_twin(contacts)
    print_ratios(ours | twin)


def print_ratios(found: dict[str, Figures]) -> None:
    """What the figures mean."""
    listed, bare_sql, bare_server = found["list of 50"], found["bare SQL of the list"], found["bare server"]
    print(f"list / (bare SQL + bare server): {listed.cpu / (bare_sql.cpu + bare_server.cpu):.1f}")
    if "twin: list of 50" in found:
        print(f"twin's list / list: {found['twin: list of 50'].cpu / listed.cpu:.1f}")
        print(f"twin's create / create: {found['twin: create'].cpu / found['create'].cpu:.1f}")


def measure_ours(contacts: int) -> dict[str, Figures]:
    """The deployment's own web process."""
    made = stage.prepare(contacts)
    pids = {"database": stage.pid_of("postgres"), "redis": stage.pid_of("valkey")}
    headers = {"Authorization": f"Bearer {made.key}"}
    requests: dict[str, Callable[[Client], bytes]] = {
        "bare server": lambda client: client.request("GET", "/healthz"),
        "list of 50": lambda client: client.request("GET", "/api/v1/contacts"),
        "create": lambda client: client.request("POST", "/api/v1/contacts", BODY, 201),
    }
    found = measure_requests(WEB, headers, requests, pids)
    found["bare SQL of the list"] = measure_bare_sql(made, pids)
    return found


def measure_twin(contacts: int) -> dict[str, Figures]:
    """The twin on the same kind of server."""
    database = f"bench_twin_{contacts}"
    with at_database(database):
        command = [sys.executable, "-m", "bench.twin.prepare", str(contacts)]
        made = subprocess.run(command, check=True, capture_output=True, text=True)
        token, stage_id = made.stdout.split()
        body = json.dumps(json.loads(BODY) | {"stage": int(stage_id)}).encode()
        pids = {"database": stage.pid_of("postgres"), "redis": stage.pid_of("valkey")}
        requests: dict[str, Callable[[Client], bytes]] = {
            "twin: bare server": lambda client: client.request("GET", "/healthz"),
            "twin: list of 50": lambda client: client.request("GET", "/api/contacts/"),
            "twin: create": lambda client: client.request("POST", "/api/contacts/", body, 201),
        }
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            "bench.twin.asgi:application",
            "--no-access-log",
            "--log-level=warning",
            "--port",
        ]
        return measure_requests(command, {"Authorization": f"Token {token}"}, requests, pids)


def measure_requests(
    command: list[str],
    headers: dict[str, str],
    requests: dict[str, Callable[[Client], bytes]],
    pids: dict[str, int],
) -> dict[str, Figures]:
    """Count each request's statements on one server, then measure on another whose statements nobody logs."""
    statements, found = {}, {}
    with running(command, headers, PGOPTIONS="-c log_statement=all") as (client, _):
        for name, request in requests.items():
            statements[name] = count_statements(lambda request=request: request(client))
    with running(command, headers) as (client, pid):
        for name, request in requests.items():
            found[name] = measure(lambda request=request: request(client), pids | {"web": pid}, TIMES)
            print(found[name].line(name, str(statements[name])), flush=True)
    return found


@contextmanager
def running(command: list[str], headers: dict[str, str], **environment: str) -> Iterator[tuple[Client, int]]:
    """A server and a client of it."""
    port = free_port()
    arguments = [*command, str(port)] if command[-1] == "--port" else command
    with server(arguments, port, PORT=str(port), **environment) as pid:
        yield Client(port, headers), pid


def count_statements(work: Callable[[], object]) -> int:
    """Statements of one warm run as PostgreSQL logs them, without BEGIN and COMMIT."""
    log = DIRECTORY / "postgres.log"
    for _ in range(3):
        work()
    before = log.stat().st_size
    work()
    lines = log.read_bytes()[before:].decode(errors="replace").splitlines()
    texts = [line.partition(": ")[2] for line in lines if " statement: " in line or " execute " in line]
    return sum(not text.strip().startswith(("BEGIN", "COMMIT", "ROLLBACK")) for text in after_colon(texts))


def after_colon(texts: list[str]) -> list[str]:
    """The SQL of log lines like ``statement: SELECT``."""
    return [text.split(": ", 1)[-1] for text in texts]


def measure_bare_sql(made: stage.Stage, pids: dict[str, int]) -> Figures:
    """The list's own query, prepared, on one connection; the client's CPU counts as the web server's."""
    with psycopg.connect(made.database_url, autocommit=True) as connection:
        connection.execute(f'SET search_path = "{made.schema}", public')
        figures = measure(
            lambda: connection.execute(LIST, prepare=True).fetchall(), pids | {"web": os.getpid()}, TIMES
        )
    print(figures.line("bare SQL of the list", "1"))
    return figures


LIST = """SELECT c.id, full_name, first_name, last_name, c.email, phone, job_title, stage_id, s.name, source,
    company_id, company_name, owner_id, m.name, team_id, last_activity_at, c.created_at, updated_at, archived_at,
    version FROM contacts_contact c JOIN contacts_contactstage s ON s.id = stage_id
    LEFT JOIN roles_member m ON m.id = owner_id
    WHERE archived_at IS NULL ORDER BY last_activity_at DESC, c.id DESC LIMIT 51"""


@contextmanager
def at_database(name: str) -> Iterator[None]:
    """The environment points at another database of the same servers."""
    before = os.environ["DATABASE_URL"]
    os.environ["DATABASE_URL"] = stage.make_database(urlsplit(before)._replace(path="/crm").geturl(), name)
    try:
        yield
    finally:
        os.environ["DATABASE_URL"] = before


if __name__ == "__main__":
    main()
