"""How many SQL statements a page takes: as many with fifty rows as with one."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.companies.mutations import create_company
from crm.contacts.mutations import create_contact
from crm.deals.mutations import create_deal
from crm.tasks.mutations import create_task
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.web.conftest import Browse

#: Page -> statements at most: session, user, place, tenant switcher, scope, name in the sidebar, then its own.
PAGES = {
    "/": 26, "/contacts/": 16, "/companies/": 14, "/deals/": 36, "/deals/?view=table": 17, "/tasks/": 15,
    "/search/?q=ada": 12, "/search/suggest/?q=ada": 6,
}  # fmt: skip


def statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len([query for query in captured if not query["sql"].startswith(("SET ", "SAVEPOINT", "RELEASE"))])


def make_records(cast: Cast, count: int) -> None:
    ctx = cast.alice.context()
    for number in range(count):
        company = call(create_company, ctx, {"name": f"Firm {number}"})
        given = {"first_name": f"Ada {number}", "company_id": company["id"]}
        contact = call(create_contact, ctx, given)
        call(create_deal, ctx, {"title": f"Loft {number}", "contact_id": contact["id"]})
        call(create_task, ctx, {"title": f"Call {number}", "contact_id": contact["id"]})


@pytest.mark.usefixtures("acme")
def test_rows_cost_no_statements(browse: Browse, cast: Cast) -> None:
    alice = browse(cast.alice)
    alice.get("/")  # the first request of a session also notes the visit
    make_records(cast, 1)
    few = {path: statements(alice, path) for path in PAGES}
    make_records(cast, 12)
    many = {path: statements(alice, path) for path in PAGES}
    assert many == few
    assert {path: count for path, count in few.items() if count > PAGES[path]} == {}
