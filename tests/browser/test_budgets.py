"""What each main page asks of a browser: requests, bytes (as a first visit loads them) and elements."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from accounts.tenancy import tenant_context
from crm.companies.mutations import create_company
from crm.contacts.mutations import create_contact
from crm.deals.mutations import create_deal
from crm.tasks.mutations import create_task
from realtime.functions.call import call
from tests.browser.windows import log_in
from tests.cast import Cast

#: Address -> requests, kilobytes, elements, with thirty records of each kind. A page may become smaller at any time.
BUDGETS = {
    "/": (58, 420, 1500), "/contacts/": (58, 420, 2500), "/contacts/{contact}/": (58, 420, 1500),
    "/companies/": (58, 420, 2500), "/companies/{company}/": (58, 420, 1500), "/deals/": (58, 420, 1500),
    "/deals/?view=table": (58, 420, 2500), "/deals/{deal}/": (58, 420, 1500), "/tasks/": (58, 420, 2500),
    "/reports/pipeline/": (58, 420, 1500), "/search/?q=ada": (58, 420, 1500), "/notifications/": (58, 420, 1000),
    "/settings/workspace/": (58, 420, 1500), "/settings/team/": (58, 420, 1000),
}  # fmt: skip
MEASURE = """() => {
  const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  const bytes = all.reduce((sum, entry) => sum + entry.encodedBodySize, 0);
  return [all.length, Math.ceil(bytes / 1000), document.querySelectorAll("*").length];
}"""


@pytest.fixture(scope="module")
def ids(committed_db: str, cast: Cast) -> dict[str, Any]:
    """Thirty records of each kind; the ids of the last ones."""
    ctx = cast.olivia.context()
    with tenant_context(ctx.schema):
        for number in range(30):
            company = call(create_company, ctx, {"name": f"Hollis & Vane {number}"})
            given = {"first_name": f"Ada {number}", "company_id": company["id"]}
            contact = call(create_contact, ctx, given)
            linked = {"contact_id": contact["id"]}
            deal = call(create_deal, ctx, {"title": f"Loft {number}", "amount": "480000", **linked})
            call(create_task, ctx, {"title": f"Call back {number}", **linked})
    return {"contact": contact["id"], "company": company["id"], "deal": deal["id"]}


@pytest.mark.browser
def test_budgets(open_window: Callable[..., Page], cast: Cast, ids: dict[str, Any]) -> None:
    page = log_in(open_window, cast.olivia, "/").page
    found = {}
    for path in BUDGETS:
        answer = page.goto(path.format(**ids), wait_until="networkidle")
        assert answer is not None
        assert answer.status == 200
        found[path] = tuple(page.evaluate(MEASURE))
    above = {
        path: (measured, BUDGETS[path])
        for path, measured in found.items()
        if any(size > most for size, most in zip(measured, BUDGETS[path], strict=True))
    }
    assert above == {}, found
