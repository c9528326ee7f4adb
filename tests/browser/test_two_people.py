"""Two people do the same at once, each in a window of their own: nothing is lost in silence, and the loser sees by
whom, from what and to what, and goes on."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.tenancy import tenant_context
from realtime.functions.call import call
from tests.browser.windows import SOON, Window, log_in
from tests.cast import Cast

SEND = """async ([path, values]) => {
    const headers = { "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content, "X-Enhance": "region" };
    return (await fetch(path, { method: "POST", headers, body: new URLSearchParams(values) })).status;
}"""


@pytest.fixture(scope="module")
def ids(committed_db: str, cast: Cast) -> dict[str, int]:
    """Alice's contact, deal, task and note."""
    ctx = cast.alice.context()
    with tenant_context(ctx.schema):
        contact = call("contacts.create_contact", ctx, {"first_name": "Ada", "job_title": "Analyst"})["id"]
        linked = {"contact_id": contact}
        deal = call("deals.create_deal", ctx, {"title": "Loft", **linked})["id"]
        task = call("tasks.create_task", ctx, {"title": "Call Ada", "due_date": "2030-01-01", **linked})["id"]
        call("activities.create_activity", ctx, {"body": "Met.", **linked})
        pooled = call("contacts.create_contact", ctx, {"first_name": "Grace"})["id"]
        call("contacts.assign_contact", cast.lea.context(), {"contact_id": pooled, "owner_id": None})
    return {"contact": contact, "deal": deal, "task": task, "pooled": pooled}


@pytest.fixture
def windows(open_window: Callable[..., Page], cast: Cast) -> tuple[Window, Window]:
    """Alice's, and that of Lea, who leads her team."""
    return log_in(open_window, cast.alice, "/"), log_in(open_window, cast.lea, "/")


def go(path: str, *windows: Window) -> None:
    for window in windows:
        window.page.goto(path)
        window.expect_live()


@pytest.mark.browser
def test_a_field(windows: tuple[Window, Window], ids: dict[str, int]) -> None:
    alice, lea = windows
    go(f"/contacts/{ids['contact']}/", alice, lea)
    theirs, mine = (window.page.get_by_label("Job title") for window in windows)
    # Come to and not changed: it follows, under the caret, too.
    mine.focus()
    theirs.fill("Countess")
    theirs.press("Enter")
    expect(mine).to_have_value("Countess", timeout=SOON)
    expect(mine).to_be_focused()
    # Changed: what one typed stays, and the choice is one's own.
    mine.fill("Engineer")
    theirs.fill("Duchess")
    theirs.press("Enter")
    expect(lea.page.locator(".record-id")).to_contain_text("Duchess", timeout=SOON)
    expect(mine).to_have_value("Engineer")
    mine.press("Enter")
    told = lea.page.get_by_role("alert").filter(has_text="Alice changed this from “Countess” to “Duchess”.")
    expect(told).to_be_visible(timeout=SOON)
    lea.page.get_by_role("button", name="Keep mine").press("Enter")
    expect(theirs).to_have_value("Engineer", timeout=SOON)
    # A note, in the same windows.
    for window in windows:
        entry = window.page.locator(".entry").filter(has_text="Met.")
        entry.hover()
        entry.locator("details summary").first.click()
    notes = [window.page.locator(".entry details[open] textarea") for window in windows]
    notes[1].fill("Met in June.")
    notes[0].fill("Met in May.")
    notes[0].press("Control+Enter")
    expect(lea.page.locator(".entry-body").filter(has_text="Met in May.")).to_be_attached(timeout=SOON)
    expect(notes[1]).to_have_value("Met in June.")
    notes[1].press("Control+Enter")
    told = lea.page.locator(".entry").get_by_text("Alice changed this from “Met.” to “Met in May.”.")
    expect(told).to_be_visible(timeout=SOON)
    lea.page.locator(".entry").get_by_role("button", name="Take theirs").click()
    expect(notes[1]).to_have_value("Met in May.")


@pytest.mark.browser
def test_a_form_a_task_and_a_deal(windows: tuple[Window, Window], ids: dict[str, int]) -> None:
    alice, lea = windows
    go("/tasks/?whose=all", alice, lea)
    for window in windows:
        window.page.get_by_role("link", name="Call Ada").click()
        expect(window.page.get_by_role("dialog", name="Edit task")).to_be_visible(timeout=SOON)
    forms = [window.page.locator("#form-dialog form") for window in windows]
    forms[0].get_by_label("What is to be done").fill("Ring Ada")
    forms[0].get_by_role("button", name="Save").click()
    expect(alice.page.get_by_role("dialog")).to_be_hidden(timeout=SOON)
    forms[1].get_by_label("What is to be done").fill("Write to Ada")
    forms[1].get_by_role("button", name="Save").click()
    expect(forms[1].get_by_text("Alice changed this from “Call Ada” to “Ring Ada”.")).to_be_visible(
        timeout=SOON
    )
    forms[1].get_by_role("button", name="Take theirs").click()
    expect(forms[1].get_by_label("What is to be done")).to_have_value("Ring Ada")
    forms[1].get_by_role("button", name="Save").click()
    expect(lea.page.get_by_role("dialog")).to_be_hidden(timeout=SOON)
    # The second one who completes it learns who was first.
    task = f"/tasks/{ids['task']}/complete/"
    keep = "path => { window.form = document.querySelector(`form[action='${path}']`).cloneNode(true); }"
    lea.page.evaluate(keep, task)
    assert alice.page.evaluate(SEND, [task, {}]) == 200
    lea.page.evaluate("() => { document.body.append(window.form); window.form.requestSubmit(); }")
    expect(lea.page.get_by_text("Alice had done this already.")).to_be_visible(timeout=SOON)
    # A deal that one wins while the other says why it was lost.
    go(f"/deals/{ids['deal']}/", alice, lea)
    lea.page.get_by_role("link", name="Lost").click()
    dialog = lea.page.get_by_role("dialog", name="Why was it lost?")
    expect(dialog).to_be_visible(timeout=SOON)
    alice.page.get_by_role("button", name="Won", exact=True).click()
    expect(alice.page.get_by_role("button", name="Open again")).to_be_visible(timeout=SOON)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Alice moved “Loft” to Won meanwhile. It stays there.")).to_be_visible(
        timeout=SOON
    )


