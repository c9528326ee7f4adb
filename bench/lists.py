"""Every list of the REST API: statements and CPU of a request, beside the limit.

    python -m bench.lists [--contacts=N]

In the tenant of ``bench.scale`` (100,000 contacts unless said otherwise), as its owner. A list of a record's own rows
is asked for record 1 of everything, and left out where there is none.
"""

import sys

from bench import scale, stage
from bench.measuring import HEADER, measure
from bench.rest import count_statements
from bench.sizes import size

CONTACTS, TIMES = size(100_000, 2_000), size(60, 1)
#: What some lists are not answered without.
QUERIES = {"/contacts/lookup": "?phone=%2B12125551234", "/files": "?contact_id=1"}


def main() -> None:
    """One table."""
    contacts = next(
        (int(word.partition("=")[2]) for word in sys.argv if word.startswith("--contacts=")), CONTACTS
    )
    made = scale.prepare(contacts)
    requests = [scale.Asked(path, "owner", "GET", (f"/api/v1{path}",)) for path in paths()]
    keys = {"owner": made.key}
    print(f"\n{contacts:,} contacts\n{HEADER} limit", flush=True)
    statements = {}
    with scale.running(keys, PGOPTIONS="-c log_statement=all") as (clients, _):
        for request in requests:
            try:
                statements[request.name] = count_statements(scale.requests_of(clients, request))
            except AssertionError:  # there is no such record
                continue
    with scale.running(keys) as (clients, web):
        pids = {"database": stage.pid_of("postgres"), "redis": stage.pid_of("valkey"), "web": web}
        for request in requests:
            if request.name in statements:
                count = statements[request.name]
                found = measure(scale.requests_of(clients, request), pids, TIMES, 20)
                print(found.line(request.name, str(count)), scale.LIST.verdict(found, count), flush=True)


def paths() -> list[str]:
    """The addresses of all lists, with 1 for each id."""
    from api.v1 import ROUTES

    return [
        route.path.format_map(dict.fromkeys(route.names, 1) | {"object": "contact"})
        + QUERIES.get(route.path, "")
        for route in ROUTES
        if route.method == "GET" and route.is_list
    ]


if __name__ == "__main__":
    main()
