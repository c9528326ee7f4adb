"""What a tenant's size costs: lists, filters, board, contact page, search as one types, look-up, dashboard.

    python -m bench.scale [--large] [--contacts=N]

2,000 and 100,000 contacts in one tenant, with ``--large`` also 1,000,000; as owner (sees all), leader (a team) and
agent (their own). CPU is that of the web server, PostgreSQL and Valkey; one client asks one request after the other.
Beside each figure stands its limit, and whether it was kept at the machine's full speed (``bench.yardstick``).
``python -m bench.lists`` does so for all other lists.
"""

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import psycopg

from bench import stage
from bench.filling import fill
from bench.measuring import HEADER, Client, Figures, free_port, measure, server
from bench.pages import log_in, prepare_login
from bench.rest import WEB, count_statements
from bench.sizes import size

SIZES, LARGE = size((2_000, 100_000), (2_000,)), 1_000_000
TIMES = size(120, 1)
#: Search as one types: each request goes on with the word.
TYPED = ["j", "jo", "joh", "john", "john s", "john sm", "john smi", "john smit", "john smith"]
LATE = {"field": "stage_id", "op": "is", "value": 2}
FILTER = {"all": [LATE, {"field": "source", "op": "is", "value": "fair"}]}
RARE = {"field": "tags", "op": "any_of", "value": ["vip"]}


#: Pages that are lists.
LIST_PAGES = ("page: contacts", "page: board")
Clients = dict[str, Callable[[], Client]]


@dataclass(frozen=True)
class Limit:
    """What a request may take: CPU milliseconds of all servers, statements, and milliseconds until all but 5 % came."""

    cpu: float
    statements: int | None = None
    p95: float | None = None

    def verdict(self, found: Figures, statements: int) -> str:
        """The limit, and whether the figures keep it."""
        limits = {"CPU ms": self.cpu, "SQL": self.statements, "p95 ms": self.p95}
        values = {"CPU ms": found.cpu_at_full_speed, "SQL": statements, "p95 ms": found.p95}
        known = {name: most for name, most in limits.items() if most is not None}
        over = [name for name, most in known.items() if values[name] > most]
        said = ", ".join(f"{name} {most:g}" for name, most in known.items())
        return f"{said:22} {'missed: ' + ', '.join(over) if over else 'kept'}"


LIST, SEARCH, PAGE = Limit(4, 5), Limit(3, p95=20), Limit(20)


@dataclass(frozen=True)
class Asked:
    """One request: as whom, and what."""

    name: str
    who: str
    method: str
    paths: tuple[str, ...]
    body: bytes | None = None

    @property
    def limit(self) -> Limit | None:
        """What is promised of such requests; None where nothing is."""
        if self.who == "page":
            return PAGE if self.name in LIST_PAGES else None
        return SEARCH if self.name.startswith("search") else LIST


def asked() -> list[Asked]:
    """Every request that is measured."""
    import orjson

    def get(name: str, who: str, *paths: str) -> Asked:
        return Asked(name, who, "GET", paths)

    def find(name: str, who: str, filter: object) -> Asked:
        return Asked(name, who, "POST", ("/api/v1/contacts/search",), orjson.dumps({"filter": filter}))

    search = tuple(f"/api/v1/search?q={text.replace(' ', '%20')}" for text in TYPED)
    return [
        *(get(f"list, {who}", who, "/api/v1/contacts") for who in ("owner", "leader", "agent")),
        get("list by name, agent", "agent", "/api/v1/contacts?sort=full_name"),
        find("filtered list, owner", "owner", FILTER),
        find("filtered list, agent", "agent", FILTER),
        find("filter by a rare tag, owner", "owner", RARE),
        *(get(f"search as one types, {who}", who, *search) for who in ("owner", "agent")),
        get("look-up by number", "owner", "/api/v1/contacts/lookup?phone=%2B12125551234"),
        get("board of deals, REST", "owner", "/api/v1/deals/board"),
        get("board of deals, REST, agent", "agent", "/api/v1/deals/board"),
        get("contact, REST", "owner", "/api/v1/contacts/1"),
        get("page: contacts", "page", "/contacts/"),
        get("page: contact", "page", "/contacts/1/"),
        get("page: board", "page", "/deals/"),
        get("page: dashboard", "page", "/"),
    ]


def main() -> None:
    """One table a size, each from a process of its own."""
    sizes = [int(word.partition("=")[2]) for word in sys.argv if word.startswith("--contacts=")]
    if len(sizes) == 1:
        return measure_size(sizes[0])
    for contacts in (*SIZES, LARGE) if "--large" in sys.argv else SIZES:
        subprocess.run([sys.executable, "-m", "bench.scale", f"--contacts={contacts}"], check=True)
    return None


def measure_size(contacts: int) -> None:
    """The table of one size."""
    made = prepare(contacts)
    prepare_login(made)
    keys = {"owner": made.key, "leader": stage.key_of(made, 2), "agent": stage.key_of(made, 7)}
    print(f"\n{contacts:,} contacts\n{HEADER} limit", flush=True)
    statements = {}
    with running(keys, PGOPTIONS="-c log_statement=all") as (clients, _):
        for request in asked():
            statements[request.name] = count_statements(requests_of(clients, request))
    with running(keys) as (clients, web):
        pids = {"database": stage.pid_of("postgres"), "redis": stage.pid_of("valkey"), "web": web}
        for request in asked():  # what a server does once in its first seconds is no request's
            measure(requests_of(clients, request), {}, size(30, 1), 0)
        for request in asked():
            found: Figures = measure(requests_of(clients, request), pids, TIMES, 20)
            verdict = request.limit.verdict(found, statements[request.name]) if request.limit else ""
            print(found.line(request.name, str(statements[request.name])), verdict, flush=True)


def prepare(contacts: int) -> stage.Stage:
    """The tenant of that size, made on the first run and kept for the next."""
    made = stage.prepare(0, f"bench_scale_{contacts}")
    with psycopg.connect(made.database_url, autocommit=True) as connection:
        connection.execute(f'SET search_path = "{made.schema}", public')
        fill(connection, contacts)
    return made


def requests_of(clients: Clients, request: Asked) -> Callable[[], object]:
    """Ask one path after the other, again and again, on a connection of its own: the server closes idle ones."""

    def turn() -> Iterator[bytes]:
        client = clients[request.who]()
        while True:
            for path in request.paths:
                yield client.request(request.method, path, request.body)

    answers = turn()
    return lambda: next(answers)


@contextlib.contextmanager
def running(keys: dict[str, str], **environment: str) -> Iterator[tuple[Clients, int]]:
    """A web server, clients for each key and with a session."""
    port = free_port()
    with server(WEB, port, PORT=str(port), **environment) as pid:
        clients = {
            who: partial(Client, port, {"Authorization": f"Bearer {key}"}) for who, key in keys.items()
        }
        clients["page"] = partial(Client, port, {"Cookie": log_in(port), "Host": f"localhost:{port}"})
        yield clients, pid


if __name__ == "__main__":
    main()