@pytest.mark.browser
def test_the_pool_and_the_bin(windows: tuple[Window, Window], ids: dict[str, int]) -> None:
    alice, lea = windows
    go("/contacts/pool/", alice, lea)
    claim = f"/contacts/{ids['pooled']}/claim/"
    keep = "path => { window.form = document.querySelector(`form[action='${path}']`).cloneNode(true); }"
    lea.page.evaluate(keep, claim)
    alice.page.locator(f"form[action='{claim}']").get_by_role("button", name="Take").click()
    expect(lea.page.get_by_text("Grace")).to_have_count(0, timeout=SOON)
    # Pressed in the same moment, before her list knew.
    lea.page.evaluate("() => { document.body.append(window.form); window.form.requestSubmit(); }")
    expect(lea.page.get_by_text("Alice has this contact already.")).to_be_visible(timeout=SOON)
    # What one types while the other bins the record is marked as not saved, and there when it is restored.
    contact = f"/contacts/{ids['pooled']}/"
    alice.page.wait_for_url(f"**{contact}", timeout=SOON)  # where taking leads
    go(contact, alice, lea)
    title = alice.page.get_by_label("Job title")
    title.fill("Admiral")
    assert lea.page.evaluate(SEND, [f"{contact}archive/", {}]) == 200
    expect(alice.page.get_by_text("In the bin")).to_be_visible(timeout=SOON)
    told = "Lea moved this to the bin: restore it first."
    expect(alice.page.locator("[data-field=job_title]").get_by_text(told)).to_be_visible(timeout=SOON)
    assert lea.page.evaluate(SEND, [f"{contact}restore/", {}]) == 200
    expect(alice.page.get_by_text("In the bin")).to_have_count(0, timeout=SOON)
    expect(title).to_have_value("Admiral")
    title.focus()
    title.press("End")
    title.press("!")
    title.press("Enter")
    expect(lea.page.get_by_label("Job title")).to_have_value("Admiral!", timeout=SOON)
