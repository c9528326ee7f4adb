"""Two people change one contact: who comes second is told what changed in the same field; other fields just merge."""

import json
from typing import Any

import pytest
from django.test import Client

from crm.contacts.models import Contact, ContactStage
from realtime.functions import PreconditionFailed
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.web.conftest import Browse

pytestmark = pytest.mark.usefixtures("acme")


@pytest.fixture
def ada(cast: Cast) -> int:
    given = {"first_name": "Ada", "job_title": "Analyst"}
    return int(call("contacts.create_contact", cast.alice.context(), given)["id"])


def save(client: Client, pk: int, version: int, **fields: str) -> tuple[int, Any]:
    answer = client.post(
        f"/contacts/{pk}/", {**fields, "version": str(version)}, headers={"X-Enhance": "region"}
    )
    return answer.status_code, json.loads(answer.content)


def test_the_second_one_sees_what_changed_and_chooses(browse: Browse, cast: Cast, ada: int) -> None:
    lea, alice = browse(cast.lea), browse(cast.alice)
    assert save(lea, ada, 1, job_title="Countess") == (200, {"toast": "", "location": None, "version": 2})
    status, said = save(alice, ada, 1, job_title="Engineer")
    assert status == 412
    assert said["errors"] == {"job_title": ["Lea changed this from “Analyst” to “Countess”."]}
    assert said["conflict"]["version"] == 2
    assert said["conflict"]["values"]["job_title"] == "Countess"
    assert Contact.objects.get(pk=ada).job_title == "Countess"
    assert save(alice, ada, 2, job_title="Engineer")[0] == 200


def test_another_field_is_no_collision(browse: Browse, cast: Cast, ada: int) -> None:
    save(browse(cast.lea), ada, 1, job_title="Countess")
    assert save(browse(cast.alice), ada, 1, first_name="Augusta")[0] == 200
    found = Contact.objects.get(pk=ada)
    assert (found.first_name, found.job_title, found.version) == ("Augusta", "Countess", 3)


def test_choices_are_told_by_their_names(browse: Browse, cast: Cast, ada: int) -> None:
    first, *_others, last = ContactStage.objects.all()
    save(browse(cast.lea), ada, 1, stage_id=str(last.pk))
    _status, said = save(browse(cast.alice), ada, 1, stage_id=str(last.pk - 1))
    assert said["errors"]["stage_id"] == [f"Lea changed this from “{first.name}” to “{last.name}”."]


def test_if_match_is_refused_with_everything_that_changed_and_is_not_hidden(cast: Cast, ada: int) -> None:
    roles = call("roles.list_roles", cast.olivia.context())
    agent = next(row["id"] for row in roles if row["key"] == "agent")
    rule = {"role_id": agent, "object": "contact", "field": "job_title", "level": "hidden"}
    call("roles.set_field_permission", cast.olivia.context(), rule)
    changes = {"job_title": "Countess", "first_name": "Augusta"}
    call("contacts.update_contact", cast.lea.context(), {"contact_id": ada, "changes": changes})
    args = {"contact_id": ada, "changes": {"source": "Fair"}, "version": 1}
    with pytest.raises(PreconditionFailed) as refused:
        call("contacts.update_contact", cast.alice.context(), args)
    assert [error["param"] for error in refused.value.errors] == ["changes.first_name"]
    assert refused.value.errors[0]["detail"] == "Lea changed this from “Ada” to “Augusta”."


def send(client: Client, path: str, **fields: object) -> tuple[int, Any]:
    answer = client.post(
        path, {name: str(value) for name, value in fields.items()}, headers={"X-Enhance": "region"}
    )
    return answer.status_code, json.loads(answer.content)


@pytest.fixture
def deal(cast: Cast, ada: int) -> Any:
    given = {"title": "Loft", "amount": "100", "contact_id": ada}
    return call("deals.create_deal", cast.alice.context(), given)


def test_a_deal_and_a_company_tell_as_well(browse: Browse, cast: Cast, deal: Any) -> None:
    lea, alice = browse(cast.lea), browse(cast.alice)
    path = f"/deals/{deal['id']}/"
    assert send(lea, path, title="Penthouse", version=1)[0] == 200
    status, said = send(alice, path, title="Attic", version=1)
    assert (status, said["errors"]) == (412, {"title": ["Lea changed this from “Loft” to “Penthouse”."]})
    assert said["conflict"]["values"]["title"] == "Penthouse"
    assert send(alice, path, amount="120", version=1)[0] == 200
    firm = call("companies.create_company", cast.alice.context(), {"name": "Hollis"})
    path = f"/companies/{firm['id']}/"
    assert send(lea, path, city="Bergen", version=1)[0] == 200
    status, said = send(alice, path, city="Oslo", version=1)
    assert (status, said["conflict"]["values"]["city"]) == (412, "Bergen")


