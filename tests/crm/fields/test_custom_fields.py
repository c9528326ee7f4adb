"""Custom fields: defined by the firm, kept right on every write, hidden and read-only like any other field."""

from typing import Any

import pytest

from accounts.roles.models import Member, Role
from crm.contacts.models import Contact
from realtime.functions import Conflict, InvalidInput
from realtime.functions.call import call
from realtime.functions.models import AuditEntry
from tests.cast import Cast, Person

EACH_TYPE: list[tuple[str, Any, Any]] = [
    ("text", " gold ", "gold"),
    ("long_text", "two\nlines", "two\nlines"),
    ("number", 12.5, 12.5),
    ("number", "-3.250", -3.25),
    ("number", 4.0, 4),
    ("currency", "99.90", 99.9),
    ("date", "2026-05-01", "2026-05-01"),
    ("datetime", "2026-05-01T09:00:00+02:00", "2026-05-01T07:00:00Z"),
    ("yes_no", False, False),
    ("url", "https://example.com/a?b=c", "https://example.com/a?b=c"),
    ("email", "Ada@Example.com", "ada@example.com"),
    ("phone", "+1 (415) 555-0123", "+1 (415) 555-0123"),
]
WRONG: list[tuple[str, Any]] = [
    ("text", 5),
    ("text", "x" * 501),
    ("number", "many"),
    ("number", True),
    ("number", "NaN"),
    ("number", 1e300),
    ("number", "0.1234567"),
    ("currency", "1.005"),
    ("date", "2026-02-30"),
    ("date", 20260501),
    ("datetime", "2026-05-01T09:00:00"),
    ("yes_no", "yes"),
    ("url", "javascript:alert(1)"),
    ("url", "https://"),
    ("email", "ada"),
    ("phone", "call me"),
    ("member", 999_999),
    ("member", "Bob"),
]


def define(person: Person, **args: Any) -> dict[str, Any]:
    made: dict[str, Any] = call("fields.create_custom_field", person.context(), {"object": "contact", **args})
    return made


def create(person: Person, custom: dict[str, Any]) -> dict[str, Any]:
    args = {"first_name": "Ada", "custom": custom}
    made: dict[str, Any] = call("contacts.create_contact", person.context(), args)
    return made


def change(person: Person, pk: int, custom: dict[str, Any]) -> dict[str, Any]:
    args = {"contact_id": pk, "changes": {"custom": custom}}
    made: dict[str, Any] = call("contacts.update_contact", person.context(), args)
    return made


def edit(person: Person, pk: int, **changes: Any) -> dict[str, Any]:
    args = {"custom_field_id": pk, "changes": changes}
    made: dict[str, Any] = call("fields.update_custom_field", person.context(), args)
    return made


def errors(excinfo: pytest.ExceptionInfo[InvalidInput]) -> dict[str, str]:
    return {error["param"]: error["code"] for error in excinfo.value.errors}


@pytest.mark.parametrize(("kind", "given", "kept"), EACH_TYPE)
def test_values_have_one_form(acme: str, cast: Cast, kind: str, given: Any, kept: Any) -> None:
    define(cast.olivia, label="Extra", type=kind)
    made = create(cast.alice, {"extra": given})
    assert made["custom"] == {"extra": kept}
    assert call("contacts.list_contacts", cast.alice.context())["data"][0]["custom"] == {"extra": kept}


@pytest.mark.parametrize(("kind", "given"), WRONG)
def test_wrong_values_are_named(acme: str, cast: Cast, kind: str, given: Any) -> None:
    define(cast.olivia, label="Extra", type=kind)
    with pytest.raises(InvalidInput) as refused:
        create(cast.alice, {"extra": given, "other": 1})
    assert errors(refused).keys() == {"custom.extra", "custom.other"}
    made = create(cast.alice, {})
    with pytest.raises(InvalidInput) as refused:
        change(cast.alice, made["id"], {"extra": given})
    assert errors(refused).keys() == {"changes.custom.extra"}


@pytest.mark.parametrize(
    ("area", "noun", "args"),
    [("companies", "company", {"name": "Initech"}), ("deals", "deal", {"title": "Loft"}),
     ("tasks", "task", {"title": "Call"})],
)  # fmt: skip
def test_every_record_has_them(acme: str, cast: Cast, area: str, noun: str, args: dict[str, Any]) -> None:
    define(cast.olivia, object=noun, label="Plan", type="text")
    ctx = cast.alice.context
    made = call(f"{area}.create_{noun}", ctx(), {**args, "custom": {"plan": "gold"}})
    changes = {f"{noun}_id": made["id"], "changes": {"custom": {"plan": "tin"}}}
    call(f"{area}.update_{noun}", ctx(), changes)
    assert call(f"{area}.get_{noun}", ctx(), {f"{noun}_id": made["id"]})["custom"] == {"plan": "tin"}
    with pytest.raises(InvalidInput):
        call(f"{area}.update_{noun}", ctx(), {**changes, "changes": {"custom": {"plan": 1}}})


