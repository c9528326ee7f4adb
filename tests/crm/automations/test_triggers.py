"""What sets automations off: each kind of change once, and nothing else."""

from typing import Any

import pytest
from django.db import transaction
from django_tenants.utils import schema_context

from crm.automations import scanning
from crm.automations.listening.models import Listener, Watermark
from crm.automations.models import Automation, AutomationRun, ScanPosition
from crm.contacts.models import Contact
from crm.deals.models import Deal
from crm.notifications.models import Notification
from crm.tasks.models import Task
from realtime.changes.change import Snapshot
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.automations.conftest import Make, settle
from workflows.drain import drain
from workflows.models import Due
from workflows.runs.models import Run

TASK = {"kind": "create_task", "title": "Greet {contact.first_name}"}
NEW = {"kind": "record_created", "object": "contact"}


def scan() -> Any:
    """One part of the tenant's changes, in its transaction."""
    with transaction.atomic():
        return scanning.scan(0)


def titles() -> list[str]:
    """The tasks in order."""
    return list(Task.objects.order_by("id").values_list("title", flat=True))


def add(cast: Cast, **given: Any) -> int:
    """A contact of Alice's."""
    return int(call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada", **given})["id"])


def test_a_new_record_goes_through_once(make: Make, cast: Cast) -> None:
    automation = make(NEW, TASK)
    contact = add(cast)
    settle()
    settle()
    assert titles() == ["Greet Ada"]
    task = Task.objects.get()
    assert (task.owner_id, task.contact_id) == (cast.alice.member_id, contact)
    row = AutomationRun.objects.get()
    assert (row.automation_id, row.object, row.record_id, row.record_name) == (
        automation,
        "contact",
        contact,
        "Ada",
    )
    assert Run.objects.get(pk=row.run_id).status == "completed"


def test_what_was_there_before_it_was_on_starts_nothing(make: Make, cast: Cast) -> None:
    add(cast, first_name="Early")
    make(NEW, TASK)
    settle()
    assert titles() == []


def test_nor_does_what_is_looked_at_late(make: Make, cast: Cast) -> None:
    """Another automation listened already, and a large import is still being gone through."""
    make(NEW, TASK)
    add(cast, first_name="Before")
    late = make(NEW, {"kind": "create_task", "title": "Late {contact.first_name}"})
    off = make(NEW, {"kind": "create_task", "title": "Off {contact.first_name}"})
    call("automations.turn_off", cast.olivia.context(), {"automation_id": off})
    add(cast, first_name="Between")
    call("automations.turn_on", cast.olivia.context(), {"automation_id": off})
    # Published once more while it is on, it hears what it heard.
    definition = {
        "trigger": NEW,
        "steps": [{"id": "a", "kind": "create_task", "title": "Later {contact.first_name}"}],
    }
    args = {"automation_id": late, "changes": {"definition": definition}}
    call("automations.update_automation", cast.olivia.context(), args)
    call("automations.publish_automation", cast.olivia.context(), {"automation_id": late})
    add(cast, first_name="After")
    settle()
    assert sorted(titles()) == [
        "Greet After", "Greet Before", "Greet Between", "Later After", "Later Between", "Off After",
    ]  # fmt: skip


def test_after_a_restore_from_another_cluster_it_goes_on_from_now(make: Make, cast: Cast) -> None:
    """There the transactions' numbers begin anew, far below those that the stored positions know."""
    make(NEW, TASK)
    settle()
    add(cast, first_name="Before")
    future = Snapshot(10**12, 10**12).text()
    ScanPosition.objects.update(snapshot=future)
    with schema_context("public"):
        Watermark.objects.update_or_create(pk=1, defaults={"snapshot": future})
    settle()
    add(cast, first_name="After")
    settle()
    assert [title for title in titles() if "After" in title] == titles() != []


def test_one_that_is_off_hears_nothing_and_catches_up_with_nothing(make: Make, cast: Cast) -> None:
    automation = make(NEW, TASK)
    call("automations.turn_off", cast.olivia.context(), {"automation_id": automation})
    assert not Listener.objects.exists()
    assert not ScanPosition.objects.exists()
    add(cast)
    settle()
    call("automations.turn_on", cast.olivia.context(), {"automation_id": automation})
    settle()
    assert titles() == []
    add(cast, first_name="Late")
    settle()
    assert titles() == ["Greet Late"]


def test_rolled_back_changes_start_nothing(make: Make, cast: Cast) -> None:
    make(NEW, TASK)
    with transaction.atomic():
        add(cast)
        transaction.set_rollback(True)
    settle()
    assert titles() == []


def test_conditions_choose(make: Make, cast: Cast) -> None:
    make(NEW, TASK, only_if={"field": "source", "op": "is", "value": "fair"})
    add(cast, first_name="Web", source="web")
    add(cast, first_name="Fair", source="fair")
    settle()
    assert titles() == ["Greet Fair"]


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        ({"field": "job_title"}, 1),
        ({"field": "job_title", "after": "chief"}, 1),
        ({"field": "job_title", "after": "Clerk"}, 0),
        ({"field": "last_name"}, 0),
        ({}, 1),
    ],
)
def test_a_changed_field(make: Make, cast: Cast, trigger: dict[str, str], expected: int) -> None:
    contact = add(cast)
    make({"kind": "record_changed", "object": "contact", **trigger}, TASK)
    args = {"contact_id": contact, "changes": {"job_title": "Chief"}}
    call("contacts.update_contact", cast.alice.context(), args)
    settle()
    assert len(titles()) == expected


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        ({"was": "empty"}, ["Loft by 2031-01-05"]),
        ({"was": "filled"}, ["Loft by 2031-02-05"]),
        ({"before": "2031-01-05", "after": "2031-02-05"}, ["Loft by 2031-02-05"]),
        ({"before": "2031-02-05"}, []),
        ({"field": "amount", "after": 7}, ["Loft by 2031-02-05"]),
    ],
)
def test_what_a_field_was_and_became(
    make: Make, cast: Cast, trigger: dict[str, Any], expected: list[str]
) -> None:
    deal = call("deals.create_deal", cast.alice.context(), {"title": "Loft"})["id"]
    task = {"kind": "create_task", "title": "{deal.title} by {deal.close_date}"}
    make({"kind": "record_changed", "object": "deal", "field": "close_date", **trigger}, task)
    for changes in ({"close_date": "2031-01-05"}, {"close_date": "2031-02-05", "amount": "7.00"}):
        call("deals.update_deal", cast.alice.context(), {"deal_id": deal, "changes": changes})
        settle()
    assert titles() == expected


