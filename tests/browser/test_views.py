"""A list page in a real browser: filter, columns, views and sorting without a reload, on a phone too."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.tenancy import tenant_context
from realtime.functions.call import call
from tests.browser.test_pages import complaints
from tests.browser.windows import SOON, Window, log_in
from tests.cast import Cast, Person

OpenWindow = Callable[..., Page]
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def make(person: Person, function: str, **args: Any) -> Any:
    with tenant_context(person.schema):
        return call(function, person.context(), args)


@pytest.fixture(scope="module")
def people(committed_db: str, cast: Cast) -> None:
    """Alice's contacts, two of them from a fair; a custom field."""
    make(cast.olivia, "fields.create_custom_field", object="contact", label="Budget", type="number")
    for name, source, budget in (("Ada", "Fair", 5), ("Grace", "Fair", 50), ("Mary", "Web", 500)):
        make(cast.alice, "contacts.create_contact", first_name=name, source=source, custom={"budget": budget})


def rows(window: Window) -> Any:
    return window.page.locator("tbody tr .row-link")


def add_condition(page: Page, field: str, comparison: str, value: str) -> None:
    """Fill in the last row of the builder."""
    row = page.locator(".filter-row").last
    row.get_by_label("Field").select_option(label=field)
    page.locator(".filter-row").last.get_by_label("Comparison").select_option(label=comparison)
    page.locator(".filter-row").last.get_by_label("Value").fill(value)


@pytest.mark.browser
@pytest.mark.usefixtures("people")
def test_filter_save_share(open_window: OpenWindow, cast: Cast) -> None:
    """Alice builds a filter by keyboard, saves it as a view for her team; Lea's open page gets the tab by itself."""
    lea = log_in(open_window, cast.lea, "/contacts/")
    alice = log_in(open_window, cast.alice, "/contacts/")
    page = alice.page
    expect(rows(alice)).to_have_count(3)
    page.keyboard.press("f")
    expect(page.locator(".filter-row")).to_have_count(1)
    add_condition(page, "Source", "is", "Fair")
    alice.expect_names("Ada", "Grace")
    page.get_by_role("button", name="Add condition").click()
    add_condition(page, "Budget", "is more than", "10")
    alice.expect_names("Grace")
    page.get_by_label("and / or").select_option(label="or")
    expect(rows(alice)).to_have_count(3)
    page.get_by_label("and / or").select_option(label="and")
    alice.expect_names("Grace")
    assert "f=" in page.url
    assert "\n".join(complaints(page)) == ""
    make(cast.alice, "contacts.create_contact", first_name="Edith", source="Fair", custom={"budget": 70})
    alice.expect_names("Edith", "Grace")

    page.get_by_role("link", name="Save as view").click()
    page.get_by_role("dialog").get_by_label("Name").fill("From the fair")
    page.get_by_role("dialog").get_by_label("My teams").check()
    page.get_by_role("dialog").get_by_role("button", name="Save view").click()
    expect(page.get_by_role("link", name="From the fair")).to_have_attribute("aria-current", "page")
    tab = lea.page.get_by_role("link", name="From the fair")
    expect(tab).to_be_visible(timeout=SOON)
    tab.click()
    lea.expect_names("Edith", "Grace")


