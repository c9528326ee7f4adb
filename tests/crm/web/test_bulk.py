"""One thing with many records: what is done is counted, what is refused is named with its reason."""

import json
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from crm.companies.models import Company
from crm.contacts.models import Contact, ContactStage
from crm.deals.models import Deal, Stage
from crm.tasks.models import Task
from realtime.functions.call import call
from tests.cast import Cast, Person
from tests.crm.web.conftest import Browse

pytestmark = pytest.mark.usefixtures("acme")


def make(person: Person, name: str) -> int:
    return int(call("contacts.create_contact", person.context(), {"first_name": name})["id"])


def bulk(client: Client, action: str, *ids: int, place: str = "contacts", **fields: str) -> Any:
    given = {"ids": ",".join(map(str, ids)), **fields}
    answer = client.post(f"/{place}/bulk/{action}/", given, headers={"X-Enhance": "region"})
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


def test_companies_are_assigned_named_and_binned_together(browse: Browse, cast: Cast) -> None:
    names = ("Engines", "Initech")
    ids = [call("companies.create_company", cast.olivia.context(), {"name": name})["id"] for name in names]
    olivia = browse(cast.olivia)

    def act(action: str, **fields: str) -> str:
        return str(bulk(olivia, action, *ids, place="companies", **fields)[1]["toast"])

    assert act("assign", owner_id=str(cast.lea.member_id)) == "2 companies assigned."
    assert act("industry", industry="Law") == "2 companies changed."
    assert set(Company.objects.values_list("owner_id", "industry")) == {(cast.lea.member_id, "Law")}
    assert act("archive") == "2 companies moved to the bin."
    assert act("restore") == "2 companies restored."
    assert not Company.objects.exclude(archived_at=None).exists()


def test_deals_are_moved_dated_lost_and_given_away_together(browse: Browse, cast: Cast) -> None:
    titles = ("House", "Boat")
    ids = [call("deals.create_deal", cast.alice.context(), {"title": title})["id"] for title in titles]
    second = Stage.objects.filter(kind="open").order_by("position")[1]
    lea = browse(cast.lea)

    def act(action: str, **fields: str) -> str:
        return str(bulk(lea, action, *ids, place="deals", **fields)[1]["toast"])

    assert act("stage", stage_id=str(second.pk)) == "2 deals moved."
    assert act("close", close_date="2030-02-28") == "2 deals changed."
    assert act("assign", owner_id=str(cast.lea.member_id)) == "2 deals assigned."
    kept = Deal.objects.values_list("stage_id", "close_date", "owner_id")
    assert set(kept) == {(second.pk, date(2030, 2, 28), cast.lea.member_id)}
    assert act("lose") == "2 deals lost."
    assert act("archive") == "2 deals moved to the bin."
    assert act("restore") == "2 deals restored."
    assert set(Deal.objects.values_list("status", "archived_at")) == {("lost", None)}


def test_tasks_are_put_off_and_done_together_and_one_that_is_done_says_so(browse: Browse, cast: Cast) -> None:
    titles = ("Call", "Write")
    ids = [call("tasks.create_task", cast.alice.context(), {"title": title})["id"] for title in titles]
    alice = browse(cast.alice)
    assert bulk(alice, "snooze", *ids, place="tasks", preset="next_week")[1]["toast"] == "2 tasks put off."
    assert not Task.objects.filter(due_at=None).exists()
    assert bulk(alice, "complete", ids[0], place="tasks")[1]["toast"] == "1 task done."
    told = bulk(alice, "snooze", *ids, place="tasks", preset="next_week")[1]
    assert told["toast"] == "1 task put off. 1 failed. Call: This task is done: reopen it first."
    given = bulk(alice, "assign", *ids, place="tasks", owner_id=str(cast.bob.member_id))[1]
    assert given["toast"] == "2 tasks assigned."
    assert bulk(browse(cast.bob), "archive", *ids, place="tasks")[1]["toast"] == "2 tasks deleted."


def test_the_bin_offers_to_restore_and_nothing_else(browse: Browse, cast: Cast) -> None:
    pk = make(cast.alice, "Ada")
    call("contacts.archive_contact", cast.alice.context(), {"contact_id": pk})
    page = browse(cast.alice).get("/contacts/?archived=1").content.decode()
    assert "/bulk/restore/" in page
    assert "/bulk/archive/" not in page
    assert " data-pick " in page


@pytest.mark.parametrize(
    ("address", "offered"),
    [
        ("/companies/", {"assign", "industry", "archive"}),
        ("/deals/?view=table", {"assign", "stage", "close", "lose", "archive"}),
        ("/tasks/?view=all", {"complete", "snooze", "assign", "archive"}),
    ],
)
def test_a_viewer_ticks_nothing_where_an_owner_may(
    browse: Browse, cast: Cast, address: str, offered: set[str]
) -> None:
    call("companies.create_company", cast.olivia.context(), {"name": "Engines"})
    call("deals.create_deal", cast.olivia.context(), {"title": "House"})
    call("tasks.create_task", cast.olivia.context(), {"title": "Call"})
    olivia, vera = (browse(who).get(address).content.decode() for who in (cast.olivia, cast.vera))
    assert set(re.findall(r"/bulk/(\w+)/", olivia)) == offered
    assert " data-pick " in olivia
    assert "data-pick" not in vera
    assert "/bulk/" not in vera


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
