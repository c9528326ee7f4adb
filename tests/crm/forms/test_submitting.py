"""What becomes of what somebody writes into a form."""

from typing import Any

import pytest

from accounts.actor import system_context
from crm.activities.models import Activity
from crm.contacts.models import Consent, Contact
from crm.forms.models import FormSubmission
from realtime.functions import InvalidInput, NotFound
from realtime.functions.call import call
from tests.cast import ACME, Cast

ADA = {"first_name": "Ada", "last_name": "Byron", "email": "Ada@Engines.example", "message": "Call me."}


@pytest.fixture
def form(cast: Cast, acme: str) -> Any:
    """A form that asks for the usual things and two custom fields."""
    olivia = cast.olivia.context()
    for given in (
        {"label": "Budget", "type": "number"},
        {"label": "Kind", "type": "choices", "options": [{"label": "Flat"}, {"label": "House"}]},
        {"label": "Must", "type": "text", "required": True},
    ):
        call("fields.create_custom_field", olivia, {"object": "contact", **given})
    made = call("forms.create_form", olivia, {"name": "Enquiry"})
    fields = [{name: row[name] for name in ("key", "label", "help", "required")} for row in made["fields"]]
    more = [
        {"key": "phone", "label": "Phone", "help": "", "required": False},
        {"key": "custom.budget", "label": "What may it cost?", "help": "", "required": False},
        {"key": "custom.kind", "label": "Kind", "help": "", "required": False},
    ]
    changes = {
        "fields": [*fields, *more], "tags": ["Web"], "source": "Website", "owner_id": cast.bob.member_id,
        "consent_text": "You may write to me.",
    }  # fmt: skip
    return call("forms.update_form", cast.olivia.context(), {"form_id": made["id"], "changes": changes})


def send(form: Any, **values: Any) -> Any:
    """Send it as somebody on the web does."""
    return call("forms.submit_form", system_context(ACME), {"token": form["token"], "values": values})


def test_who_is_new_becomes_a_contact_with_all_that_was_written(form: Any, cast: Cast) -> None:
    more = {"custom.budget": "250000", "custom.kind": ["flat"], "consent": "on", "phone": "+1 415 555 0123"}
    assert send(form, **ADA, **more) == {"received": True, "thanks": "", "redirect_url": ""}
    contact = Contact.objects.get(email="ada@engines.example")
    assert (contact.full_name, contact.source, contact.tags, contact.owner_id) == (
        "Ada Byron", "Website", ["Web"], cast.bob.member_id,
    )  # fmt: skip
    assert contact.custom_values == {"budget": 250000, "kind": ["flat"]}
    row = FormSubmission.objects.get()
    assert (row.contact_id, row.is_new, row.consented) == (contact.pk, True, True)
    assert row.values["message"] == "Call me."
    entry = Activity.objects.get(contact=contact, payload__event="form_sent")
    assert (entry.body, entry.direction) == ("Call me.", "in")
    said = Consent.objects.filter(contact=contact).values_list("channel", "state")
    assert set(said) == {("email", "granted"), ("phone", "granted")}
    assert "You may write to me." in Consent.objects.filter(contact=contact)[0].proof


def test_who_is_known_keeps_what_they_have(form: Any, cast: Cast) -> None:
    given = {"first_name": "Augusta", "email": "ada@engines.example", "custom": {"must": "x"}}
    known = call("contacts.create_contact", cast.alice.context(), given)["id"]
    send(form, **ADA, **{"custom.budget": 7})
    contact = Contact.objects.get(pk=known)
    assert (contact.first_name, contact.last_name) == ("Augusta", "Byron")
    assert contact.owner_id == cast.alice.member_id
    assert contact.custom_values == {"must": "x", "budget": 7}
    send(form, email="ada@engines.example", **{"custom.budget": 9})
    contact.refresh_from_db()
    assert contact.custom_values["budget"] == 7
    assert FormSubmission.objects.filter(contact=known, is_new=False).count() == 2
    assert Contact.objects.filter(email="ada@engines.example").count() == 1


