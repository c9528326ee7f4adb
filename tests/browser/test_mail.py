"""Email as people use it: a template, a sequence, who goes through it, answers, files, and the way out of it."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.actor import system_context
from accounts.tenancy import tenant_context
from realtime.functions.call import call
from tests.browser.windows import SOON, Window, log_in
from tests.cast import ACME, Cast
from tests.crm.mail.test_receiving import answer
from tests.processes import Mailbox, mail_server, process, wait_for

Open = Callable[..., Page]
RULES = {"days": [0, 1, 2, 3, 4, 5, 6], "opens_at": time(0), "closes_at": time(23, 59), "pace_seconds": 0}
PHONE = {"viewport": {"width": 390, "height": 844}}


def do(ctx: Any, function: str, **args: Any) -> Any:
    """Call a function, committed."""
    with tenant_context(ACME):
        return call(function, ctx, args)


@pytest.fixture(scope="module")
def outbox(committed_db: str) -> Iterator[Mailbox]:
    """A mail server, and the driver that does what is due."""
    with mail_server() as server, process("driver", committed_db, **server.environment):
        yield server


@pytest.fixture(scope="module")
def contacts(committed_db: str, cast: Cast) -> dict[str, int]:
    """Three contacts of three owners: one sender's emails keep a distance of seconds."""
    people = {"Ada": cast.alice, "Ben": cast.bob, "Cora": cast.lea}
    return {
        name: do(
            person.context(), "contacts.create_contact", first_name=name, email=f"{name}@example.com".lower()
        )["id"]
        for name, person in people.items()
    }


def dialog_of(page: Page) -> Locator:
    return page.get_by_role("dialog")


def add(page: Page, kind: str, **fields: str) -> None:
    """Add a step at the end of the sequence."""
    page.get_by_role("button", name="Add a step here").last.click()
    page.locator(".menu:popover-open").get_by_role("link", name=kind, exact=True).click()
    dialog = dialog_of(page)
    for label, value in fields.items():
        field = dialog.get_by_label(re.compile(rf"^{label}(\s*optional)?$"))
        if field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    dialog.get_by_role("button", name="Add step").click()
    expect(dialog).to_be_hidden(timeout=SOON)


def figure(page: Page, name: str) -> Locator:
    """What stands under the name among a sequence's figures."""
    return page.locator(".figures > div").filter(has=page.get_by_text(name, exact=True)).locator("dd")


def write_template(page: Page) -> None:
    """A template with a merge field that Ada has no value for, previewed."""
    page.goto("/settings/templates/new/")
    page.get_by_label("Name").fill("Hello")
    page.get_by_label("Subject").fill("Hello {{contact.first_name|there}}")
    page.get_by_label("Text").fill("Is {{contact.phone}} your number?")
    page.get_by_role("button", name="Preview").click()
    shown = page.locator("[data-previewed]")
    expect(shown).to_contain_text("As Cora would get it", timeout=SOON)
    expect(shown).to_contain_text("Hello Cora")
    expect(shown).to_contain_text("contact.phone")
    page.get_by_label("Text").fill("Is {{contact.nonsense}} your number?")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("There is no merge field")).to_be_visible(timeout=SOON)
    page.get_by_label("Text").fill("How are you?")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Hello", exact=True).first).to_be_visible(timeout=SOON)


def build_sequence(page: Page, cast: Cast) -> int:
    """An email, a wait, a task and an email, published; the sequence's id."""
    page.goto("/sequences/")
    page.get_by_role("link", name="New sequence").first.click()
    dialog_of(page).get_by_label("Name").fill("Welcome")
    dialog_of(page).get_by_role("button", name="Create sequence").click()
    expect(page.get_by_role("button", name="Publish")).to_be_disabled(timeout=SOON)
    add(page, "Send an email", Template="Hello")
    add(page, "Wait", Days="2")
    add(page, "Create a task", Task="Call {{contact.first_name}}")
    add(page, "Send an email", Text="Still there?")
    expect(page.locator(".flow-card")).to_have_count(4, timeout=SOON)
    sequence_id = int(page.url.rstrip("/").rsplit("/", 1)[1])
    do(cast.olivia.context(), "sequences.update_sequence", sequence_id=sequence_id, changes=RULES)
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".badge.good").first).to_be_visible(timeout=SOON)
    return sequence_id


