"""Every sort and every kind of filter of the lists, as owner, leader and agent: what the slow ones cost.

    python -m bench.sorts [--contacts=N] [--over=MS]

On the tenant that ``bench.scale --contacts=N`` makes (100,000 unless said). A cell is the median of three calls of
the search function in this process, in milliseconds with the database's, and "*" where the list says how far it looked.
``--over`` prints only rows with a cell above it.
"""

import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

import psycopg

from bench import stage
from bench.filling import fill
from bench.sizes import size

WHO = {"owner": 1, "leader": 2, "agent": 7}
TIMES = size(3, 1)
CONTACTS = size(100_000, 2_000)
#: A filter of each kind: on what an index finds and what none does, on much and on little.
FILTERS: dict[str, Any] = {
    "none": None,
    "stage is": {"field": "stage_id", "op": "is", "value": 2},
    "source is_not": {"field": "source", "op": "is_not", "value": "web"},
    "source of nobody": {"field": "source", "op": "is", "value": "moon"},
    "email is": {"field": "email", "op": "is", "value": "person777777@example.org"},
    "email contains": {"field": "email", "op": "contains", "value": "777777"},
    "phone contains": {"field": "phone", "op": "contains", "value": "55777"},
    "name contains": {"field": "full_name", "op": "contains", "value": "ller"},
    "name contains none": {"field": "full_name", "op": "contains", "value": "qqq"},
    "name starts_with": {"field": "full_name", "op": "starts_with", "value": "Yuki Ta"},
    "job ends_with": {"field": "job_title", "op": "ends_with", "value": "ect"},
    "background contains": {"field": "background", "op": "contains", "value": "lot1234"},
    "background empty": {"field": "background", "op": "empty"},
    "tag any_of, common": {"field": "tags", "op": "any_of", "value": ["Buyer"]},
    "tag any_of, rare": {"field": "tags", "op": "any_of", "value": ["vip"]},
    "tag none_of": {"field": "tags", "op": "none_of", "value": ["Buyer"]},
    "tag of nobody": {"field": "tags", "op": "any_of", "value": ["nobody"]},
    "price between": {"field": "price", "op": "between", "value": [1000, 1100]},
    "price empty": {"field": "price", "op": "empty"},
    "custom choice is": {"field": "custom.plan", "op": "is", "value": "gold"},
    "custom number is": {"field": "custom.budget", "op": "is", "value": 77700},
    "custom number at_least": {"field": "custom.budget", "op": "at_least", "value": 499800},
    "custom text contains": {"field": "custom.hobby", "op": "contains", "value": "29999"},
    "custom is_not": {"field": "custom.plan", "op": "is_not", "value": "gold"},
    "activity in_last": {"field": "last_activity_at", "op": "in_last", "value": {"count": 30, "unit": "day"}},
    "activity more_than_ago": {
        "field": "last_activity_at", "op": "more_than_ago", "value": {"count": 300, "unit": "day"},
    },
    "added within": {"field": "created_at", "op": "within", "value": "last_month"},
    "task overdue": {"field": "next_task_due_at", "op": "overdue"},
    "task empty": {"field": "next_task_due_at", "op": "empty"},
    "my teams": {"field": "team_id", "op": "my_teams"},
    "not my teams": {"field": "team_id", "op": "not_my_teams"},
    "owner is me": {"field": "owner_id", "op": "is_me"},
    "owner is not me": {"field": "owner_id", "op": "is_not_me"},
    "company's city": {"field": "company.city", "op": "is", "value": "Berlin"},
}  # fmt: skip
SEARCHES = ("john", "john smith", "yuki", "555123", "qqqqqq")
OTHERS = {"companies": "name", "deals": "-stage_entered_at", "tasks": "due_at"}


def main() -> None:
    """Print the tables."""
    given = dict(word.removeprefix("--").partition("=")[::2] for word in sys.argv[1:])
    contacts = int(given.get("contacts", CONTACTS))
    made = stage.prepare(0, f"bench_scale_{contacts}")
    with psycopg.connect(made.database_url, autocommit=True) as connection:
        connection.execute(f'SET search_path = "{made.schema}", public')
        fill(connection, contacts)
    least = float(given.get("over", 0))
    print(f"{'ms':44} {'owner':>8} {'leader':>8} {'agent':>8}")
    for name, area, args in cases():
        cells = [timed(member, area, args) for member in WHO.values()]
        if max(took for took, _ in cells) >= least:
            told = " ".join(f"{took:7.1f}{'*' if is_cut else ' '}" for took, is_cut in cells)
            print(f"{name:44} {told}", flush=True)


def cases() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What is asked: its name, the area, the search's arguments."""
    from crm.filters.catalogs import catalog_of

    sorts = [field.sort and field.key for field in catalog_of("contact").fields]
    for sort in filter(None, [*sorts, "custom.budget", "custom.hobby", "custom.plan"]):
        for key in (sort, f"-{sort}"):
            yield f"sort {key}", "contacts", {"sort": key}
    for name, node in FILTERS.items():
        for sort in ("-last_activity_at", "full_name", "source"):
            yield f"{name}, sort {sort}", "contacts", {"filter": node, "sort": sort}
    for text in SEARCHES:
        for sort in ("-last_activity_at", "full_name", "source"):
            yield f"search {text}, sort {sort}", "contacts", {"search": text, "sort": sort}
    for area, default in OTHERS.items():
        for field in catalog_of({"companies": "company"}.get(area, area[:-1])).fields:
            if field.sort:
                yield f"{area}, sort {field.key}", area, {"sort": field.key}
        yield (
            f"{area}, of nobody",
            area,
            {"filter": {"field": "owner_id", "op": "is", "value": 99}, "sort": default},
        )


def timed(member: int, area: str, args: dict[str, Any]) -> tuple[float, bool]:
    """Milliseconds of a call, and whether it looked at a part only."""
    from accounts.actor import member_context
    from accounts.models import Tenant
    from accounts.tenancy import tenant_context
    from realtime.functions.call import call

    schema = Tenant.objects.get(slug="bench").schema_name
    with tenant_context(schema):
        taken, found = [], {}
        for _ in range(TIMES):
            start = time.perf_counter()
            found = call(f"{area}.search_{area}", member_context(schema, member), args)
            taken.append((time.perf_counter() - start) * 1000)
            if taken[-1] > 3000:
                break
    return statistics.median(taken), "within" in found


if __name__ == "__main__":
    main()
