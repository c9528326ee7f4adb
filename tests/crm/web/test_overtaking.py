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
    assert said["conflict"] == {"version": 2, "values": {"job_title": "Countess"}}
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
