"""What one window changes, another one shows: tasks, files and the settings, each without a reload."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.tenancy import tenant_context
from realtime.functions.call import call
from tests.browser.windows import SOON, log_in
from tests.cast import Cast

#: Page of the settings -> where a form on it sends to, what, and the text that then stands there.
SETTINGS: dict[str, tuple[str, dict[str, str], str]] = {
    "/settings/tags/": ("/settings/tags/new/", {"name": "Waterfront", "color": "blue"}, "Waterfront"),
    "/settings/contacts/": ("/settings/sources/new/", {"name": "Billboard"}, "Billboard"),
    "/settings/fields/": ("/settings/fields/deal/new/", {"label": "Keys at", "type": "text"}, "Keys at"),
    "/settings/pipelines/": ("/settings/pipelines/new/", {"name": "Lettings"}, "Lettings"),
    "/settings/forms/": ("/settings/forms/new/", {"name": "Viewing"}, "Viewing"),
    "/settings/team/": ("/settings/teams/new/", {"name": "East"}, "East"),
    "/settings/roles/": ("/settings/roles/new/", {"name": "Assistant", "description": "Helps"}, "Assistant"),
    "/automations/": ("/automations/new/", {"name": "Greet", "begin": "on:by_hand"}, "Greet"),
}
SEND = """async ([path, values]) => {
    const headers = { "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content, "X-Enhance": "region" };
    return (await fetch(path, { method: "POST", headers, body: new URLSearchParams(values) })).status;
}"""


@pytest.fixture(scope="module")
def contact(committed_db: str, cast: Cast) -> int:
    """Olivia's contact."""
    ctx = cast.olivia.context()
    with tenant_context(ctx.schema):
        return int(call("contacts.create_contact", ctx, {"first_name": "Ada"})["id"])


@pytest.mark.browser
def test_tasks_files_and_settings(open_window: Callable[..., Page], cast: Cast, contact: int) -> None:
    mine, other = (log_in(open_window, cast.olivia, "/tasks/") for _ in range(2))
    mine.page.get_by_label("Add a task").fill("Order the sign")
    mine.page.keyboard.press("Enter")
    expect(other.page.get_by_text("Order the sign")).to_be_visible(timeout=SOON)
    other.expect_not_reloaded()
    with tenant_context(cast.olivia.schema):
        (task,) = call("tasks.list_tasks", cast.olivia.context())["data"]
    assert mine.page.evaluate(SEND, [f"/tasks/{task['id']}/complete/", {}]) == 200
    expect(other.page.get_by_text("Order the sign")).to_be_hidden(timeout=SOON)
    for window in (mine, other):
        _open(window, f"/contacts/{contact}/")
    file: Any = {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"Two rooms."}
    mine.page.locator("[data-file-input]").first.set_input_files(file)
    expect(other.page.get_by_text("plan.txt").first).to_be_visible(timeout=SOON)
    other.expect_not_reloaded()
    for path, (sends_to, values, text) in SETTINGS.items():
        _open(other, path)
        assert mine.page.evaluate(SEND, [sends_to, values]) == 200, sends_to
        expect(other.page.locator("main").get_by_text(text, exact=True).first).to_be_visible(timeout=SOON)
        other.expect_not_reloaded()


def _open(window: Any, path: str) -> None:
    window.page.goto(path)
    window.page.evaluate("window.opened = true")
    window.expect_live()
