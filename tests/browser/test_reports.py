"""The dashboard and the reports in a real browser: live in a second window, read by keyboard, within a budget."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response, expect

from accounts.tenancy import tenant_context
from crm.deals.models import Stage
from crm.web.reports import REPORTS
from realtime.functions.call import call
from tests.browser.test_pages import PHONE, complaints
from tests.browser.windows import SOON, Window, log_in
from tests.cast import Cast, Person

DESKTOP = {"viewport": {"width": 1280, "height": 900}}
#: A first visit: everything that a page needs, and what it may weigh, uncompressed.
MOST_REQUESTS, MOST_BYTES = 60, 900_000
#: A later visit, with the styles and scripts in the browser's cache: the page alone.
MOST_PAGE_BYTES = 90_000
MAIN_PAGES = ["/", "/contacts/", "/companies/", "/deals/", "/deals/?view=table", "/tasks/", "/notifications/"]
MAIN_PAGES += [f"/reports/{name}/" for name in REPORTS]


def win(person: Person, amount: str) -> None:
    """A deal of the person's is won."""
    with tenant_context(person.schema):
        given = {"title": "Boat", "amount": amount, "close_date": str(person.context().now.date())}
        deal = call("deals.create_deal", person.context(), given)
        stage = Stage.objects.get(kind="won").pk
        call("deals.move_deal", person.context(), {"deal_id": deal["id"], "stage_id": stage})


def log(person: Person) -> None:
    """A call with a contact of the person's."""
    with tenant_context(person.schema):
        contact = call("contacts.create_contact", person.context(), {"first_name": "Ada", "source": "Fair"})
        call("activities.create_activity", person.context(), {"contact_id": contact["id"], "kind": "call"})


@pytest.mark.browser
def test_everything_follows_in_every_window(open_window: Callable[..., Page], cast: Cast) -> None:
    """What one member does reaches the other's dashboard and reports, as far as they see it."""
    with tenant_context(cast.olivia.schema):
        given = {"metric": "deals_won", "period": "month", "target": "4"}
        call("reports.create_goal", cast.olivia.context(), given)
    home = log_in(open_window, cast.olivia, "/")
    board = log_in(open_window, cast.olivia, "/reports/leaderboard/")
    bobs = log_in(open_window, cast.bob, "/")
    win(cast.alice, "5000")
    log(cast.alice)
    expect(home.page.locator(".tile").first).to_contain_text("$5,000", timeout=SOON)
    expect(home.page.locator(".goal-head")).to_contain_text("1 / 4", timeout=SOON)
    expect(home.page.get_by_text("created the contact").first).to_be_visible(timeout=SOON)
    expect(board.page.locator(".leaders li")).to_contain_text("Alice", timeout=SOON)
    expect(bobs.page.locator(".tile").first).to_contain_text("Nothing before")
    for window in (home, board, bobs):
        window.expect_not_reloaded()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_accessible_with_something_to_show(
    open_window: Callable[..., Page], cast: Cast, scheme: str, size: dict[str, object]
) -> None:
    win(cast.alice, "800")
    log(cast.alice)
    errors: list[str] = []
    page = log_in(lambda path="/": open_window(path, **size), cast.olivia, "/").page
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # a dict for a typed dict
    found: list[str] = []
    for path in ("/", *(f"/reports/{name}/" for name in REPORTS)):
        page.goto(path)
        for table in page.locator(".chart-table summary").all():
            table.click()
        found += complaints(page)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
    assert found == []
    assert errors == []


@pytest.mark.browser
def test_a_chart_is_read_by_keyboard(open_window: Callable[..., Page], cast: Cast) -> None:
    win(cast.alice, "800")
    page = log_in(open_window, cast.olivia, "/reports/outcomes/?period=30d").page
    plot = page.locator("[data-chart]").first
    plot.focus()
    page.keyboard.press("End")
    expect(plot.locator(".tip")).to_contain_text("Won: ")
    said = plot.locator(".tip").inner_text()
    page.keyboard.press("ArrowLeft")
    expect(plot.locator(".tip")).not_to_have_text(said)
    page.keyboard.press("Escape")
    expect(plot.locator(".tip")).to_be_hidden()


@pytest.mark.browser
def test_a_goal_is_set_changed_and_deleted(open_window: Callable[..., Page], cast: Cast) -> None:
    mine: Window = log_in(open_window, cast.olivia, "/settings/goals/")
    other = log_in(open_window, cast.bob, "/")
    page = mine.page
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="New goal")
    dialog.get_by_label("For").select_option(label="Bob")
    dialog.get_by_label("What").select_option(label="Calls")
    dialog.get_by_label("Target").fill("40")
    page.keyboard.press("Enter")
    line = page.locator(".goal", has_text="Bob")
    expect(line).to_contain_text("0 / 40", timeout=SOON)
    expect(other.page.locator(".goal", has_text="Bob")).to_contain_text("0 / 40", timeout=SOON)
    page.locator("li", has=line).get_by_role("link", name="Edit").click()
    edit = page.get_by_role("dialog", name="Change the goal")
    expect(edit.get_by_label("Target")).to_have_value("40")
    edit.get_by_label("Target").fill("50")
    page.keyboard.press("Enter")
    # Not before it was taken: what is refused, or asked again, stands in the dialog.
    expect(edit).to_be_hidden(timeout=SOON)
    expect(line).to_contain_text("0 / 50", timeout=SOON)
    page.locator("li", has=line).get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(line).to_have_count(0, timeout=SOON)
    expect(other.page.locator(".goal", has_text="Bob")).to_have_count(0, timeout=SOON)


@pytest.mark.browser
def test_pages_stay_within_their_budget(open_window: Callable[..., Page], cast: Cast) -> None:
    """A first visit with nothing in the cache, and each main page's own weight."""
    came: list[Response] = []
    page = log_in(open_window, cast.olivia, "/gallery/").page
    session = page.context.new_cdp_session(page)
    session.send("Network.clearBrowserCache")
    # A list's method can't be marked, which Playwright does to what it calls.
    page.on("response", lambda response: came.append(response))  # noqa: PLW0108  (see above)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    sizes = {response.url: len(response.body()) for response in came}
    assert len(came) <= MOST_REQUESTS, sorted(sizes)
    assert sum(sizes.values()) <= MOST_BYTES, sizes
    heavy = {path: size for path in MAIN_PAGES if (size := _page_weight(page, path)) > MOST_PAGE_BYTES}
    assert heavy == {}


def _page_weight(page: Page, path: str) -> int:
    response = page.goto(path)
    assert response is not None
    return len(response.body())