def test_keys_that_are_not_sent_stay_and_null_empties(acme: str, cast: Cast) -> None:
    define(cast.olivia, label="Plan", type="text")
    define(cast.olivia, label="Move-in date", type="date")
    made = create(cast.alice, {"plan": "gold", "move_in_date": "2026-05-01"})
    changed = change(cast.alice, made["id"], {"plan": None})
    assert (changed["custom"], changed["version"]) == ({"move_in_date": "2026-05-01"}, 2)
    entry = AuditEntry.objects.order_by("id").last()
    assert entry is not None
    assert entry.changes == {"custom.plan": ["gold", None]}
    assert change(cast.alice, made["id"], {"plan": ""})["version"] == 2


def test_a_member_who_has_left_is_no_new_value(acme: str, cast: Cast) -> None:
    key = define(cast.olivia, label="Adviser", type="member")["key"]
    bob = cast.bob.member_id
    made = create(cast.olivia, {key: bob})
    Member.objects.filter(pk=bob).update(is_active=False)
    with pytest.raises(InvalidInput) as refused:
        create(cast.olivia, {key: bob})
    assert [error["code"] for error in refused.value.errors] == ["unknown_member"]
    kept = {"contact_id": made["id"], "changes": {"custom": {key: bob}}}
    assert call("contacts.update_contact", cast.olivia.context(), kept)["custom"] == {key: bob}


def test_required_fields_are_demanded_of_new_records(acme: str, cast: Cast) -> None:
    old = create(cast.alice, {})
    define(cast.olivia, label="Plan", type="text", required=True)
    with pytest.raises(InvalidInput) as refused:
        create(cast.alice, {})
    assert errors(refused) == {"custom.plan": "required"}
    assert change(cast.alice, old["id"], {"plan": None})["custom"] == {}
    made = create(cast.alice, {"plan": "gold"})
    with pytest.raises(InvalidInput) as refused:
        change(cast.alice, made["id"], {"plan": ""})
    assert errors(refused) == {"changes.custom.plan": "required"}


def test_choices_are_keys_that_survive_new_labels(acme: str, cast: Cast) -> None:
    options = [{"label": "Hot"}, {"label": "Cold", "key": "cold"}]
    field = define(cast.olivia, label="Heat", type="choice", options=options)
    many = define(cast.olivia, label="Likes", type="choices", options=[{"label": "Sea"}, {"label": "Hill"}])
    made = create(cast.alice, {"heat": "hot", "likes": ["hill", "sea", "hill"]})
    assert made["custom"] == {"heat": "hot", "likes": ["sea", "hill"]}
    exchanged = [{"key": "hot", "label": "Cold"}, {"key": "cold", "label": "Hot"}]
    assert edit(cast.olivia, field["id"], options=exchanged)["options"] == exchanged
    for wrong in ("warm", ["hot"], 1):
        with pytest.raises(InvalidInput, match="attention"):
            change(cast.alice, made["id"], {"heat": wrong})
    edit(cast.olivia, many["id"], options=[{"key": "hill", "label": "Hills"}])
    edit(cast.olivia, field["id"], options=[{"key": "cold", "label": "Cold"}])
    assert Contact.objects.get(pk=made["id"]).custom_values == {"likes": ["hill"]}
    edit(cast.olivia, many["id"], options=[{"label": "Lake"}])
    assert Contact.objects.get(pk=made["id"]).custom_values == {}


def test_options_fit_the_type(acme: str, cast: Cast) -> None:
    for args in ({"type": "choice"}, {"type": "text", "options": [{"label": "A"}]}):
        with pytest.raises(InvalidInput) as refused:
            define(cast.olivia, label="Odd", **args)
        assert errors(refused).keys() == {"options"}
    with pytest.raises(InvalidInput):
        define(cast.olivia, label="Odd", type="choice", options=[{"label": "A b"}, {"label": "A-b"}])


def test_the_type_is_fixed_once_used(acme: str, cast: Cast) -> None:
    field = define(cast.olivia, label="Plan", type="choice", options=[{"label": "Gold"}])
    assert edit(cast.olivia, field["id"], type="text")["options"] == []
    create(cast.alice, {"plan": "gold"})
    with pytest.raises(Conflict, match="type can't change"):
        edit(cast.olivia, field["id"], type="number")
    with pytest.raises(InvalidInput):
        edit(cast.olivia, field["id"], key="other")
    assert edit(cast.olivia, field["id"], label="Tier")["key"] == "plan"