def test_the_same_sending_is_taken_once(form: Any) -> None:
    first = send(form, **ADA, submission_key="k1")
    assert send(form, **ADA, submission_key="k1") == first
    assert FormSubmission.objects.count() == 1
    send(form, **{**ADA, "message": "Another thing."}, submission_key="k1")
    send(form, **ADA)
    assert FormSubmission.objects.count() == 3


def test_what_fills_in_the_lure_learns_nothing_and_leaves_nothing(form: Any) -> None:
    assert send(form, **ADA, website_2="spam")["received"] is True
    assert not FormSubmission.objects.exists()
    assert not Contact.objects.filter(email="ada@engines.example").exists()


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, {"email"}),
        ({"email": "nowhere"}, {"email"}),
        ({"email": "a@b.example", "phone": "call me"}, {"phone"}),
        (
            {"email": "a@b.example", "custom.budget": "much", "custom.kind": ["boat"]},
            {"custom.budget", "custom.kind"},
        ),
        ({"email": "a@b.example", "owner_id": 1}, {"owner_id"}),
        ({"email": "a@b.example", "custom.must": "x"}, {"custom.must"}),
        ({"email": "a@b.example", "first_name": "x" * 81}, {"first_name"}),
        ({"email": ["a@b.example", "nowhere"]}, {"email"}),
        ({"email": "a@b.example", "message": "x" * 10_001}, {"message"}),
    ],
)
def test_wrong_values_are_named(form: Any, values: dict[str, Any], wrong: set[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        send(form, **values)
    assert {error["param"] for error in refused.value.errors} == wrong
    assert not FormSubmission.objects.exists()


def test_consent_that_is_required(form: Any, cast: Cast) -> None:
    args = {"form_id": form["id"], "changes": {"consent_required": True}}
    call("forms.update_form", cast.olivia.context(), args)
    with pytest.raises(InvalidInput):
        send(form, **ADA)
    send(form, **ADA, consent=True)


def test_a_form_that_is_off_is_nowhere(form: Any, cast: Cast) -> None:
    call("forms.update_form", cast.olivia.context(), {"form_id": form["id"], "changes": {"is_on": False}})
    with pytest.raises(NotFound):
        send(form, **ADA)


def test_what_was_sent_is_seen_as_far_as_its_contact_is(form: Any, cast: Cast) -> None:
    send(form, **ADA)
    args = {"form_id": form["id"]}
    (seen,) = call("forms.list_submissions", cast.olivia.context(), args)["data"]
    assert (seen["contact_name"], seen["values"]["message"]) == ("Ada Byron", "Call me.")
    # Lea leads North; the contact is Bob's, of South.
    (hidden,) = call("forms.list_submissions", cast.lea.context(), args)["data"]
    assert (hidden["contact_id"], hidden["contact_name"], hidden["values"]) == (None, "", {})


@pytest.mark.parametrize(
    ("keys", "code"),
    [(["first_name"], "required"), (["email", "email"], "not_unique"), (["email", "custom.none"], "unknown_field"),
     (["email", "owner_id"], "unknown_field")],
)  # fmt: skip
def test_a_form_that_would_not_work_is_refused(cast: Cast, acme: str, keys: list[str], code: str) -> None:
    fields = [{"key": key, "label": "L", "required": True} for key in keys]
    with pytest.raises(InvalidInput) as refused:
        call("forms.create_form", cast.olivia.context(), {"name": "New", "fields": fields})
    assert refused.value.errors[0]["code"] == code


def test_a_field_that_was_retired_is_asked_no_more_and_said(form: Any, cast: Cast) -> None:
    olivia = cast.olivia.context()
    budget = next(row for row in call("fields.list_custom_fields", olivia) if row["key"] == "budget")
    args = {"custom_field_id": budget["id"], "changes": {"is_retired": True}}
    call("fields.update_custom_field", olivia, args)
    now = call("forms.get_form", cast.olivia.context(), {"form_id": form["id"]})
    assert "custom.budget" not in {row["key"] for row in now["fields"]}
    assert now["problems"] == ["The field What may it cost? is gone: take it out of the form."]
    send(form, **ADA)
