"""What a person does on a live page survives updates, and the page survives breaks of the socket."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from accounts.tenancy import tenant_context
from crm.web.templatetags.ui import hue_class
from realtime.functions.call import call
from scripts.browser import find_whole_browser
from tests.browser.conftest import ARGUMENTS
from tests.browser.windows import SOON, Window, log_in
from tests.cast import ACME, Cast
from tests.processes import wait_for

Open = Callable[..., Page]


def do(cast: Cast, function: str, **args: Any) -> Any:
    """Call a function as Olivia, committed."""
    with tenant_context(ACME):
        return call(function, cast.olivia.context(), args)


@pytest.fixture
def contact(cast: Cast, address: str) -> int:
    """A contact of Olivia's."""
    found: int = do(cast, "contacts.create_contact", first_name="Pat", last_name="Poe", job_title="Clerk")[
        "id"
    ]
    return found


def test_what_is_being_typed_stays(open_window: Open, cast: Cast, contact: int) -> None:
    page = log_in(open_window, cast.olivia, f"/contacts/{contact}/").page
    background, title = page.locator("[name=background]"), page.locator("[name=job_title]")
    background.focus()
    page.keyboard.type("half a sent")
    page.keyboard.press("ArrowLeft")
    do(cast, "contacts.update_contact", contact_id=contact, changes={"job_title": "Chief"})
    expect(title).to_have_value("Chief", timeout=SOON)
    expect(background).to_be_focused()
    page.keyboard.type("<")
    expect(background).to_have_value("half a sen<t")


def test_the_selection_and_the_place_stay(open_window: Open, cast: Cast, contact: int) -> None:
    """What is picked, marked and scrolled to, while a row above changes and another one comes."""
    window = log_in(open_window, cast.olivia, "/contacts/")
    page = window.page
    page.set_viewport_size({"width": 1280, "height": 260})
    row = page.locator(f"#contact-{contact}")
    row.locator("[data-pick]").check()
    row.evaluate(
        """row => {
          row.scrollIntoView({block: "end"});
          getSelection().selectAllChildren(row.querySelector(".row-link"));
        }"""
    )
    place = "() => [scrollY, ...[...document.querySelectorAll('*')].map(e => e.scrollTop).filter(y => y)]"
    before = page.evaluate(place)
    do(cast, "contacts.update_contact", contact_id=contact, changes={"email": "chief@poe.example"})
    do(cast, "contacts.create_contact", first_name="Aaron", last_name="Aaronson")
    expect(row).to_contain_text("chief@poe.example", timeout=SOON)
    expect(row.locator("[data-pick]")).to_be_checked()
    assert page.evaluate("getSelection().toString()") == "Pat Poe"
    assert page.evaluate(place) == before
    window.expect_not_reloaded()


def test_typed_and_left_stays_until_the_server_has_something_else(
    open_window: Open, cast: Cast, contact: int
) -> None:
    page = log_in(open_window, cast.olivia, f"/contacts/{contact}/").page
    title, name = page.locator("[name=job_title]"), page.locator("[name=last_name]")
    # Set without a change event, as a field that is not saved by itself.
    title.evaluate("field => { field.value = 'unsent' }")
    do(cast, "contacts.update_contact", contact_id=contact, changes={"last_name": "Moe"})
    expect(name).to_have_value("Moe", timeout=SOON)
    expect(title).to_have_value("unsent")
    do(cast, "contacts.update_contact", contact_id=contact, changes={"job_title": "Boss"})
    expect(title).to_have_value("Boss", timeout=SOON)


def test_elements_marked_to_keep_are_left_alone(open_window: Open, cast: Cast, contact: int) -> None:
    window = log_in(open_window, cast.olivia, "/contacts/")
    page = window.page
    page.locator("tbody tr").first.evaluate("row => { row.dataset.liveKeep = ''; row.title = 'mine' }")
    do(cast, "contacts.create_contact", first_name="New", last_name="Arrival")
    expect(page.get_by_role("link", name="New Arrival", exact=True)).to_be_visible(timeout=SOON)
    window.expect_not_reloaded()