def test_names_and_keys_are_unique_to_an_object(acme: str, cast: Cast) -> None:
    define(cast.olivia, label="Plan", type="text")
    for args in ({"label": "plan"}, {"label": "Other", "key": "plan"}):
        with pytest.raises(Conflict):
            define(cast.olivia, type="text", **args)
    assert define(cast.olivia, object="deal", label="Plan", type="text")["key"] == "plan"
    assert define(cast.olivia, label="2nd phone", type="phone")["key"] == "field_2nd_phone"
    assert define(cast.olivia, label="電話", type="phone")["key"] == "field"


def test_a_retired_field_keeps_its_values(acme: str, cast: Cast) -> None:
    field = define(cast.olivia, label="Plan", type="text", required=True)
    made = create(cast.alice, {"plan": "gold"})
    assert edit(cast.olivia, field["id"], is_retired=True)["is_retired"]
    assert call("fields.list_custom_fields", cast.alice.context()) == []
    assert len(call("fields.list_custom_fields", cast.alice.context(), {"retired": True})) == 1
    with pytest.raises(InvalidInput):
        change(cast.alice, made["id"], {"plan": "tin"})
    create(cast.alice, {})
    edit(cast.olivia, field["id"], is_retired=False)
    assert change(cast.alice, made["id"], {"plan": "tin"})["custom"] == {"plan": "tin"}


def test_deleting_a_field_removes_its_values(acme: str, cast: Cast) -> None:
    field = define(cast.olivia, label="Plan", type="text")
    made = create(cast.alice, {"plan": "gold"})
    create(cast.bob, {})
    answer = call("fields.delete_custom_field", cast.olivia.context(), {"custom_field_id": field["id"]})
    assert answer == {"id": field["id"], "records": 1}
    assert Contact.objects.get(pk=made["id"]).custom_values == {}


def test_order(acme: str, cast: Cast) -> None:
    pks = [define(cast.olivia, label=label, type="text")["id"] for label in ("A", "B", "C")]
    args = {"object": "contact", "field_ids": pks[::-1]}
    assert [row["id"] for row in call("fields.order_custom_fields", cast.olivia.context(), args)] == pks[::-1]
    with pytest.raises(InvalidInput):
        call("fields.order_custom_fields", cast.olivia.context(), {**args, "field_ids": pks[:2]})


def set_rule(cast: Cast, field: str, level: str) -> None:
    agent = Role.objects.get(key="agent").pk
    args = {"role_id": agent, "object": "contact", "field": field, "level": level}
    call("roles.set_field_permission", cast.olivia.context(), args)


def test_a_role_can_be_kept_from_a_field(acme: str, cast: Cast) -> None:
    define(cast.olivia, label="Plan", type="text")
    define(cast.olivia, label="Budget", type="number", required=True)
    made = create(cast.alice, {"plan": "gold", "budget": 5})
    for field, level in (("custom.plan", "read"), ("custom.budget", "hidden")):
        set_rule(cast, field, level)
    shown = call("contacts.get_contact", cast.alice.context(), {"contact_id": made["id"]})
    assert shown["custom"] == {"plan": "gold"}
    assert [row["key"] for row in call("fields.list_custom_fields", cast.alice.context())] == ["plan"]
    with pytest.raises(InvalidInput) as refused:
        change(cast.alice, made["id"], {"plan": "tin", "budget": 6, "nothing": 7})
    assert errors(refused) == {
        "changes.custom.plan": "field_forbidden",
        "changes.custom.budget": "unknown_field",
        "changes.custom.nothing": "unknown_field",
    }
    assert change(cast.alice, made["id"], {"plan": "gold"})["version"] == 1
    assert create(cast.alice, {})["custom"] == {}
    with pytest.raises(InvalidInput):
        set_rule(cast, "custom.other", "hidden")


def test_another_tenant_has_its_own(acme: str, cast: Cast) -> None:
    define(cast.olivia, label="Plan", type="text")
    from accounts.tenancy import tenant_context

    with tenant_context(cast.charlie.schema):
        assert call("fields.list_custom_fields", cast.charlie.context()) == []


def test_upserts_and_batches_pass_the_same_checks(acme: str, cast: Cast) -> None:
    define(cast.olivia, label="Size", type="number")
    args: dict[str, Any] = {
        "match": "email",
        "values": {"email": "ada@example.com", "custom": {"size": "1.5"}},
    }
    made = call("contacts.upsert_contact", cast.alice.context(), args)
    assert Contact.objects.get(email="ada@example.com").custom_values == {"size": 1.5}, made
    wrong = {"email": "ada@example.com", "custom": {"size": "big"}}
    with pytest.raises(InvalidInput):
        call("contacts.upsert_contact", cast.alice.context(), {**args, "values": wrong})
