"""Conditions on what a field was and became, for every kind of field, by what the log really keeps of real changes."""

from typing import Any

import pytest

from crm.automations.changed import comparisons_of, is_meant
from crm.automations.definition import RecordChanged
from crm.automations.models import AutomationRun
from crm.contacts.models import Contact
from crm.filters.catalogs import Finder, catalog_of
from crm.tasks.models import Task
from realtime.changes.change import Change
from realtime.changes.log import current_snapshot, read_changes
from realtime.functions import InvalidInput
from realtime.functions.call import call
from tests.cast import ACME, Cast
from tests.crm.automations.conftest import Make, settle


@pytest.fixture
def deal(acme: None, cast: Cast) -> int:
    """A deal of Alice's worth 500."""
    given = {"title": "Loft", "amount": "500.00", "close_date": "2031-01-05"}
    return int(call("deals.create_deal", cast.alice.context(), given)["id"])


def change(cast: Cast, word: str, record_id: int, **changes: Any) -> Change:
    """What the log has of a change that Alice makes."""
    before = current_snapshot()
    args = {f"{word}_id": record_id, "changes": changes}
    call(f"{'companies' if word == 'company' else word + 's'}.update_{word}", cast.alice.context(), args)
    table = f"{'companies' if word == 'company' else word + 's'}_{word}"
    (found,) = [one for one in read_changes(before, None, [ACME], kept=True) if one.table == table]
    return found


def test_amounts_texts_dates_and_links(deal: int, cast: Cast) -> None:
    found = change(cast, "deal", deal, amount="1500", title="Loft in Berlin", close_date="2031-02-05")

    def meant(field: str, **more: Any) -> bool:
        return is_meant(RecordChanged(kind="record_changed", object="deal", field=field, **more), found)

    above = {"was": "less", "before": 1000, "becomes": "at_least", "after": 1000}
    assert meant("amount", **above)
    assert not meant("amount", **{**above, "after": 1500.01})
    assert meant("amount", before="500", after=1500)
    assert not meant("amount", was="is_not", before="500.00")
    assert meant("amount", was="at_most", before=500, becomes="more", after=1499)
    assert meant("title", before="loft", becomes="contains", after="berlin")
    assert not meant("title", was="contains", before="Berlin")
    assert meant("title", was="not_contains", before="Berlin")
    assert not meant("title", was="empty")
    assert meant("close_date", was="less", before="2031-02-01", becomes="more", after="2031-02-01")
    assert meant("close_date", was="filled")
    assert not meant("stage_id")
    assert is_meant(RecordChanged(kind="record_changed", object="deal"), found)


def test_a_firm_s_own_fields(deal: int, cast: Cast) -> None:
    for label, kind in (("Size", "text"), ("Rooms", "number"), ("Colours", "choices")):
        options = [{"label": "red"}, {"label": "blue"}] if kind == "choices" else []
        given = {"object": "deal", "label": label, "type": kind, "options": options}
        call("fields.create_custom_field", cast.olivia.context(), given)
    first = change(cast, "deal", deal, custom={"size": "L", "rooms": 3, "colours": ["red"]})
    second = change(cast, "deal", deal, custom={"rooms": 5, "colours": ["red", "blue"]})
    third = change(cast, "deal", deal, custom={"rooms": None})

    def meant(found: Change, field: str, **more: Any) -> bool:
        return is_meant(
            RecordChanged(kind="record_changed", object="deal", field=f"custom.{field}", **more), found
        )

    assert meant(first, "size", was="empty", after="l")
    assert not meant(second, "size")  # another own field changed
    assert meant(second, "rooms", before=3, becomes="more", after=4)
    assert not meant(second, "rooms", was="more", before=3)
    assert meant(second, "colours", was="not_contains", before="blue", becomes="contains", after="Blue")
    assert not meant(second, "colours", was="not_contains", before="red")
    assert meant(third, "rooms", before=5, becomes="empty")
    assert not meant(third, "rooms", becomes="filled")


def test_sides_are_those_of_the_change_and_not_of_the_record_now(make: Make, cast: Cast) -> None:
    ada = call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada", "job_title": "Clerk"})[
        "id"
    ]
    trigger = {
        "kind": "record_changed",
        "object": "contact",
        "field": "job_title",
        "before": "clerk",
        "after": "Head",
    }
    make(trigger, {"kind": "create_task", "title": "Was clerk, is {contact.job_title}"})
    for title in ("Head", "Chief", "Clerk", "Cook"):
        change(cast, "contact", ada, job_title=title)
    settle()
    assert [task.title for task in Task.objects.all()] == ["Was clerk, is Cook"]


def test_what_the_database_keeps_by_itself_is_no_change(make: Make, cast: Cast) -> None:
    ada = call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada"})["id"]
    make({"kind": "record_changed", "object": "contact"}, {"kind": "stop"})
    call(
        "tasks.create_task",
        cast.alice.context(),
        {"title": "Call", "contact_id": ada, "due_date": "2031-01-05"},
    )
    settle()
    assert Contact.objects.get(pk=ada).next_task == "Call"
    assert not AutomationRun.objects.exists()


def test_long_texts_are_cut_in_the_log_and_can_be_asked_for_whether_they_are_there(
    acme: None, cast: Cast
) -> None:
    ada = call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada"})["id"]
    found = change(cast, "contact", ada, background="x" * 9_000)
    assert found.kept == {"background": ("", "x" * 500)}
    assert is_meant(
        RecordChanged(kind="record_changed", field="background", was="empty", becomes="filled"), found
    )


def test_every_field_that_can_be_watched_is_kept(acme: None, cast: Cast) -> None:
    for word in ("contact", "company", "deal", "task"):
        fields = [field for field in Finder(cast.olivia.context(), catalog_of(word)) if not field.through]
        assert [field.key for field in fields if not comparisons_of(word, field)] == []


@pytest.mark.parametrize(
    ("trigger", "said"),
    [
        ({"field": "background", "was": "contains", "before": "x"}, "only the beginning is kept"),
        ({"field": "job_title", "was": "less", "before": "x"}, "can't be compared in this way"),
        ({"field": "price", "becomes": "more"}, "Say what Price is compared with."),
        ({"field": "job_title", "before": "x" * 201}, "at most 200 characters"),
        ({"field": "company.city", "before": "x"}, "no field company.city to watch"),
    ],
)
def test_what_cannot_be_compared_is_said(make: Make, cast: Cast, trigger: dict[str, Any], said: str) -> None:
    automation = make(
        {"kind": "record_changed", "object": "contact", **trigger}, {"kind": "stop"}, publish=False
    )
    with pytest.raises(InvalidInput) as refused:
        call("automations.publish_automation", cast.olivia.context(), {"automation_id": automation})
    assert said in str(refused.value.detail)