@pytest.mark.browser
def test_from_a_template_to_the_way_out(
    open_window: Open, cast: Cast, contacts: dict[str, int], outbox: Mailbox
) -> None:
    olivia = log_in(open_window, cast.olivia, "/settings/templates/")
    page = olivia.page
    write_template(page)
    sequence_id = build_sequence(page, cast)
    watcher = log_in(open_window, cast.alice, f"/sequences/{sequence_id}/")

    page.goto(f"/contacts/{contacts['Ada']}/")
    page.get_by_title("Enrol in a sequence").click()
    dialog_of(page).get_by_label("Sequence").select_option(label="Welcome")
    dialog_of(page).get_by_role("button", name="Enrol").click()
    expect(figure(watcher.page, "Enrolled")).to_have_text("1", timeout=SOON)
    _enrol_all(olivia, sequence_id)
    expect(figure(watcher.page, "Enrolled")).to_have_text("3", timeout=SOON)
    expect(figure(watcher.page, "Emails sent")).to_have_text("3", timeout=SOON)
    wait_for(lambda: len(outbox.messages) == 3)

    _answer_from_the_inbox(open_window, cast, contacts, outbox)
    expect(figure(watcher.page, "Answered")).to_have_text("1", timeout=SOON)
    _unsubscribe(open_window, outbox)
    expect(figure(watcher.page, "Stopped")).to_have_text("2", timeout=SOON)
    expect(figure(watcher.page, "Under way")).to_have_text("1")
    watcher.expect_not_reloaded()


def _enrol_all(olivia: Window, sequence_id: int) -> None:
    """Enrol the results of a filter, from a phone: the dialog is one screen, its button in sight."""
    page = olivia.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/sequences/{sequence_id}/")
    page.get_by_role("link", name="Enrol", exact=True).click()
    dialog = dialog_of(page)
    expect(dialog.get_by_text("Nobody yet: add a condition.")).to_be_visible()
    dialog.get_by_role("button", name="Add condition").click()
    dialog.get_by_label("Field").select_option(label="Email")
    dialog.get_by_label("Comparison").select_option(label="contains")
    dialog.get_by_label("Value").fill("example.com")
    expect(dialog.get_by_role("button", name="Enrol")).to_be_in_viewport()
    assert dialog.evaluate("element => element.scrollWidth <= element.clientWidth")
    dialog.get_by_role("button", name="Enrol").click()
    expect(dialog).to_be_hidden(timeout=SOON)
    page.set_viewport_size({"width": 1280, "height": 800})


def _answer_from_the_inbox(open_window: Open, cast: Cast, contacts: dict[str, int], outbox: Mailbox) -> None:
    """Ada answers; Alice sees it come, and writes back with a file."""
    alice = log_in(open_window, cast.alice, "/mail/")
    [mail] = [mail for mail in outbox.messages if mail["To"] == "ada@example.com"]
    raw = answer({"message_id": mail["Message-ID"].strip("<>")}, "Fine, thanks!")
    do(system_context(ACME), "mail.receive_message", raw=b64encode(raw).decode())
    page = alice.page
    row = page.locator("li.is-unread")
    expect(row).to_contain_text("Hello Ada", timeout=SOON)
    alice.expect_not_reloaded()
    row.get_by_role("link").click()
    expect(page.get_by_text("Fine, thanks!")).to_be_visible(timeout=SOON)
    alice.expect_live()
    page.get_by_label("Answer", exact=True).last.fill("Then here is the plan.")
    plan: Any = {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"Two rooms."}
    page.locator("input[name=attachments]").set_input_files(plan)
    expect(page.locator("[data-chosen-files]")).to_have_text("plan.txt")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("link", name=re.compile("plan.txt"))).to_be_visible(timeout=SOON)
    expect(page.locator("[data-chosen-files]")).to_be_hidden()
    wait_for(lambda: len(outbox.messages) == 4)
    sent = outbox.messages[-1]
    assert sent["In-Reply-To"] == "<a1@example.com>"
    assert [part.get_filename() for part in sent.walk() if part.get_filename()] == ["plan.txt"]


def _unsubscribe(open_window: Open, outbox: Mailbox) -> None:
    """Ben follows the link of his email, on a phone and without an account."""
    [mail] = [mail for mail in outbox.messages if mail["To"] == "ben@example.com"]
    [link] = re.findall(r"<(http[^>]+)>", "".join(mail["List-Unsubscribe"].split()))
    page = open_window(urlsplit(link).path, **PHONE)
    expect(page.get_by_text("ben@example.com")).to_be_visible()
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_role("heading", name="You are unsubscribed")).to_be_visible(timeout=SOON)
