"""Lists of companies, deals and tasks are, for own, team and all, one range of one index in order: no sort, no scan."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.companies.models import Company
from crm.deals.models import Deal, Stage
from crm.tasks.models import Task
from realtime.functions.call import call
from tests.cast import Cast
from tests.plans import explain

THEN = datetime(2026, 1, 1, tzinfo=UTC)
PEOPLE = {"alice": "own", "lea": "team", "olivia": "all"}


def owned(cast: Cast, number: int) -> dict[str, int]:
    """Every fourth row is Alice's, in North; the others are Bob's, in South."""
    person, team = (cast.alice, "North") if number % 4 == 0 else (cast.bob, "South")
    return {"owner_id": person.member_id, "team_id": cast.teams[team]}


def plan_of(table: str, function: str, cast: Cast, person: str, args: Any = None) -> str:
    """How PostgreSQL reads the table for the person's list."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table}")
    with CaptureQueriesContext(connection) as captured:
        call(function, getattr(cast, person).context(), args or {})
    # Where a window would end is no part of the list.
    sql = next(q["sql"] for q in captured if f'FROM "{table}"' in q["sql"] and "OFFSET" not in q["sql"])
    return explain(sql)


@pytest.mark.usefixtures("acme")
def test_deals(cast: Cast) -> None:
    stage = Stage.objects.filter(kind="open")[0]
    common = {
        "pipeline_id": stage.pipeline_id,
        "stage": stage,
        "status": "open",
        "title": "Deal",
        "amount": 1,
    }
    rows = [
        Deal(**common, **owned(cast, n), stage_entered_at=THEN + timedelta(minutes=n), rank=f"{n:05}1")
        for n in range(2000)
    ]
    Deal.objects.bulk_create(rows)
    for person, reach in PEOPLE.items():
        plan = plan_of("deals_deal", "deals.list_deals", cast, person)
        assert f"using deal_{reach}" in plan, plan
        assert "Sort" not in plan, plan


@pytest.mark.usefixtures("acme")
def test_tasks(cast: Cast) -> None:
    rows = [
        Task(title="Call", kind="call", due_at=THEN + timedelta(minutes=n), **owned(cast, n))
        for n in range(2000)
    ]
    Task.objects.bulk_create(rows)
    for person, reach in PEOPLE.items():
        plan = plan_of("tasks_task", "tasks.list_tasks", cast, person)
        assert f"using task_open_{reach}" in plan, plan
        assert "Sort" not in plan, plan


#: Filters of companies; the list's own index is walked with each.
COMPANY_FILTERS = (
    None,
    {"field": "industry", "op": "is", "value": "Boats"},
    {"field": "city", "op": "not_empty"},
)


@pytest.mark.usefixtures("acme")
def test_companies(cast: Cast) -> None:
    rows = [
        Company(name=f"Firm {n:05}", industry="Boats" if n % 3 else "Cars", city="Kiel", **owned(cast, n))
        for n in range(2000)
    ]
    Company.objects.bulk_create(rows)
    # Alice sees all companies as agents do; Lea those of her team.
    for person, reach in {"lea": "team", "olivia": "all"}.items():
        for filter in COMPANY_FILTERS:
            args = {"filter": filter, "sort": "name"}
            plan = plan_of("companies_company", "companies.search_companies", cast, person, args)
            assert f"using company_{reach}" in plan, plan
            assert "Sort" not in plan, plan
