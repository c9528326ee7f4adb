"""Contacts in real windows: two people in one field, many rows at once, cells that are changed where they stand."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.tenancy import tenant_context
from realtime.functions.call import call
from tests.browser.windows import SOON, log_in
from tests.cast import Cast

Open = Callable[..., Page]


@pytest.fixture
def contacts(cast: Cast, address: str) -> list[int]:
    """Three contacts of Alice's."""
    with tenant_context(cast.alice.schema):
        return [
            call(
                "contacts.create_contact", cast.alice.context(), {"first_name": name, "job_title": "Analyst"}
            )["id"]
            for name in ("Ada", "Bea", "Cleo")
        ]


@pytest.mark.browser
def test_two_in_one_field_lose_nothing_in_silence(open_window: Open, cast: Cast, contacts: list[int]) -> None:
    path = f"/contacts/{contacts[0]}/"
    alice, lea = log_in(open_window, cast.alice, path), log_in(open_window, cast.lea, path)
    mine, theirs = (window.page.get_by_label("Job title") for window in (alice, lea))
    mine.press("End")
    mine.press_sequentially(" of engines")
    theirs.fill("Countess")
    theirs.press("Enter")
    expect(alice.page.locator("form[data-version='2']")).to_be_attached(timeout=SOON)
    expect(mine).to_have_value("Analyst of engines")
    mine.press("Enter")
    notice = alice.page.get_by_role("alert").filter(has_text="Lea changed this from “Analyst” to “Countess”.")
    expect(notice).to_be_visible(timeout=SOON)
    expect(mine).to_have_value("Analyst of engines")
    alice.page.get_by_role("button", name="Keep mine").click()
    expect(theirs).to_have_value("Analyst of engines", timeout=SOON)
    expect(notice).to_have_count(0)

    theirs.press("End")
    theirs.press_sequentially("!")
    mine.fill("Poet")
    mine.press("Enter")
    expect(lea.page.locator("form[data-version='4']")).to_be_attached(timeout=SOON)
    theirs.press("Enter")
    lea.page.get_by_role("button", name="Take theirs").click()
    expect(theirs).to_have_value("Poet")
    for window in (alice, lea):
        window.expect_not_reloaded()


@pytest.mark.browser
def test_rows_are_chosen_by_keys_and_mouse_and_changed_at_once(
    open_window: Open, cast: Cast, contacts: list[int]
) -> None:
    alice = log_in(open_window, cast.alice, "/contacts/")
    page, bar = alice.page, alice.page.get_by_role("toolbar")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(bar).to_contain_text("1 chosen")
    page.locator("input[data-pick]").nth(2).click(modifiers=["Shift"])
    expect(bar).to_contain_text("3 chosen")
    with tenant_context(cast.alice.schema):
        call("contacts.archive_contact", cast.alice.context(), {"contact_id": contacts[1]})
    expect(page.locator("input[data-pick]:checked")).to_have_count(2, timeout=SOON)
    bar.get_by_role("link", name="Tag", exact=True).click()
    page.get_by_role("dialog").get_by_label("Tag").fill("VIP")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("2 contacts tagged.", timeout=SOON)
    expect(bar).to_be_hidden()
    page.locator("input[data-pick-all]").check()
    expect(bar).to_contain_text(f"{page.locator('input[data-pick]').count()} chosen")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    alice.expect_not_reloaded()


@pytest.mark.browser
def test_a_cell_is_changed_where_it_stands(open_window: Open, cast: Cast, contacts: list[int]) -> None:
    alice, lea = (log_in(open_window, who, "/contacts/") for who in (cast.alice, cast.lea))
    page, row = alice.page, alice.page.locator(f"#contact-{contacts[2]}")
    row.locator(".row-link").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    stage = page.locator("[data-cell-editor]").get_by_label("Stage")
    expect(stage).to_be_focused(timeout=SOON)
    page.keyboard.press("Escape")
    expect(stage).to_have_count(0)
    expect(row.locator("td[data-cell=stage_id]")).to_be_focused()
    for _ in ("company", "email"):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    email = page.locator("[data-cell-editor]").get_by_label("Email")
    expect(email).to_be_focused(timeout=SOON)
    page.keyboard.type("cleo@nile.example")
    with tenant_context(cast.lea.schema):
        change = {"contact_id": contacts[2], "changes": {"email": "c@nile.example"}}
        call("contacts.update_contact", cast.lea.context(), change)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Lea changed this from “” to “c@nile.example”.")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Keep mine").click()
    for window in (alice, lea):
        cell = window.page.locator(f"#contact-{contacts[2]} td[data-cell=email]")
        expect(cell).to_have_text("cleo@nile.example", timeout=SOON)
        window.expect_not_reloaded()
