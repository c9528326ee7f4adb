"""An automation is built, published, set off and watched to its end; every process is killed in between."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.tenancy import tenant_context
from crm.mail.models import MailMessage
from realtime.functions.call import call
from tests.browser.windows import SOON, Window, log_in
from tests.cast import ACME, Cast
from tests.processes import Process, answers, free_port, process, wait_for
from workflows.testing import advance

Open = Callable[..., Page]


def do(person: Any, function: str, **args: Any) -> Any:
    """Call a function as a person, committed."""
    with tenant_context(ACME):
        return call(function, person.context(), args)


class Deployment:
    """Every kind of process, which all can be killed at once and started again at the same address."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self.port = free_port()
        self.running: list[Process] = []
        self.stack = ExitStack()

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """All but those that were killed start; returns when the web answers."""
        self.running = [
            self.stack.enter_context(process(name, self.database_url, PORT=str(self.port)))
            for name in ("web", "relay", "worker", "beat", "driver")
        ]
        wait_for(lambda: answers(f"{self.address}/healthz", self.running[0]))

    def kill(self) -> None:
        """SIGKILL for all of them."""
        for each in self.running:
            each.kill()


@pytest.fixture(scope="module")
def deployment(committed_db: str) -> Iterator[Deployment]:
    """All processes on the module's database."""
    deployment = Deployment(committed_db)
    with deployment.stack:
        deployment.start()
        yield deployment
        deployment.kill()  # quicker than asking each of them


@pytest.fixture(scope="module")
def address(deployment: Deployment) -> str:
    """Where browsers find it."""
    return deployment.address


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
def test_from_the_builder_to_the_end_of_a_run(open_window: Open, cast: Cast, deployment: Deployment) -> None:
    contact = do(cast.alice, "contacts.create_contact", first_name="Ada", email="ada@example.com")["id"]
    deal = do(cast.alice, "deals.create_deal", title="Loft", amount="5000", contact_id=contact)["id"]
    olivia = log_in(open_window, cast.olivia, "/automations/")
    page = olivia.page

    page.get_by_role("link", name="New automation").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Starts when").select_option(label="A deal enters a stage")
    dialog.get_by_label("Name").fill("A good start")
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
    # The button that has the focus says what a press would do now.
    expect(page.get_by_role("button", name="Turn off")).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)

    stages = do(cast.olivia, "deals.list_pipelines")[0]["stages"]
    won = next(stage["id"] for stage in stages if stage["kind"] == "won")
    do(cast.alice, "deals.move_deal", deal_id=deal, stage_id=won)
    page.get_by_role("link", name="Loft").click(timeout=SOON)
    expect(page.locator(".run-head .badge")).to_have_text("Waiting", timeout=SOON)
    steps = page.locator(".run-steps > li")
    expect(steps.filter(has_text="Create a task")).to_have_count(1)
    waiting = steps.last
    expect(waiting.locator(".badge")).to_have_text("Waiting")
    assert do(cast.alice, "tasks.list_tasks")["data"][0]["title"] == "Onboard Ada"

    olivia.page.evaluate("window.opened = true")
    olivia.expect_live()
    deployment.kill()
    expect(page.locator("html[data-connection=live]")).to_have_count(0, timeout=SOON)
    with tenant_context("public"):
        advance(timedelta(days=2))
    deployment.start()
    # The page finds its server again by itself, and shows what went on.
    expect(page.locator(".run-head .badge")).to_have_text("Completed", timeout=SOON)
    olivia.expect_live()
    olivia.expect_not_reloaded()
    with tenant_context(ACME):
        assert MailMessage.objects.filter(to_address="ada@example.com", subject="Welcome Ada").count() == 1
    told = do(cast.lea, "notifications.list_notifications")["data"]
    assert [row["title"] for row in told if row["kind"] == "automation"] == ["No answer"]
    assert len(do(cast.alice, "tasks.list_tasks")["data"]) == 1


#: What a person hears of the element that has the focus.
FOCUSED = """() => {
  const e = document.activeElement;
  return (e.labels?.[0]?.innerText || e.getAttribute("aria-label") || e.innerText || e.title || "").trim();
}"""


def by_keys(page: Page, name: str, *keys: str) -> None:
    """Go to what is called so by Tab alone, then press keys; a text of more than one word is typed."""
    for _ in range(90):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED).startswith(name):
            break
    else:
        raise AssertionError(f"Tab does not come to {name!r}")
    for key in keys:
        if key in ("Enter", "d", "a"):
            page.keyboard.press(key)
        else:
            page.keyboard.type(key)


@pytest.mark.browser
def test_built_by_keys_alone_and_set_off_by_an_amount(open_window: Open, cast: Cast) -> None:
    deal = do(cast.alice, "deals.create_deal", title="Barn", amount="500")["id"]
    olivia = log_in(open_window, cast.olivia, "/automations/")
    page, dialog = olivia.page, olivia.page.get_by_role("dialog")
    by_keys(page, "New automation", "Enter")
    expect(dialog).to_be_visible()
    by_keys(page, "Starts when", "A record ch")
    by_keys(page, "Name", "Rising")
    by_keys(page, "Create automation", "Enter")
    expect(page.get_by_role("heading", name="Rising")).to_be_visible()
    olivia.expect_live()
    by_keys(page, "Change", "Enter")
    expect(dialog.get_by_label("Field")).to_be_visible()
    by_keys(page, "Kind of record", "d")
    expect(dialog.locator("option", has_text="Amount")).to_have_count(1)
    by_keys(page, "Field", "a")
    expect(dialog.get_by_label("Old value")).to_be_visible()
    by_keys(page, "The value before", "is less")
    by_keys(page, "Old value", "1000")
    by_keys(page, "The value after", "is at least")
    by_keys(page, "New value", "1000")
    by_keys(page, "Save", "Enter")
    said = "Amount: is less than 1000 → is at least 1000"
    expect(page.locator(".is-trigger")).to_contain_text(said)
    by_keys(page, "Add a step here", "Enter")
    by_keys(page, "Create a record", "Enter")
    expect(dialog.get_by_label("Kind of record")).to_be_visible()
    by_keys(page, "Title", "Second {deal.title}")
    by_keys(page, "Add step", "Enter")
    expect(page.locator(".flow-card", has_text="Second {deal.title}")).to_be_visible()
    by_keys(page, "Publish", "Enter")
    expect(page.locator(".badge.good", has_text="On")).to_be_visible()
    do(cast.alice, "deals.update_deal", deal_id=deal, changes={"amount": "900"})
    do(cast.alice, "deals.update_deal", deal_id=deal, changes={"amount": "1500"})
    expect(page.get_by_role("link", name="Barn")).to_be_visible()
    page.get_by_role("link", name="Barn").click()
    expect(page.locator(".run-head .badge")).to_have_text("Completed")
    expect(page.locator(".run-steps > li").filter(has_text="Create a record")).to_have_count(1)
    made = [row for row in do(cast.alice, "deals.list_deals")["data"] if row["title"] == "Second Barn"]
    assert len(made) == 1