@pytest.mark.browser
@pytest.mark.usefixtures("people")
def test_filter_and_bulk_by_the_keyboard_alone(open_window: OpenWindow, cast: Cast) -> None:
    """From the first key to the result: each control has a name and the focus, and what came of it is said."""
    alice = log_in(open_window, cast.alice, "/contacts/?view=all")
    page, press = alice.page, alice.page.keyboard.press
    press("f")
    condition = page.get_by_role("group", name="Condition 1")
    field = condition.get_by_label("Field")
    expect(field).to_be_focused(timeout=SOON)
    for _ in range(field.locator("option").count()):
        press("ArrowDown")  # the list of fields is not drawn anew between them
        if field.evaluate("select => select.selectedOptions[0].text") == "Source":
            break
    expect(field).to_be_focused()
    press("Tab")
    expect(condition.get_by_label("Comparison")).to_be_focused()
    press("Tab")
    expect(condition.get_by_label("Value")).to_be_focused()
    page.keyboard.type("Web")
    expect(rows(alice)).to_have_text(["Mary"], timeout=SOON)
    expect(page.locator("[data-list-status]")).to_have_text("One row.")
    press("Tab")
    expect(condition.get_by_role("button", name="Remove: Source")).to_be_focused()
    press("Escape")
    expect(page.get_by_role("button", name="Filter")).to_be_focused()
    expect(condition).to_be_hidden()
    press("j")
    press("x")
    bar = page.get_by_role("toolbar", name="With the chosen rows")
    expect(page.get_by_role("status").filter(has_text="1 chosen")).to_be_attached()
    press("b")
    expect(bar.get_by_role("link", name="Assign")).to_be_hidden()  # an agent may not
    expect(bar.get_by_role("link", name="Stage")).to_be_focused()
    press("ArrowRight")
    expect(bar.get_by_role("link", name="Tag", exact=True)).to_be_focused()
    press("Escape")
    expect(page.get_by_role("link", name="Mary")).to_be_focused()
    press("b")  # the tool where one was
    press("Enter")
    expect(page.get_by_role("dialog").get_by_label("Tag")).to_be_focused(timeout=SOON)
    page.keyboard.type("VIP\n")
    expect(page.locator(".toast")).to_contain_text("1 contact tagged.", timeout=SOON)
    expect(page.get_by_role("link", name="Mary")).to_be_focused()
    press("x")
    expect(bar).to_be_visible()
    page.get_by_role("link", name="All", exact=True).press("Enter")
    expect(page.get_by_role("link", name="Ada")).to_be_visible(timeout=SOON)
    expect(bar).to_be_hidden()
    alice.expect_not_reloaded()


@pytest.mark.browser
@pytest.mark.usefixtures("people")
def test_columns_and_order(open_window: OpenWindow, cast: Cast) -> None:
    alice = log_in(open_window, cast.alice, "/contacts/?view=all")
    page = alice.page
    page.get_by_role("button", name="Columns").click()
    page.locator("#columns-menu").get_by_label("Budget").check()
    expect(page.locator("thead th", has_text="Budget")).to_be_visible(timeout=SOON)
    page.keyboard.press("Escape")
    page.locator("thead").get_by_role("link", name="Budget").click()
    expect(page.locator("thead th[aria-sort=ascending]")).to_contain_text("Budget", timeout=SOON)
    expect(rows(alice).first).to_have_text("Ada")
    page.locator("thead").get_by_role("link", name="Budget").click()
    expect(rows(alice).first).to_have_text("Mary", timeout=SOON)
    alice.expect_not_reloaded()
    page.go_back()
    expect(rows(alice).first).to_have_text("Ada", timeout=SOON)
    alice.expect_not_reloaded()


@pytest.mark.browser
@pytest.mark.usefixtures("people")
def test_on_a_phone(open_window: OpenWindow, cast: Cast) -> None:
    page = open_window("/login/", **PHONE)
    page.get_by_label("Email").fill(cast.alice.email)
    page.get_by_label("Password", exact=True).fill(cast.alice.password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto("/contacts/?view=all")
    page.get_by_role("button", name="Filter").click()
    add_condition(page, "Source", "is", "Web")
    expect(page.locator("tbody tr .row-link")).to_have_text(["Mary"], timeout=SOON)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto("/contacts/?view=all")
    bar, entries = page.get_by_role("toolbar"), page.locator("tbody tr")
    expect(entries.first.locator("[data-pick]")).to_be_hidden()
    box = entries.first.bounding_box()
    assert box is not None
    finger = page.context.new_cdp_session(page)
    touch = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [touch]})
    expect(bar).to_contain_text("1 chosen")
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    entries.nth(1).tap()
    expect(bar).to_contain_text("2 chosen")
    bar.get_by_role("link", name="Tag", exact=True).tap()
    page.get_by_role("dialog").get_by_label("Tag").fill("VIP")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("2 contacts tagged.")
    expect(bar).to_be_hidden()
