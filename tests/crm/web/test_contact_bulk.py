"""One thing with many contacts: what is done is counted, what is refused is named with its reason."""

import json
from typing import Any

import pytest
from django.test import Client

from crm.contacts.models import Contact, ContactStage
from realtime.functions.call import call
from tests.cast import Cast, Person
from tests.crm.web.conftest import Browse

pytestmark = pytest.mark.usefixtures("acme")


def make(person: Person, name: str) -> int:
    return int(call("contacts.create_contact", person.context(), {"first_name": name})["id"])


def bulk(client: Client, action: str, *ids: int, **fields: str) -> Any:
    given = {"ids": ",".join(map(str, ids)), **fields}
    answer = client.post(f"/contacts/bulk/{action}/", given, headers={"X-Enhance": "region"})
    return answer.status_code, json.loads(answer.content)


def test_each_action_reaches_each_contact(browse: Browse, cast: Cast) -> None:
    lea, ids = browse(cast.lea), [make(cast.alice, name) for name in ("Ada", "Bea")]
    stage = ContactStage.objects.last()
    assert bulk(lea, "assign", *ids, owner_id=str(cast.lea.member_id))[1]["toast"] == "2 contacts assigned."
    assert bulk(lea, "stage", *ids, stage_id=str(stage.pk))[1]["toast"] == "2 contacts changed."
    assert bulk(lea, "tag", *ids, tag="VIP")[1]["toast"] == "2 contacts tagged."
    found = Contact.objects.filter(pk__in=ids)
    assert {(row.owner_id, row.stage_id, *row.tags) for row in found} == {
        (cast.lea.member_id, stage.pk, "VIP")
    }
    assert bulk(lea, "untag", *ids, tag="vip")[0] == 200
    assert bulk(lea, "archive", *ids)[1]["toast"] == "2 contacts moved to the bin."
    assert {(*row.tags, row.archived_at is None) for row in found.all()} == {(False,)}


def test_what_fails_is_named_and_spoils_nothing(browse: Browse, cast: Cast) -> None:
    mine, bobs = make(cast.alice, "Ada"), make(cast.bob, "Bert")
    status, said = bulk(browse(cast.alice), "tag", mine, bobs, tag="VIP")
    assert (status, said["kind"]) == (200, "error")
    assert said["toast"].startswith(f"1 contact tagged. 1 failed. #{bobs}:")
    assert Contact.objects.get(pk=mine).tags == ["VIP"]
    assert Contact.objects.get(pk=bobs).tags == []


def test_nothing_chosen_and_unknown_actions_are_refused(browse: Browse, cast: Cast) -> None:
    alice = browse(cast.alice)
    assert bulk(alice, "tag", tag="VIP")[0] == 422
    assert alice.get("/contacts/bulk/eat/").status_code == 404
    assert "VIP" not in alice.get("/contacts/bulk/tag/?ids=1").content.decode()


def test_nobody_is_offered_what_would_be_refused(browse: Browse, cast: Cast, acme: str) -> None:
    """Olivia may do all of it, an agent gives no contact away, a viewer chooses and changes none."""
    call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada"})
    olivia, alice, vera = (
        browse(who).get("/contacts/").content.decode() for who in (cast.olivia, cast.alice, cast.vera)
    )
    for page, tools in (
        (olivia, {"assign", "stage", "archive"}),
        (alice, {"stage", "archive"}),
        (vera, set()),
    ):
        assert {word for word in ("assign", "stage", "archive") if f"/bulk/{word}/" in page} == tools
        for mark in (
            " data-pick ",
            " data-pick-all",
            " data-picking",
            ' data-cell="stage_id"',
            "data-cell-editor",
        ):
            assert (mark in page) is bool(tools), mark
    assert "/settings/mailbox/" not in browse(cast.vera).get("/mail/").content.decode()