def test_a_deal_that_one_won_is_not_lost_by_the_other_in_silence(
    browse: Browse, cast: Cast, deal: Any
) -> None:
    lea, alice = browse(cast.lea), browse(cast.alice)
    seen = {"version": 1, "from_stage_id": deal["stage_id"]}
    path = f"/deals/{deal['id']}/"
    assert send(lea, f"{path}win/", **seen)[0] == 200
    for way in ("lose/", "win/"):
        status, said = send(alice, path + way, **seen)
        assert status in (412, 422)
        assert said["errors"] == {"": ["Lea moved “Loft” to Won meanwhile. It stays there."]}
    assert call("deals.get_deal", cast.alice.context(), {"deal_id": deal["id"]})["status"] == "won"


def test_what_is_not_in_the_way_is_not_told(browse: Browse, cast: Cast, deal: Any) -> None:
    """Somebody wrote another amount: the deal is won all the same, and moved."""
    send(browse(cast.lea), f"/deals/{deal['id']}/", amount="120", version=1)
    stages = call("deals.list_pipelines", cast.alice.context())[0]["stages"]
    seen = {"version": 1, "from_stage_id": deal["stage_id"]}
    alice, path = browse(cast.alice), f"/deals/{deal['id']}/"
    assert send(alice, f"{path}move/", stage_id=stages[1]["id"], **seen)[0] == 200
    status, said = send(alice, f"{path}move/", stage_id=stages[2]["id"], **seen)
    assert (status, "Alice moved “Loft”" in said["errors"][""][0]) == (412, True)
    now = {"version": 1, "from_stage_id": stages[1]["id"]}
    assert send(alice, f"{path}win/", **now)[0] == 200


def test_an_owner_that_somebody_chose_meanwhile_is_told(browse: Browse, cast: Cast, ada: int) -> None:
    path, seen = f"/contacts/{ada}/assign/", {"version": 1, "from_owner_id": cast.alice.member_id}
    save(browse(cast.lea), ada, 1, job_title="Countess")
    assert send(browse(cast.lea), path, owner_id=cast.lea.member_id, **seen)[0] == 200
    status, said = send(browse(cast.olivia), path, owner_id=cast.bob.member_id, **seen)
    assert status == 412
    assert said["errors"][""][0].startswith("Somebody gave this to Lea meanwhile.")


@pytest.fixture
def task(cast: Cast) -> Any:
    given = {"title": "Call", "due_at": "2030-01-01T09:00:00Z"}
    return call("tasks.create_task", cast.alice.context(), given)


def test_a_task_that_both_had_open(browse: Browse, cast: Cast, task: Any) -> None:
    lea, alice, path = browse(cast.lea), browse(cast.alice), f"/tasks/{task['id']}/"
    form = {"kind": "todo", "version": 1, "due_date": "2030-01-01", "due_time": "09:00"}
    changed = {**form, "due_date": "2030-01-02", "kind": "call", "title": "Call"}
    assert send(lea, path, **changed, touched="due_date kind")[0] == 200
    # What was not touched goes together.
    assert send(alice, path, **form, title="Call Ada", touched="title")[0] == 200
    status, said = send(alice, path, **form, title="Call Ada", touched="due_time title")
    assert status == 412
    assert said["errors"]["due_date"][0].startswith("Lea changed this from “1 Jan 2030")
    assert said["conflict"]["values"]["due_date"] == "2030-01-02"
    assert said["conflict"]["parts"]["due_date"] == ["due_date", "due_time"]
    assert (
        send(
            alice,
            path,
            **{**form, "version": said["conflict"]["version"]},
            title="Call Ada",
            touched="due_time",
        )[0]
        == 200
    )


def test_who_completes_a_task_second_is_told_who_was_first(browse: Browse, cast: Cast, task: Any) -> None:
    path = f"/tasks/{task['id']}/complete/"
    assert send(browse(cast.lea), path)[1]["toast"] == "Task done."
    assert send(browse(cast.alice), path)[1]["toast"] == "Lea had done this already."


def test_a_note_that_both_edit(browse: Browse, cast: Cast, ada: int) -> None:
    note = call("activities.create_activity", cast.alice.context(), {"contact_id": ada, "body": "Met."})
    path = f"/activities/{note['id']}/"
    assert send(browse(cast.olivia), path, body="Met in May.", version=1)[0] == 200
    status, said = send(browse(cast.alice), path, body="Met in June.", version=1)
    assert (status, said["errors"]) == (412, {"body": ["Olivia changed this from “Met.” to “Met in May.”."]})
    assert said["conflict"] == {"version": 2, "values": {"body": "Met in May."}, "parts": {}}


def test_a_contact_that_was_binned_while_one_typed(browse: Browse, cast: Cast, ada: int) -> None:
    call("contacts.archive_contact", cast.lea.context(), {"contact_id": ada})
    status, said = save(browse(cast.alice), ada, 1, job_title="Engineer")
    assert (status, said["errors"]) == (422, {"": ["Lea moved this to the bin: restore it first."]})
    status, said = save(browse(cast.lea), ada, 1, job_title="Engineer")
    assert (status, said["errors"]) == (422, {"": ["This record is in the bin: restore it first."]})
