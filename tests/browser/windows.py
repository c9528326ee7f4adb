"""Windows of members: logged in, on a page, with everything that the live socket brought them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.test import Client
from playwright.sync_api import Page, WebSocket, expect

from accounts.models import User
from tests.cast import Person
from tests.processes import PATIENCE

#: Milliseconds that a change may take to reach an open page, on the slowest machine; see tests/processes.py.
SOON = int(PATIENCE * 1000)


@dataclass
class Window:
    """A member's window. ``frames`` is every message that its socket received."""

    page: Page
    frames: list[str] = field(default_factory=list)

    def names(self) -> list[str]:
        """The first column of the table on the page."""
        return self.page.locator("tbody tr .row-link").all_inner_texts()

    def expect_names(self, *names: str) -> None:
        """The table comes to show exactly these, without a reload."""
        rows = self.page.locator("tbody tr .row-link")
        expect(rows).to_have_count(len(names), timeout=SOON)
        for name in names:
            expect(self.page.get_by_role("link", name=name, exact=True)).to_be_visible(timeout=SOON)
        self.expect_not_reloaded()

    def expect_live(self) -> None:
        """The socket is up."""
        expect(self.page.locator("html[data-connection=live]")).to_be_attached(timeout=SOON)

    def expect_not_reloaded(self) -> None:
        """The document is the one that was opened."""
        assert self.page.evaluate("window.opened === true"), "the page was loaded anew"

    def received(self, text: str) -> bool:
        """Whether the text came over the socket, or stands in the page."""
        return any(text in frame for frame in self.frames) or text in self.page.content()


def session_of(person: Person) -> str:
    """The key of a new session of the person's."""
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(pk=person.user_id))
    return client.cookies["sessionid"].value


def log_in(open_window: Callable[..., Page], person: Person, path: str) -> Window:
    """A window of the person, on the path, with its socket up. (The form of /login/ has tests of its own.)"""
    page = open_window("/healthz")
    window = Window(page)

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: window.frames.append(str(payload)))

    page.on("websocket", listen)
    page.context.add_cookies([{"name": "sessionid", "value": session_of(person), "url": page.url}])
    page.goto(path)
    page.evaluate("window.opened = true")
    window.expect_live()
    return window
