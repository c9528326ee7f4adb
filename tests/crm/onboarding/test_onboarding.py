"""A new member's first weeks: welcome, a list that ticks itself off, reminders, an end."""

from typing import Any

import pytest
from django.test import Client

from accounts.actor import member_context, system_context
from accounts.models import OutgoingEmail, User
from accounts.roles.models import Invitation, Member, Role, Team
from crm.notifications.models import Notification
from realtime.functions.call import call
from tests.accounts.billing.conftest import pass_days
from tests.cast import ACME, Cast, create_user
from workflows.drain import drain
from workflows.runs.models import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora(acme: str, cast: Cast) -> int:
    """Nora has just joined team North as an Agent; the test runs inside Acme. Her member's id."""
    user = create_user("Nora", "acme", "!")
    role = Role.objects.get(key="agent")
    team = Team.objects.get(name="North")
    args = {"email": user.email, "role_id": role.pk, "team_ids": [team.pk]}
    call("roles.invite_member", cast.olivia.context(), args)
    token = "secret"
    from accounts.roles.invitations import hash_token

    Invitation.objects.update(token_hash=hash_token(token))
    row = call("roles.accept_invitation", system_context(ACME), {"token": token, "user_id": user.pk})
    OutgoingEmail.objects.all().delete()
    drain()
    return int(row["id"])


def act(member_id: int, name: str, **args: Any) -> Any:
    return call(name, member_context(ACME, member_id), args)


def steps(member_id: int) -> dict[str, bool]:
    return {row["key"]: row["is_done"] for row in act(member_id, "onboarding.get_first_steps")["steps"]}


def take_all(member_id: int) -> None:
    """Nora does what the list asks for."""
    act(member_id, "accounts.update_profile", changes={"time_zone": "Europe/Berlin"})
    contact = act(member_id, "contacts.create_contact", first_name="Ada")["id"]
    act(member_id, "tasks.create_task", title="Call her")
    act(member_id, "activities.create_activity", contact_id=contact, body="Hello", kind="note")


def run() -> Run:
    return Run.objects.get(workflow="member_onboarding")


def emails() -> list[str]:
    return list(OutgoingEmail.objects.order_by("pk").values_list("subject", flat=True))


def onboarding(member_id: int) -> str:
    return str(Member.objects.values_list("onboarding", flat=True).get(pk=member_id))


def test_a_list_that_ticks_itself_off(nora: int, cast: Cast) -> None:
    assert emails() == ["Welcome to Acme"]
    assert steps(nora) == {"profile": False, "contact": False, "task": False, "log": False}
    act(nora, "contacts.create_contact", first_name="Ada")
    assert steps(nora) == {"profile": False, "contact": True, "task": False, "log": False}
    take_all(nora)
    assert all(steps(nora).values())
    found = act(nora, "onboarding.finish_first_steps")
    assert (found["is_open"], found["is_done"], onboarding(nora)) == (False, True, "done")
    drain()
    assert run().status == "completed"
    told = Notification.objects.exclude(kind="assigned").values_list("member_id", "title")
    assert list(told) == [(cast.lea.member_id, "Nora has taken all first steps")]
    assert act(cast.bob.member_id, "onboarding.get_first_steps") == {
        "is_open": False,
        "is_done": False,
        "steps": [],
    }


def test_reminders_on_two_days_until_it_is_put_away(nora: int) -> None:
    for _ in range(35):
        pass_days(1)
    assert emails() == ["Welcome to Acme", *["Your first steps in Acme"] * 2]
    assert (onboarding(nora), run().status) == ("hidden", "completed")
    assert not Notification.objects.filter(title__contains="first steps").exists()


def test_who_is_done_hears_nothing_more(nora: int, cast: Cast) -> None:
    """Nobody told the run: it finds out when it looks."""
    take_all(nora)
    for _ in range(8):
        pass_days(1)
    assert emails() == ["Welcome to Acme"]
    assert (onboarding(nora), run().status) == ("done", "completed")
    assert Notification.objects.filter(member_id=cast.lea.member_id).count() == 1


def test_half_done_is_not_finished_but_can_be_hidden(nora: int) -> None:
    assert act(nora, "onboarding.finish_first_steps")["is_open"]
    assert onboarding(nora) == "open"
    assert not act(nora, "onboarding.finish_first_steps", anyway=True)["is_open"]
    drain()
    assert (onboarding(nora), run().status) == ("hidden", "completed")


def test_it_stops_when_the_member_is_shut_out(nora: int, cast: Cast) -> None:
    call("roles.deactivate_member", cast.olivia.context(), {"member_id": nora})
    drain()
    assert run().status == "cancelled"
    pass_days(6)
    assert emails() == ["Welcome to Acme"]


def test_the_start_page(nora: int, cast: Cast, client: Client) -> None:
    user = User.objects.get(email="nora@acme.test")
    client.force_login(user)
    page = client.get("/", headers={"host": "localhost"}).content.decode()
    assert "First steps" in page
    assert "0 of 4" in page
    answer = client.post("/first-steps/finish/", {"anyway": "1"}, headers={"host": "localhost"})
    assert answer.status_code == 303
    assert "First steps" not in client.get("/", headers={"host": "localhost"}).content.decode()
