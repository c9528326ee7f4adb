"""The audit log: what it shows, and what it keeps from whom."""

from accounts.roles.models import Role
from realtime.functions.call import call
from tests.cast import Cast


def test_entries_say_who_changed_what(acme: str, cast: Cast) -> None:
    made = call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada"})
    changes = {"contact_id": made["id"], "changes": {"source": "fair"}}
    call("contacts.update_contact", cast.alice.context(), changes)
    rows = call(
        "audit.list_audit_entries", cast.olivia.context(), {"object": "contact", "object_id": made["id"]}
    )
    assert [row["function"] for row in rows["data"]] == ["contacts.update_contact", "contacts.create_contact"]
    assert rows["data"][0]["changes"] == {"source": ["", "fair"]}
    assert rows["data"][0]["actor_name"] == "Alice"
    assert (
        call("audit.list_audit_entries", cast.olivia.context(), {"actor_id": cast.bob.member_id})["data"]
        == []
    )


def test_a_hidden_fields_changes_are_hidden_too(acme: str, cast: Cast) -> None:
    call("contacts.create_contact", cast.alice.context(), {"first_name": "Ada", "email": "ada@x.com"})
    role = Role.objects.get(key="admin").pk
    rule = {"role_id": role, "object": "contact", "field": "email", "level": "hidden"}
    call("roles.set_field_permission", cast.olivia.context(), rule)
    rows = call("audit.list_audit_entries", cast.adam.context(), {"object": "contact"})["data"]
    assert "email" not in rows[0]["changes"]
    assert rows[0]["changes"]["first_name"] == [None, "Ada"]
