"""The command palette, the search page and the keys, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.tenancy import tenant_context
from realtime.functions.call import call
from tests.browser.test_pages import PHONE, complaints
from tests.browser.windows import SOON, Window, log_in
from tests.cast import Cast
from tests.processes import wait_for

pytestmark = pytest.mark.browser
NAMES = ["Ada Lovelace", "Adam Smith", "Grace Hopper"]


@pytest.fixture(scope="module")
def made(committed_db: str, cast: Cast) -> dict[str, int]:
    """Three contacts, a company and a deal, Olivia's."""
    ctx = cast.olivia.context()
    with tenant_context(ctx.schema):
        ids: dict[str, int] = {
            name: call("contacts.create_contact", ctx, {"first_name": name})["id"] for name in NAMES
        }
        call("companies.create_company", ctx, {"name": "Adamant Works"})
        call("deals.create_deal", ctx, {"title": "Adriatic villa"})
        call(
            "activities.create_activity",
            ctx,
            {"contact_id": ids["Grace Hopper"], "body": "Saw the ad for compilers"},
        )
    return ids


@pytest.fixture
def window(open_window: Callable[..., Page], cast: Cast, made: dict[str, int]) -> Window:
    """Olivia's, on the start page."""
    return log_in(open_window, cast.olivia, "/")


def typed(page: Page, text: str) -> None:
    """Open the palette and type, once the page has its scripts."""
    page.wait_for_load_state("load")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Search or do something")).to_be_focused()
    page.keyboard.type(text)


def test_finds_and_opens_by_keyboard(window: Window) -> None:
    page = window.page
    typed(page, "ad")
    options = page.locator("#palette").get_by_role("option")
    for name in ("Ada Lovelace", "Adamant Works", "Adriatic villa"):
        expect(options.filter(has_text=name)).to_be_visible(timeout=SOON)
    expect(page.locator(".palette mark").first).to_have_text("Ad")
    assert complaints(page) == []
    input_field = page.get_by_role("combobox", name="Search or do something")
    input_field.fill("compil")
    expect(options.filter(has_text="Saw the ad for compilers")).to_be_visible(timeout=SOON)
    input_field.fill("adam sm")
    expect(options.filter(has_text="Lovelace")).to_have_count(0, timeout=SOON)
    expect(options.first).to_have_attribute("aria-selected", "true")
    field = page.get_by_role("combobox", name="Search or do something")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Adam Smith", timeout=SOON)
    typed(page, "")
    expect(options.filter(has_text="Adam Smith")).to_have_count(0)  # it is the page itself
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    page.goto("/tasks/")
    typed(page, "")
    expect(options.first).to_contain_text("Adam Smith")  # what was opened last


def test_actions(window: Window, made: dict[str, int]) -> None:
    page = window.page
    typed(page, "new con")
    expect(page.get_by_role("option", name="New contact")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="New contact").get_by_label("First name")).to_be_focused(
        timeout=SOON
    )
    page.keyboard.press("Escape")
    typed(page, "appearance dark")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    typed(page, "settings roles")
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings/roles/")
    page.goto(f"/contacts/{made['Ada Lovelace']}/")
    typed(page, "bin")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Move this contact to the bin?")).to_be_visible(timeout=SOON)


def test_a_late_answer_is_dropped(window: Window) -> None:
    """The answer to the first letters comes after that to all of them."""
    page = window.page
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.url.endswith("q=grace"):
            held.append(route)
        else:
            route.continue_()

    page.route("**/search/suggest/**", hold)
    typed(page, "grace")
    wait_for(lambda: held, meanwhile=lambda: page.wait_for_timeout(20))
    page.get_by_role("combobox", name="Search or do something").fill("lovelace")
    found = page.get_by_role("option").filter(has_text="Ada Lovelace")
    expect(found).to_be_visible(timeout=SOON)
    for route in held:
        route.fulfill(body="<a role=option>Too late</a>")
    page.wait_for_timeout(150)
    expect(found).to_be_visible()
    expect(page.get_by_text("Too late")).to_have_count(0)


def test_what_one_has_moved_to_stays_chosen_when_the_answer_comes(window: Window) -> None:
    page = window.page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/search/suggest/**", hold)
    typed(page, "con")
    options = page.locator("#palette").get_by_role("option")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#palette [role=option][aria-selected=true]")
    text = chosen.text_content() or ""
    assert text == options.nth(1).text_content() != options.nth(0).text_content()
    wait_for(lambda: held, meanwhile=lambda: page.wait_for_timeout(20))
    held[0].fulfill(body="<a role=option href=/contacts/1/>Constance</a>", content_type="text/html")
    expect(options.filter(has_text="Constance")).to_be_visible(timeout=SOON)
    expect(chosen).to_have_text(text)
    page.keyboard.press("ArrowUp")
    expect(chosen).not_to_have_text(text)
    page.keyboard.press("ArrowDown")
    expect(chosen).to_have_text(text)
    page.keyboard.press("Escape")
    page.unroute_all()


def test_enter_waits_for_the_answer(window: Window) -> None:
    typed(window.page, "grace h\n")
    expect(window.page.get_by_role("heading", level=1)).to_have_text("Grace Hopper", timeout=SOON)


def test_the_page_is_live(window: Window, cast: Cast) -> None:
    page = window.page
    page.goto("/search/?q=turing")
    page.evaluate("window.opened = true")
    window.expect_live()
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    with tenant_context(cast.olivia.schema):
        new = call("contacts.create_contact", cast.olivia.context(), {"first_name": "Alan Turing"})
    expect(page.get_by_role("link", name="Alan Turing")).to_be_visible(timeout=SOON)
    with tenant_context(cast.olivia.schema):
        call("contacts.archive_contact", cast.olivia.context(), {"contact_id": new["id"]})
    expect(page.get_by_role("link", name="Alan Turing")).to_have_count(0, timeout=SOON)
    page.get_by_label("Search", exact=True).last.fill("hopper")
    expect(page.locator("#main .row-link").first).to_have_text("Grace Hopper", timeout=SOON)
    page.wait_for_url("**/search/?q=hopper")
    window.expect_not_reloaded()
    assert complaints(page) == []


def test_keys(window: Window) -> None:
    page = window.page
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    for label in ("New contact", "Deals", "Search and commands", "Next and previous row"):
        expect(keys.get_by_text(label, exact=True)).to_be_visible()
    assert complaints(page) == []
    page.keyboard.press("Escape")
    for pressed, path in (("gd", "/deals/"), ("gt", "/tasks/"), ("gc", "/contacts/")):
        page.keyboard.type(pressed)
        page.wait_for_url(f"**{path}")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("#main .row-link").first).to_be_focused()
    page.keyboard.type("nt")
    expect(page.get_by_role("dialog", name="New task")).to_be_visible(timeout=SOON)
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Search or do something")).to_be_focused()


def test_phone(open_window: Callable[..., Page], cast: Cast, made: dict[str, int]) -> None:
    page = log_in(lambda path="/": open_window(path, **PHONE), cast.olivia, "/").page
    page.get_by_role("navigation", name="Main, short").get_by_role("link", name="Search").tap()
    field = page.get_by_role("combobox", name="Search or do something")
    expect(field).to_be_focused()
    field.fill("love")
    expect(page.get_by_role("option").filter(has_text="Ada Lovelace")).to_be_visible(timeout=SOON)
    assert page.evaluate("document.getElementById('palette').offsetWidth") == 390
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert complaints(page) == []
    page.get_by_role("option").filter(has_text="Ada Lovelace").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Lovelace", timeout=SOON)
