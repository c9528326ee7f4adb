"""Two windows: what one person changes about another's role, team, fields and records, the other's page follows."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.actor import system_context
from accounts.roles.models import Role
from accounts.tenancy import tenant_context
from realtime.functions.call import call
from tests.browser.windows import SOON, Window, log_in
from tests.cast import ACME, Cast, Person

Open = Callable[..., Page]


def do(person: Person, function: str, **args: Any) -> Any:
    """Call a function as the person, committed."""
    with tenant_context(person.schema):
        return call(function, person.context(), args)


def role_id(key: str) -> int:
    with tenant_context(ACME):
        return Role.objects.get(key=key).pk


@pytest.fixture
def contacts(cast: Cast, address: str) -> dict[str, int]:
    """One contact each of Alice's, Bob's and Lea's; leftovers of the test before go to the bin."""
    rows = do(cast.olivia, "contacts.list_contacts", limit=200)["data"]
    for row in rows:
        do(cast.olivia, "contacts.archive_contact", contact_id=row["id"])
    made = {}
    for person in (cast.alice, cast.bob, cast.lea):
        email = f"private-of-{person.name.lower()}@example.com"
        row = do(
            person, "contacts.create_contact", first_name="Kim", last_name=f"Of {person.name}", email=email
        )
        made[person.name] = row["id"]
    return made


@pytest.fixture
def alice(open_window: Open, cast: Cast, contacts: dict[str, int]) -> Window:
    """Alice, an Agent, looking at her contacts."""
    window = log_in(open_window, cast.alice, "/contacts/")
    window.expect_names("Kim Of Alice")
    assert not window.received("Of Bob")
    return window


def test_a_role_changed_in_one_window_changes_the_other(open_window: Open, alice: Window, cast: Cast) -> None:
    olivia = log_in(open_window, cast.olivia, "/settings/team/")
    select = olivia.page.locator(f"#member-{cast.alice.member_id} select")

    select.select_option(label="Leader")
    alice.expect_names("Kim Of Alice", "Kim Of Lea")
    assert not alice.received("Of Bob")
    select.select_option(label="Owner")
    alice.expect_names("Kim Of Alice", "Kim Of Bob", "Kim Of Lea")
    select.select_option(label="Agent")
    alice.expect_names("Kim Of Alice")
    olivia.expect_not_reloaded()
    # What came before the role was given back is hers to have seen; nothing comes after.
    alice.frames.clear()
    do(cast.bob, "contacts.create_contact", first_name="Late", last_name="Of Bob")
    do(cast.alice, "contacts.create_contact", first_name="Late", last_name="Of Alice")
    alice.expect_names("Kim Of Alice", "Late Of Alice")
    assert not alice.received("Of Bob")


def test_a_reassigned_contact_leaves_one_screen_and_enters_another(
    open_window: Open, alice: Window, cast: Cast, contacts: dict[str, int]
) -> None:
    bob = log_in(open_window, cast.bob, "/contacts/")
    do(cast.olivia, "contacts.assign_contact", contact_id=contacts["Alice"], owner_id=cast.bob.member_id)
    alice.expect_names()
    bob.expect_names("Kim Of Alice", "Kim Of Bob")


def test_a_moved_member_takes_their_records_along(
    open_window: Open, cast: Cast, contacts: dict[str, int]
) -> None:
    lea = log_in(open_window, cast.lea, "/contacts/")
    lea.expect_names("Kim Of Alice", "Kim Of Lea")
    north, south = cast.teams["North"], cast.teams["South"]
    move = {"member_id": cast.bob.member_id}
    do(cast.olivia, "roles.move_team_member", **move, from_team_id=south, to_team_id=north)
    lea.expect_names("Kim Of Alice", "Kim Of Bob", "Kim Of Lea")
    do(cast.olivia, "roles.move_team_member", **move, from_team_id=north, to_team_id=south)
    lea.expect_names("Kim Of Alice", "Kim Of Lea")
    do(
        cast.olivia,
        "roles.move_team_member",
        member_id=cast.lea.member_id,
        from_team_id=north,
        to_team_id=south,
    )
    lea.expect_names("Kim Of Bob", "Kim Of Lea")
    do(
        cast.olivia,
        "roles.move_team_member",
        member_id=cast.lea.member_id,
        from_team_id=south,
        to_team_id=north,
    )
    lea.expect_names("Kim Of Alice", "Kim Of Lea")


def test_an_edited_role_changes_what_its_members_see(alice: Window, cast: Cast) -> None:
    edit = {"role_id": role_id("agent"), "permission": "contact.view"}
    do(cast.olivia, "roles.set_role_permission", **edit, access="all")
    alice.expect_names("Kim Of Alice", "Kim Of Bob", "Kim Of Lea")
    do(cast.olivia, "roles.set_role_permission", **edit, access="own")
    alice.expect_names("Kim Of Alice")


def test_a_hidden_field_leaves_the_screen(alice: Window, cast: Cast) -> None:
    page = alice.page
    expect(page.get_by_text("private-of-alice@example.com")).to_be_visible()
    rule = {"role_id": role_id("agent"), "object": "contact", "field": "email"}
    do(cast.olivia, "roles.set_field_permission", **rule, level="hidden")
    expect(page.get_by_text("private-of-alice@example.com")).to_have_count(0, timeout=SOON)
    assert "private-of-alice" not in page.content()
    do(cast.olivia, "roles.set_field_permission", **rule, level="write")
    expect(page.get_by_text("private-of-alice@example.com")).to_be_visible(timeout=SOON)
    alice.expect_not_reloaded()


def test_a_deactivated_members_pages_close(alice: Window, cast: Cast) -> None:
    do(cast.olivia, "roles.deactivate_member", member_id=cast.alice.member_id)
    expect(alice.page.get_by_text("You are no longer signed in here")).to_be_visible(timeout=SOON)
    assert "Of Alice" not in alice.page.content()
    alice.page.goto("/contacts/")
    assert "Of Alice" not in alice.page.content()
    do(cast.olivia, "roles.reactivate_member", member_id=cast.alice.member_id)


def test_a_workspace_locks_on_open_screens_and_opens_again(alice: Window) -> None:
    """Nobody reloads anything: the notice comes over the page, and goes with the payment."""
    notice = alice.page.locator(".locked-notice")
    with tenant_context(ACME):
        call("billing.lock_tenant", system_context(ACME), {})
    expect(notice).to_contain_text("Ask your workspace's owner")
    expect(alice.page.locator("#main h1")).not_to_be_visible()
    with tenant_context(ACME):
        call("billing.unlock_tenant", system_context(ACME), {})
    expect(notice).to_have_count(0)
    alice.expect_names("Kim Of Alice")
    alice.expect_not_reloaded()
    with tenant_context(ACME):
        call("billing.lock_tenant", system_context(ACME), {})
    page = alice.page
    page.goto("/contacts/")
    expect(page).to_have_title(re.compile("Locked"))
    with tenant_context(ACME):
        call("billing.unlock_tenant", system_context(ACME), {})
    expect(page.locator("#main h1")).to_have_text("Contacts")  # what was asked for takes its place by itself
