"""How many SQL statements a page takes: as many with fifty rows as with one."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.companies.models import Company
from crm.companies.mutations import create_company
from crm.contacts.models import Contact
from crm.contacts.mutations import create_contact
from crm.deals.models import Deal
from crm.deals.mutations import create_deal
from crm.tasks.mutations import create_task
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.web.conftest import Browse

#: Page -> statements: session, user, place, credential, scope, tenant switcher, bell, sidebar (2), then its own.
PAGES = {
    "/": 21, "/contacts/": 11, "/contacts/{contact}/": 26, "/companies/": 11, "/companies/{company}/": 20,
    "/deals/": 22, "/deals/{deal}/": 23, "/deals/?view=table": 11, "/tasks/": 14,
    "/search/?q=ada": 11, "/search/suggest/?q=ada": 7,
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
    ids = {
        "contact": Contact.objects.values_list("id", flat=True)[0],
        "company": Company.objects.values_list("id", flat=True)[0],
        "deal": Deal.objects.values_list("id", flat=True)[0],
    }
    for path in PAGES:
        alice.get(path.format_map(ids))  # what is remembered a process: how far a list looks
    few = {path: statements(alice, path.format_map(ids)) for path in PAGES}
    make_records(cast, 12)
    many = {path: statements(alice, path.format_map(ids)) for path in PAGES}
    # A search that finds few by name looks once more, among what else is known.
    assert many == {path: count - path.startswith("/search/") for path, count in few.items()}
    assert few == PAGES