def test_a_stage_entered_by_moving_and_by_being_new(make: Make, cast: Cast) -> None:
    stages = call("deals.list_pipelines", cast.olivia.context())[0]["stages"]
    second = stages[1]["id"]
    make(
        {"kind": "stage_entered", "stage_id": second},
        {"kind": "create_task", "title": "{deal.title} in {deal.stage}"},
    )
    deal = call("deals.create_deal", cast.alice.context(), {"title": "Loft"})
    settle()
    assert titles() == []
    call("deals.move_deal", cast.alice.context(), {"deal_id": deal["id"], "stage_id": second})
    call("deals.create_deal", cast.alice.context(), {"title": "Barn", "stage_id": second})
    settle()
    assert titles() == [f"Loft in {stages[1]['name']}", f"Barn in {stages[1]['name']}"]


def test_bulk_and_bare_writes_count_like_any(make: Make, cast: Cast) -> None:
    make(NEW, TASK)
    pattern = Contact.objects.get(pk=add(cast, first_name="A"))
    Contact.objects.bulk_create(
        Contact(
            first_name=name, full_name=name, stage_id=pattern.stage_id, owner_id=pattern.owner_id,
            team_id=pattern.team_id, last_activity_at=pattern.last_activity_at,
        )
        for name in ("B", "C")
    )  # fmt: skip
    settle()
    assert titles() == ["Greet A", "Greet B", "Greet C"]


def test_a_bulk_write_beyond_what_the_log_lists(make: Make, cast: Cast, monkeypatch: Any) -> None:
    """The log has a marker for what a transaction adds beyond 500 rows; a scan came by while it was under way."""
    monkeypatch.setattr(scanning, "PART", 150)
    make(NEW, {"kind": "stop"}, only_if={"field": "first_name", "op": "is_not", "value": "B7"})
    pattern = Contact.objects.get(pk=add(cast, first_name="A"))
    with transaction.atomic():
        Contact.objects.bulk_create(
            Contact(
                first_name=f"B{number}", full_name=f"B{number}", stage_id=pattern.stage_id,
                last_activity_at=pattern.last_activity_at,
            )
            for number in range(900)
        )  # fmt: skip
        in_between = transaction.get_connection().cursor()
        in_between.execute("SELECT clock_timestamp()")
        (later,) = in_between.fetchone()
    ScanPosition.objects.update(at=later)
    parts = 0
    while scan() is not None:
        parts += 1
    assert (parts, AutomationRun.objects.count()) == (7, 1 + 899)  # the last looks for what came meanwhile
    assert scan() is None
    assert AutomationRun.objects.count() == 900
    row = Automation.objects.get()
    assert (row.started, ScanPosition.objects.get().upto) == (900, "")


