"""The deals board in two windows: cards dragged by mouse and keyboard, and the loser of a race sees what happened."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.tenancy import tenant_context
from crm.deals.models import Stage
from realtime.functions.call import call
from tests.browser.windows import SOON, Window, log_in
from tests.cast import ACME, Cast, Person

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def do(person: Person, function: str, **args: Any) -> Any:
    """Call a function as the person, committed."""
    with tenant_context(person.schema):
        return call(function, person.context(), args)


def stage_ids() -> list[int]:
    with tenant_context(ACME):
        return list(Stage.objects.order_by("position").values_list("id", flat=True))


@pytest.fixture
def deals(cast: Cast, address: str) -> dict[str, int]:
    """Ash, Birch and Cedar of Alice's in the first stage, Cedar on top; leftovers go to the bin."""
    for row in do(cast.olivia, "deals.list_deals", limit=200)["data"]:
        do(cast.olivia, "deals.archive_deal", deal_id=row["id"])
    return {
        title: do(cast.alice, "deals.create_deal", title=title, amount="100")["id"]
        for title in ("Ash", "Birch", "Cedar")
    }


def column(window: Window, number: int) -> Any:
    return window.page.locator("[data-stage]").nth(number)


def expect_cards(window: Window, number: int, *titles: str) -> None:
    expect(column(window, number).locator(".row-link")).to_have_text([*titles], timeout=SOON)
    expect(column(window, number).locator(".column-head .badge")).to_have_text(str(len(titles)), timeout=SOON)


def drag(window: Window, title: str, number: int, above: str | None = None) -> None:
    """Drag a card into a column, above another one or to the end, and let go."""
    grab(window, title, number, above)
    window.page.mouse.up()


def grab(window: Window, title: str, number: int, above: str | None = None) -> None:
    page = window.page
    card = page.locator(".deal-card", has_text=title).bounding_box()
    place = column(window, number)
    target = (place.locator(".deal-card", has_text=above) if above else place).bounding_box()
    assert card
    assert target
    page.mouse.move(card["x"] + 40, card["y"] + 20)
    page.mouse.down()
    page.mouse.move(card["x"] + 60, card["y"] + 30, steps=3)
    end = 4 if above else target["height"] - 60
    page.mouse.move(target["x"] + 60, target["y"] + end, steps=6)


def test_a_dragged_card_moves_in_every_window(open_window: Open, cast: Cast, deals: dict[str, int]) -> None:
    alice, lea = log_in(open_window, cast.alice, "/deals/"), log_in(open_window, cast.lea, "/deals/")
    expect_cards(lea, 0, "Cedar", "Birch", "Ash")
    drag(alice, "Ash", 0, above="Birch")
    for window in (alice, lea):
        expect_cards(window, 0, "Cedar", "Ash", "Birch")
    drag(alice, "Cedar", 1)
    for window in (alice, lea):
        expect_cards(window, 0, "Ash", "Birch")
        expect_cards(window, 1, "Cedar")
        expect(column(window, 1).locator(".column-head p")).to_contain_text("$100")
        window.expect_not_reloaded()


def test_the_loser_of_a_race_sees_what_happened(open_window: Open, cast: Cast, deals: dict[str, int]) -> None:
    alice, lea = log_in(open_window, cast.alice, "/deals/"), log_in(open_window, cast.lea, "/deals/")
    grab(alice, "Birch", 1)
    drag(lea, "Birch", 2)
    expect_cards(lea, 2, "Birch")
    alice.page.mouse.up()
    expect(alice.page.get_by_text("Lea moved “Birch” to Offer meanwhile.")).to_be_visible(timeout=SOON)
    expect_cards(alice, 2, "Birch")
    expect_cards(alice, 1)
    expect_cards(alice, 0, "Cedar", "Ash")
    assert do(cast.alice, "deals.get_deal", deal_id=deals["Birch"])["stage_id"] == stage_ids()[2]


def test_a_card_moves_by_keyboard_and_says_so(open_window: Open, cast: Cast, deals: dict[str, int]) -> None:
    alice = log_in(open_window, cast.alice, "/deals/")
    said = alice.page.locator("#board-says")
    alice.page.get_by_role("link", name="Cedar").focus()
    alice.page.keyboard.press("Space")
    expect(said).to_have_text("Cedar lifted. Qualified, place 1 of 3.")
    alice.page.keyboard.press("ArrowDown")
    expect(said).to_have_text("Qualified, place 2 of 3.")
    alice.page.keyboard.press("ArrowRight")
    expect(said).to_have_text("Meeting, place 1 of 1.")
    alice.page.keyboard.press("Escape")
    expect_cards(alice, 0, "Cedar", "Birch", "Ash")
    alice.page.keyboard.press("Space")
    alice.page.keyboard.press("ArrowDown")
    alice.page.keyboard.press("Space")
    expect(said).to_have_text("Cedar dropped in Qualified, place 2 of 3.")
    expect_cards(alice, 0, "Birch", "Cedar", "Ash")
    expect(alice.page.get_by_role("link", name="Cedar")).to_be_focused()


def test_a_refused_drop_goes_back(open_window: Open, cast: Cast, deals: dict[str, int]) -> None:
    offer = stage_ids()[2]
    do(cast.olivia, "deals.update_stage", stage_id=offer, changes={"required_fields": ["close_date"]})
    alice = log_in(open_window, cast.alice, "/deals/")
    drag(alice, "Ash", 2)
    dialog = alice.page.get_by_role("dialog", name="Before it goes to Offer")
    expect(dialog.get_by_label("Expected close")).to_be_visible(timeout=SOON)
    dialog.get_by_role("button", name="Close").click()
    expect_cards(alice, 0, "Cedar", "Birch", "Ash")
    do(cast.olivia, "deals.update_stage", stage_id=offer, changes={"required_fields": []})


def test_a_lost_deal_is_asked_for_its_reason(open_window: Open, cast: Cast, deals: dict[str, int]) -> None:
    alice = log_in(partial(open_window, viewport={"width": 2000, "height": 900}), cast.alice, "/deals/")
    drag(alice, "Ash", 5)
    dialog = alice.page.get_by_role("dialog")
    dialog.get_by_label("Reason").select_option(label="Price")
    dialog.get_by_role("button", name="Save").click()
    expect_cards(alice, 5, "Ash")
    expect(dialog).to_be_hidden(timeout=SOON)
    assert do(cast.alice, "deals.get_deal", deal_id=deals["Ash"])["lost_reason_name"] == "Price"


def test_a_viewer_can_lift_nothing(open_window: Open, cast: Cast, deals: dict[str, int]) -> None:
    vera = log_in(open_window, cast.vera, "/deals/")
    expect_cards(vera, 0, "Cedar", "Birch", "Ash")
    expect(vera.page.locator("[data-movable]")).to_have_count(0)
