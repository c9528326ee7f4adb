"""The page's connection: offline and back, breaks in a row, the back-forward cache; and who else is on a record."""

import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from accounts.tenancy import tenant_context
from crm.web.templatetags.ui import hue_class
from realtime.functions.call import call
from scripts.browser import find_browser
from tests.browser.conftest import ARGUMENTS
from tests.browser.windows import SOON, Window, log_in
from tests.cast import ACME, Cast

Open = Callable[..., Page]


def do(cast: Cast, function: str, **args: Any) -> Any:
    """Call a function as Olivia, committed."""
    with tenant_context(ACME):
        return call(function, cast.olivia.context(), args)


@pytest.fixture
def contact(cast: Cast, address: str) -> int:
    """A contact of Alice's."""
    return do(cast, "contacts.create_contact", first_name="Pat", owner_id=cast.alice.member_id)["id"]


def test_viewers_come_and_go(open_window: Open, cast: Cast, contact: int) -> None:
    path = f"/contacts/{contact}/"
    alice = log_in(open_window, cast.alice, path).page
    viewers = alice.locator(".viewers")
    expect(viewers).to_be_hidden()
    olivia = log_in(open_window, cast.olivia, path).page
    expect(viewers.locator(".avatar")).to_have_text("O", timeout=1_500)
    expect(viewers).to_have_attribute("title", "Olivia also has this open")
    expect(olivia.locator(".viewers .avatar")).to_have_text("A")
    classes = str(olivia.locator(".viewers .avatar").get_attribute("class")).split()
    assert f"avatar {hue_class('Alice')}".split() == classes
    olivia.goto("/contacts/")
    expect(viewers).to_be_hidden(timeout=1_500)


def test_offline_and_back(open_window: Open, cast: Cast, contact: int) -> None:
    window = log_in(open_window, cast.olivia, "/contacts/")
    page = window.page
    banner = page.locator(".connection-lost")
    expect(banner).to_be_hidden()
    page.context.set_offline(True)
    expect(banner).to_be_visible()
    do(cast, "contacts.create_contact", first_name="Made", last_name="Meanwhile")
    page.context.set_offline(False)
    expect(page.get_by_role("link", name="Made Meanwhile", exact=True)).to_be_visible(timeout=SOON)
    expect(banner).to_be_hidden()
    window.expect_live()
    window.expect_not_reloaded()


def test_attempts_grow_rarer_and_are_spread(open_window: Open, cast: Cast, contact: int) -> None:
    page = log_in(open_window, cast.olivia, "/contacts/").page
    tries: list[float] = []

    def refuse(socket: WebSocketRoute) -> None:
        tries.append(time.monotonic())
        socket.close(code=1013)

    page.route_web_socket("**/ws", refuse)
    page.reload()
    expect(page.locator("html[data-connection=offline]")).to_be_attached(timeout=15_000)
    assert len(tries) >= 4
    for number, (one, other) in enumerate(pairwise(tries[:4]), 1):
        assert 0.14 * 2**number < other - one < 0.3 * 2**number + 1.5
    expect(page.locator(".connection-lost")).to_be_visible()


def test_the_back_forward_cache_keeps_the_page_and_catches_up(
    browser: Browser, address: str, cast: Cast
) -> None:
    arguments = [*ARGUMENTS, "--enable-features=BackForwardCache"]
    chromium = browser.browser_type.launch(
        executable_path=find_browser(), args=arguments, ignore_default_args=["--disable-back-forward-cache"]
    )
    try:
        context = chromium.new_context(base_url=address)

        def open_window(path: str) -> Page:
            page = context.new_page()
            page.goto(path)
            return page

        page = log_in(open_window, cast.olivia, "/contacts/").page
        page.evaluate("addEventListener('pageshow', (event) => { window.cached = event.persisted })")
        page.goto("/companies/")
        do(cast, "contacts.create_contact", first_name="Cached", last_name="Page")
        page.go_back(wait_until="commit")
        expect(page.get_by_role("link", name="Cached Page", exact=True)).to_be_visible(timeout=SOON)
        assert page.evaluate("window.cached") is True
        window = Window(page)
        window.expect_live()
        window.expect_not_reloaded()
    finally:
        chromium.close()
