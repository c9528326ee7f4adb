"""The browser reaches the real web server: the log-in page works, and says nothing to the console."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.windows import SOON
from tests.cast import Cast


def test_wrong_password_is_refused(open_window: Callable[..., Page], cast: Cast) -> None:
    page = open_window("/login/")
    page.get_by_label("Email").fill(cast.alice.email)
    page.get_by_label("Password", exact=True).fill("not this one")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()


def test_right_password_leads_home(open_window: Callable[..., Page], cast: Cast) -> None:
    page = open_window("/login/")
    page.get_by_label("Email").fill(cast.alice.email)
    page.get_by_label("Password", exact=True).fill(cast.alice.password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)
    expect(page.locator("html[data-connection=live]")).to_be_attached(timeout=SOON)