def test_what_is_taken_in_parts_is_taken_to_its_end_without_another_change(
    make: Make, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the worker's own loop: what comes while the parts are taken included."""
    monkeypatch.setattr(scanning, "PART", 2)
    make(NEW, {"kind": "stop"})
    for number in range(5):
        add(cast, first_name=f"A{number}")
    with schema_context("public"), transaction.atomic():
        scanning.look(0)
    scan()  # the first part
    add(cast, first_name="Late")
    Due.objects.filter(kind=scanning.LOOK).delete()
    drain(20)
    assert AutomationRun.objects.count() == 6


def test_many_changes_take_a_statement_a_run_and_a_few_for_all(
    make: Make, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    make(NEW, {"kind": "stop"}, only_if={"field": "first_name", "op": "contains", "value": "A"})
    for number in range(40):
        add(cast, first_name=f"A{number}")
    with transaction.atomic(), django_assert_max_num_queries(40 + 25):
        scanning.scan(0)
    assert AutomationRun.objects.count() == 40


def test_two_automations_do_not_chase_each_other(make: Make, cast: Cast) -> None:
    changed = {"kind": "record_changed", "object": "contact", "field": "job_title"}
    make(changed, {"kind": "update_field", "field": "job_title", "value": "Ping {contact.job_title}"})
    make(changed, {"kind": "update_field", "field": "job_title", "value": "Pong {contact.job_title}"})
    contact = add(cast)
    call(
        "contacts.update_contact",
        cast.alice.context(),
        {"contact_id": contact, "changes": {"job_title": "x"}},
    )
    for _ in range(4):
        settle()
    assert AutomationRun.objects.exclude(run_id=None).count() <= 4
    # The history of the one that was not let in says so, once for each way that led there.
    names = dict(Automation.objects.values_list("pk", "name"))
    held = list(AutomationRun.objects.filter(run_id=None))
    assert held
    assert len({(row.automation_id, *row.chain) for row in held}) == len(held)
    args = {"automation_id": held[0].automation_id}
    rows = call("automations.list_automation_runs", cast.olivia.context(), args)["data"]
    told = next(row for row in rows if row["run_id"] is None)
    assert (told["status"], told["record_name"]) == (None, "Ada")
    assert told["note"].startswith("Automations set each other off: ")
    assert told["note"].endswith(f" → {names[held[0].automation_id]}")
    assert len(Contact.objects.get(pk=contact).job_title) < 40


def test_an_automation_does_not_set_itself_off(make: Make, cast: Cast) -> None:
    changed = {"kind": "record_changed", "object": "contact"}
    make(changed, {"kind": "update_field", "field": "source", "value": "{contact.source}+"})
    contact = add(cast)
    call(
        "contacts.update_contact",
        cast.alice.context(),
        {"contact_id": contact, "changes": {"job_title": "x"}},
    )
    for _ in range(3):
        settle()
    assert Contact.objects.get(pk=contact).source == "+"


def test_two_records_do_not_set_each_other_off(make: Make, cast: Cast) -> None:
    """A contact's change makes a deal, a deal's beginning changes the contact: once around, and that is said."""
    make(
        {"kind": "record_changed", "object": "contact", "field": "tags"},
        {"kind": "create_record", "object": "deal", "values": {"title": "Of {contact.first_name}"}},
    )
    second = make({"kind": "record_created", "object": "deal"}, {"kind": "add_tag", "tag": "Hot"},
                  {"kind": "create_record", "object": "deal", "values": {"title": "Again"}})  # fmt: skip
    contact = add(cast)
    call("contacts.tag_contact", cast.alice.context(), {"contact_id": contact, "tag": "New"})
    for _ in range(4):
        settle()
    runs = AutomationRun.objects.exclude(run_id=None).order_by("pk")
    assert [(row.object, len(row.chain)) for row in runs] == [("contact", 1), ("deal", 2)]
    assert sorted(Deal.objects.values_list("title", flat=True)) == ["Again", "Of Ada"]
    held = AutomationRun.objects.get(run_id=None)
    assert (held.object, held.record_id, len(held.chain)) == ("contact", contact, 3)
    # The deal that the second one made is of its own kind, and begins nothing: one automation, two records.
    assert Automation.objects.get(pk=second).started == 1


def test_another_tenants_changes_start_nothing(make: Make, cast: Cast) -> None:
    from accounts.tenancy import tenant_context

    make(NEW, TASK)
    with tenant_context("t_globex"):
        call("contacts.create_contact", cast.charlie.context(), {"first_name": "Foreign"})
    settle()
    assert titles() == []
    with tenant_context("t_globex"):
        assert not AutomationRun.objects.exists()


def test_a_broken_automation_keeps_no_other_from_beginning(make: Make, cast: Cast) -> None:
    broken = make(NEW, TASK, only_if={"field": "source", "op": "is", "value": "fair"})
    make(NEW, TASK)
    from crm.automations.models import AutomationVersion

    version = AutomationVersion.objects.get(automation=broken)
    version.definition["only_if"]["field"] = "gone_field"
    version.save()
    add(cast)
    add(cast, first_name="Eve")
    settle()
    assert titles() == ["Greet Ada", "Greet Eve"]
    row = call("automations.get_automation", cast.olivia.context(), {"automation_id": broken})
    assert row["trouble"] == "There is no field gone_field to use here."
    told = Notification.objects.filter(member=cast.olivia.member_id, kind="automation")
    assert told.count() == 1
    version.definition["only_if"]["field"] = "source"
    version.save()
    add(cast, source="fair")
    settle()
    assert Automation.objects.get(pk=broken).trouble == ""
