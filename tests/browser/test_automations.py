"""An automation is built, published, set off and watched to its end, with real drivers that are killed in between."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import OutgoingEmail
from accounts.tenancy import tenant_context
from realtime.functions.call import call
from tests.browser.windows import SOON, Window, log_in
from tests.cast import ACME, Cast
from tests.processes import process
from workflows.testing import advance

Open = Callable[..., Page]
#: A step needs a claim, a turn and a push to the page.
LATER = 4 * SOON


def do(person: Any, function: str, **args: Any) -> Any:
    """Call a function as a person, committed."""
    with tenant_context(ACME):
        return call(function, person.context(), args)


@contextmanager
def driving(committed_db: str) -> Iterator[None]:
    """A driver, a real process, that ends by SIGKILL."""
    with process("driver", committed_db) as driver:
        yield
        driver.popen.kill()


def add(window: Window, place: str, kind: str, **fields: str) -> None:
    """Add a step by the menu behind a plus sign: ``place`` selects the button."""
    page = window.page
    page.locator(place).get_by_role("button", name="Add a step here").last.click()
    page.locator(".menu:popover-open").get_by_role("link", name=kind, exact=True).click()
    dialog = page.get_by_role("dialog")
    for label, value in fields.items():
        field = dialog.get_by_label(label.replace("_", " "))
        if field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    dialog.get_by_role("button", name="Add step").click()
    expect(dialog).to_be_hidden(timeout=SOON)


@pytest.mark.browser
def test_from_the_builder_to_the_end_of_a_run(open_window: Open, cast: Cast, committed_db: str) -> None:
    contact = do(cast.alice, "contacts.create_contact", first_name="Ada", email="ada@example.com")["id"]
    deal = do(cast.alice, "deals.create_deal", title="Loft", amount="5000", contact_id=contact)["id"]
    olivia = log_in(open_window, cast.olivia, "/automations/")
    page = olivia.page

    page.get_by_role("link", name="New automation").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("A good start")
    dialog.get_by_label("Starts when").select_option(label="A deal enters a stage")
    dialog.get_by_role("button", name="Create automation").click()
    expect(page.get_by_role("heading", name="A good start")).to_be_visible(timeout=SOON)
    expect(page.get_by_text("without one nothing happens")).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_be_disabled()
    olivia.expect_live()

    page.locator(".is-trigger").get_by_role("link", name="Change").click()
    dialog.get_by_label("Stage").select_option(label="Won")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator(".is-trigger")).to_contain_text("Won", timeout=SOON)
    add(olivia, ".flow > .flow-add", "Create a task", Task="Onboard {contact.first_name}")
    add(olivia, ".flow > .flow-add", "Wait", Days="2")
    add(
        olivia,
        ".flow > .flow-add",
        "Send an email",
        Subject="Welcome {contact.first_name}",
        Text="How is it?",
    )
    add(olivia, ".flow > .flow-add", "Branch", Ask_whether="The contact has answered")
    add(olivia, ".flow-way:last-child", "Notify somebody", Whom="The owner's leader", Text="No answer")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".badge.good", has_text="On")).to_be_visible(timeout=SOON)

    stages = do(cast.olivia, "deals.list_pipelines")[0]["stages"]
    won = next(stage["id"] for stage in stages if stage["kind"] == "won")
    with driving(committed_db):
        do(cast.alice, "deals.move_deal", deal_id=deal, stage_id=won)
        page.get_by_role("link", name="Loft").click(timeout=LATER)
        expect(page.locator(".run-head .badge")).to_have_text("Waiting", timeout=LATER)
    steps = page.locator(".run-steps > li")
    expect(steps.filter(has_text="Create task")).to_have_count(1)
    waiting = steps.last
    expect(waiting.locator(".badge")).to_have_text("Waiting")
    assert do(cast.alice, "tasks.list_tasks")["data"][0]["title"] == "Onboard Ada"

    olivia.page.evaluate("window.opened = true")
    olivia.expect_live()
    with tenant_context("public"):
        advance(timedelta(days=2))
    with driving(committed_db):
        expect(page.locator(".run-head .badge")).to_have_text("Completed", timeout=LATER)
    olivia.expect_not_reloaded()
    with tenant_context("public"):
        assert OutgoingEmail.objects.filter(recipient="ada@example.com", subject="Welcome Ada").count() == 1
    told = do(cast.lea, "notifications.list_notifications")["data"]
    assert [row["title"] for row in told if row["kind"] == "automation"] == ["No answer"]
    assert len(do(cast.alice, "tasks.list_tasks")["data"]) == 1
