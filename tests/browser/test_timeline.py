"""Two windows: what one person writes on a timeline, the other reads at once; a mention counts at once."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.tenancy import tenant_context
from realtime.functions.call import call
from tests.browser.windows import SOON, log_in
from tests.cast import Cast

Open = Callable[..., Page]


@pytest.fixture
def contact(cast: Cast, address: str) -> int:
    """A contact of Alice's."""
    with tenant_context(cast.alice.schema):
        args = {"first_name": "Ada", "last_name": "Lovelace"}
        return call("contacts.create_contact", cast.alice.context(), args)["id"]


@pytest.mark.browser
def test_a_note_reaches_the_other_window_and_a_mention_counts(
    open_window: Open, cast: Cast, contact: int
) -> None:
    path = f"/contacts/{contact}/"
    alice, lea = log_in(open_window, cast.alice, path), log_in(open_window, cast.lea, path)
    vera = log_in(open_window, cast.vera, "/tasks/")
    expect(lea.page.locator(".unread-count")).to_have_count(0)

    alice.page.keyboard.press("n")
    box = alice.page.get_by_label("What happened")
    expect(box).to_be_focused()
    alice.page.keyboard.type("<i>Wants</i> the loft, @le")
    expect(alice.page.locator("#mention-list").get_by_text("Lea")).to_be_visible(timeout=SOON)
    alice.page.keyboard.press("Enter")
    alice.page.keyboard.type("and a garden\nhttps://loft.example/7")
    alice.page.keyboard.press("Control+Enter")
    expect(box).to_have_value("", timeout=SOON)
    for window in (alice, lea):
        note = window.page.locator(".entry", has_text="<i>Wants</i> the loft")
        expect(note.locator(".mention")).to_have_text("@Lea", timeout=SOON)
        expect(note.get_by_role("link")).to_have_attribute("href", "https://loft.example/7")
        window.expect_not_reloaded()
    expect(lea.page.locator(".unread-count")).to_contain_text("1", timeout=SOON)
    expect(vera.page.locator(".unread-count")).to_have_count(0)

    lea.page.get_by_role("link", name="Notifications").click()
    lea.page.get_by_role("button", name="Alice mentioned you on Ada Lovelace").click()
    lea.page.wait_for_url(f"**{path}")
    expect(lea.page.locator(".unread-count")).to_have_count(0, timeout=SOON)


@pytest.mark.browser
def test_an_entry_is_changed_and_deleted_where_it_stands(open_window: Open, cast: Cast, contact: int) -> None:
    path = f"/contacts/{contact}/"
    alice, vera = log_in(open_window, cast.alice, path), log_in(open_window, cast.vera, path)
    page = alice.page
    page.get_by_text("Call", exact=True).click()
    page.get_by_label("Outcome").select_option(label="Left a voicemail")
    page.get_by_label("minutes").fill("2")
    page.get_by_label("What happened").fill("First words")
    page.get_by_role("button", name="Save", exact=True).click()
    entry = page.locator(".entry", has_text="First words")
    expect(entry).to_contain_text("Left a voicemail", timeout=SOON)
    expect(vera.page.locator(".entry", has_text="First words")).to_be_visible(timeout=SOON)
    expect(vera.page.get_by_label("What happened")).to_have_count(0)

    entry.hover()
    entry.locator("summary").click()
    entry.get_by_label("Text").fill("Second words")
    page.keyboard.press("Control+Enter")
    expect(vera.page.locator(".entry", has_text="Second words")).to_be_visible(timeout=SOON)
    changed = page.locator(".entry", has_text="Second words")
    expect(changed.get_by_label("Text")).to_be_hidden(timeout=SOON)
    changed.hover()
    changed.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Move to the bin").click()
    expect(vera.page.locator(".entry", has_text="Second words")).to_have_count(0, timeout=SOON)
    vera.expect_not_reloaded()


@pytest.mark.browser
def test_a_reassigned_contacts_timeline_leaves_the_screen(
    open_window: Open, cast: Cast, contact: int
) -> None:
    with tenant_context(cast.alice.schema):
        note = {"contact_id": contact, "body": "Between us"}
        call("activities.create_activity", cast.alice.context(), note)
    alice = log_in(open_window, cast.alice, f"/contacts/{contact}/")
    expect(alice.page.locator(".entry-body", has_text="Between us")).to_be_visible()
    with tenant_context(cast.alice.schema):
        args = {"contact_id": contact, "owner_id": cast.bob.member_id}
        call("contacts.assign_contact", cast.olivia.context(), args)
    expect(alice.page.locator(".entry-body", has_text="Between us")).to_have_count(0, timeout=SOON)
    bob = log_in(open_window, cast.bob, f"/contacts/{contact}/")
    expect(bob.page.locator(".entry-body", has_text="Between us")).to_be_visible()
    expect(bob.page.locator(".entry", has_text="assigned the contact to Bob")).to_be_visible()