def test_the_page_catches_up_after_a_break(open_window: Open, cast: Cast, contact: int) -> None:
    window = log_in(open_window, cast.olivia, "/contacts/")
    page = window.page
    sockets: list[WebSocketRoute] = []

    def follow(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket("**/ws", follow)
    page.reload()
    page.evaluate("window.opened = true")
    window.expect_live()
    states = "window.states = []; new MutationObserver(() => states.push(document.documentElement.dataset.connection))"
    page.evaluate(f"{states}.observe(document.documentElement, {{attributes: true}})")
    for number in range(2):
        sockets[-1].close(code=1012, reason="restart")
        do(cast, "contacts.create_contact", first_name="Came", last_name=f"Meanwhile {number}")
        page.get_by_role("link", name=f"Came Meanwhile {number}", exact=True).wait_for(timeout=SOON)
        window.expect_live()
    assert len(sockets) >= 3
    assert "reconnecting" in page.evaluate("states")
    window.expect_not_reloaded()


class Line:
    """Stands between a page and the server, once for each socket that the page opens: what was said, and a cut."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[dict[str, Any]] = []
        self.told: list[str] = []
        self.before_connecting: Callable[[], object] = lambda: None
        self._socket: WebSocketRoute | None = None
        page.route_web_socket("**/ws", self._follow)

    def _follow(self, socket: WebSocketRoute) -> None:
        self.before_connecting()
        self.said, self.told, self._socket = [], [], socket
        said, told, server = self.said, self.told, socket.connect_to_server()

        def say(message: str | bytes) -> None:
            said.append(json.loads(message))
            server.send(message)

        def tell(message: str | bytes) -> None:
            told.append(str(message))
            socket.send(message)

        socket.on_message(say)
        server.on_message(tell)

    def changes(self) -> list[dict[str, Any]]:
        """What the server has told of the queries since the socket was opened."""
        return [change for text in self.told for change in json.loads(text).get("changes", [])]

    def break_and_return(self) -> None:
        """Cut the socket, and wait until the one that the page opens then has its answers."""
        assert self._socket is not None
        self._socket.close(code=1012, reason="restart")
        self.said = []
        self.wait()

    def wait(self) -> None:
        """Until each region that the page asked for has an answer."""
        wait_for(
            lambda: (asked := self._asked()) and asked <= {change["id"] for change in self.changes()},
            meanwhile=lambda: self.page.wait_for_timeout(20),
        )

    def _asked(self) -> set[str]:
        queries = (query for message in self.said for query in message.get("queries", []))
        return {query["id"] for query in queries if "fragment" in query}


def test_who_comes_back_is_told_only_what_has_changed(open_window: Open, cast: Cast, contact: int) -> None:
    """A page says where it was; nothing is sent of what is as before, and all of what was written meanwhile."""
    window = log_in(open_window, cast.olivia, "/companies/")
    line = Line(window.page)
    window.page.reload()
    line.wait()
    place = [
        (message["epoch"], message["tick"])
        for text in line.told
        if (message := json.loads(text)).get("changes")
    ]
    line.break_and_return()
    hello, ready = line.said[0], json.loads(line.told[0])
    assert (hello["epoch"], hello["tick"]) == place[-1]
    assert ready["resumed"] is True
    regions = window.page.locator("[data-live]").count()
    assert [change["unchanged"] for change in line.changes()] == [True] * regions
    assert sum(map(len, line.told)) < 250 + 100 * regions, "nothing but hashes came"
    line.before_connecting = lambda: do(cast, "companies.create_company", name="Founded Meanwhile")
    line.break_and_return()
    told = [change for change in line.changes() if "html" in change]
    assert ["Founded Meanwhile" in change["html"] for change in told] == [True]
    expect(window.page.get_by_role("link", name="Founded Meanwhile", exact=True)).to_be_visible()


def test_a_region_that_cannot_be_morphed_shows_what_is_true(
    open_window: Open, cast: Cast, contact: int
) -> None:
    page = log_in(open_window, cast.olivia, f"/contacts/{contact}/").page
    head = page.locator('[data-live="contacts/head"]')
    page.evaluate("() => { DOMParser.prototype.parseFromString = () => { throw new Error('broken') } }")
    for name in ("Quo", "Woe"):
        do(cast, "contacts.update_contact", contact_id=contact, changes={"last_name": name})
        expect(head).to_contain_text(f"Pat {name}", timeout=SOON)


def test_the_back_button_shows_what_is_true_now(open_window: Open, cast: Cast, contact: int) -> None:
    page = log_in(open_window, cast.olivia, "/contacts/").page
    page.goto("/companies/")
    do(cast, "contacts.create_contact", first_name="While", last_name="Away")
    page.go_back()
    expect(page.get_by_role("link", name="While Away", exact=True)).to_be_visible(timeout=SOON)
    Window(page).expect_live()


def test_regions_that_go_are_unsubscribed_and_new_ones_followed(
    open_window: Open, cast: Cast, contact: int
) -> None:
    page = log_in(open_window, cast.olivia, f"/contacts/{contact}/").page
    page.evaluate("""() => {
      const region = document.querySelector('[data-live="contacts/head"]');
      const added = region.cloneNode(false);
      added.removeAttribute("data-live-hash");
      added.id = "added";
      document.body.append(added);
      region.remove();
    }""")
    expect(page.locator("#added")).to_contain_text("Pat Poe", timeout=SOON)
    do(cast, "contacts.update_contact", contact_id=contact, changes={"last_name": "Roe"})
    expect(page.locator("#added")).to_contain_text("Pat Roe", timeout=SOON)


def test_forms_in_regions_get_their_token(open_window: Open, cast: Cast, contact: int) -> None:
    page = log_in(open_window, cast.olivia, f"/contacts/{contact}/").page
    do(cast, "contacts.update_contact", contact_id=contact, changes={"last_name": "Toe"})
    expect(page.locator("[name=last_name]")).to_have_value("Toe", timeout=SOON)
    tokens = page.locator("[data-live] [name=csrfmiddlewaretoken]").evaluate_all(
        "all => all.map((one) => one.value)"
    )
    assert tokens
    assert all(tokens)


def test_viewers_come_and_go(open_window: Open, cast: Cast) -> None:
    made = do(cast, "contacts.create_contact", first_name="Pat", owner_id=cast.alice.member_id)
    path = f"/contacts/{made['id']}/"
    alice = log_in(open_window, cast.alice, path).page
    viewers = alice.locator(".viewers")
    expect(viewers).to_be_hidden()
    olivia = log_in(open_window, cast.olivia, path).page
    expect(viewers.locator(".avatar")).to_have_text("O", timeout=SOON)
    expect(viewers).to_have_attribute("title", "Olivia also has this open")
    expect(olivia.locator(".viewers .avatar")).to_have_text("A")
    classes = str(olivia.locator(".viewers .avatar").get_attribute("class")).split()
    assert f"avatar {hue_class('Alice')}".split() == classes
    olivia.goto("/contacts/")
    expect(viewers).to_be_hidden(timeout=SOON)


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
    page.route_web_socket("**/ws", lambda socket: socket.close(code=1013))
    # What the page asks its clock for, not what the clock makes of it; only these lengths are no whole numbers.
    page.add_init_script(
        """window.pauses = []; const real = window.setTimeout;
        window.setTimeout = (work, pause, ...more) => {
          const isRetry = Number.isFinite(pause) && !Number.isInteger(pause) && pauses.push(pause);
          return real(work, isRetry ? 1 : pause, ...more);
        };"""
    )
    page.reload()
    expect(page.locator("html[data-connection=offline]")).to_be_attached(timeout=SOON)
    pauses = page.evaluate("pauses")
    assert len(pauses) >= 4
    shares = [pause / (300 * 2**number) for number, pause in enumerate(pauses[:4], 1)]
    assert all(0.5 <= share <= 1 for share in shares)
    assert len(set(shares)) == 4
    expect(page.locator(".connection-lost")).to_be_visible()


def test_the_back_forward_cache_keeps_the_page_and_catches_up(
    browser: Browser, address: str, cast: Cast
) -> None:
    arguments = [*ARGUMENTS, "--enable-features=BackForwardCache"]
    chromium = browser.browser_type.launch(
        executable_path=find_whole_browser(),
        args=arguments,
        timeout=SOON,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    try:
        context = chromium.new_context(base_url=address)
        context.set_default_timeout(SOON)

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
