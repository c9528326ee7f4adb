"""What a person may ask for: one document of all that is held, and that nothing of them is left."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from accounts.tenancy import tenant_context
from crm.activities.models import Activity
from crm.contacts.models import Contact
from crm.deals.models import Deal
from crm.files.models import Attachment, Upload
from crm.forms.models import Form, FormSubmission
from crm.mail.models import MailMessage, Suppression
from crm.notifications.models import Notification
from realtime.functions import Forbidden, FunctionError, InvalidInput, NotFound
from realtime.functions.call import call
from realtime.functions.models import AuditEntry
from tests.cast import Cast, Person
from tests.crm.files.conftest import attach, folder
from workflows.runs.models import Run, StepRun

_ = folder
#: Words that stand nowhere but on the person.
WORDS = ("quillon", "quill@", "5550177", "zanzibar")


def do(person: Person, function: str, **args: Any) -> Any:
    return call(function, person.context(), args)


@pytest.fixture
def ada(acme: str, cast: Cast) -> int:
    """Alice's contact with something of each kind."""
    alice = cast.alice
    contact: int = do(
        alice,
        "contacts.create_contact",
        first_name="Ada",
        last_name="Quillon",
        email="quill@example.org",
        phone="+1 415 555 0177",
        background="Likes Zanzibar",
        tags=["VIP"],
    )["id"]
    do(
        alice,
        "contacts.record_consent",
        contact_id=contact,
        channel="email",
        state="granted",
        proof="Quillon said",
    )
    do(alice, "activities.create_activity", contact_id=contact, body="Quillon moves to Zanzibar")
    do(alice, "tasks.create_task", title="Call Quillon", contact_id=contact)
    deal = do(alice, "deals.create_deal", title="Flat for ada quillon", amount="900", contact_id=contact)[
        "id"
    ]
    do(alice, "activities.create_activity", deal_id=deal, body="Quillon pays in Zanzibar")
    do(alice, "mail.send_message", contact_id=contact, subject="Quillon", body="Zanzibar")
    attach(alice, contact, b"Zanzibar", "quillon.txt")
    form = Form.objects.create(name="Enquiry", token="1-x")
    FormSubmission.objects.create(
        form=form, contact=contact_of(contact), values={"email": "quill@example.org"}
    )
    run = Run.objects.create(
        workflow="automations.contact", version=1, code_hash="", args={"contact_id": contact},
        subject="contact", subject_id=contact, status="waiting",
    )  # fmt: skip
    StepRun.objects.create(
        run=run, seq=1, position="0", key="a#0", kind="query", name="a", args_hash="", status="done",
        result={"name": "Quillon"}, started_at=run.created_at or contact_of(contact).created_at,
    )  # fmt: skip
    Notification.objects.create(
        member_id=alice.member_id, kind="mention", title="Ada Quillon", link=f"/contacts/{contact}/",
        created_at=contact_of(contact).created_at,
    )  # fmt: skip
    return contact


def contact_of(pk: int) -> Contact:
    return Contact.objects.get(pk=pk)


def rows_with(word: str, schema: str) -> list[str]:
    """The tenant's tables in which a row has the word somewhere."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{schema}"."{table}" t WHERE t::text ILIKE %s', [f"%{word}%"]
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_the_export_has_everything_and_is_audited(ada: int, cast: Cast) -> None:
    found = do(cast.alice, "privacy.export_contact", contact_id=ada)
    assert (found["contact"]["full_name"], found["contact"]["tags"], found["cut"]) == (
        "Ada Quillon",
        ["VIP"],
        [],
    )
    assert [row["address"] for row in found["profile"]["emails"]] == ["quill@example.org"]
    assert [row["proof"] for row in found["consents"]] == ["Quillon said"]
    assert {"Quillon moves to Zanzibar", "Quillon pays in Zanzibar"} <= {
        row["body"] for row in found["timeline"]
    }
    assert [row["filename"] for row in found["files"]] == ["quillon.txt"]
    assert [(row["subject"], row["text"][:8]) for row in found["mail"]] == [("Quillon", "Zanzibar")]
    assert [row["title"] for row in found["tasks"]] == ["Call Quillon"]
    assert [row["title"] for row in found["deals"]] == ["Flat for ada quillon"]
    assert "form_submissions" not in found
    whole = do(cast.olivia, "privacy.export_contact", contact_id=ada)
    assert [row["values"] for row in whole["form_submissions"]] == [{"email": "quill@example.org"}]
    entry = AuditEntry.objects.filter(function="privacy.export_contact").latest("pk")
    assert (entry.object_id, entry.changes) == (ada, {"exported": [None, True]})


def test_the_export_of_somebody_out_of_sight_is_not_found(ada: int, cast: Cast) -> None:
    with pytest.raises(NotFound):
        do(cast.bob, "privacy.export_contact", contact_id=ada)


def test_nothing_of_a_forgotten_person_is_left(ada: int, cast: Cast, acme: str) -> None:
    for word in WORDS:
        assert rows_with(word, acme), word
    amounts = list(Deal.objects.values_list("amount", flat=True))
    found = do(cast.olivia, "privacy.erase_contact", contact_id=ada, name=" ada  QUILLON ")
    kinds = ("tasks", "files", "mails", "form_submissions", "consents", "runs", "notifications", "deals")
    assert {kind: found[kind] for kind in kinds} == dict.fromkeys(kinds, 1)
    assert (found["deal_activities"], found["deal_files"], found["enrollments"]) == (1, 0, 0)
    assert found["activities"] >= 2
    assert found["audit_entries"] >= 5
    for word in WORDS:
        assert rows_with(word, acme) == [], word
    deal = Deal.objects.get()
    assert (deal.title, deal.contact_id, [deal.amount]) == ("Flat for …", None, amounts)
    assert [model.objects.count() for model in (Attachment, MailMessage, Run)] == [0, 0, 0]
    assert Upload.objects.count() == 1
    assert Activity.objects.filter(deal=deal, kind="note", body="", contact=None).count() == 1
    entries = AuditEntry.objects.filter(object="contact", object_id=ada).exclude(
        function="privacy.erase_contact"
    )
    assert "first_name" in entries.get(changes__has_key="first_name").changes
    assert all(change == [None, None] for entry in entries for change in entry.changes.values())
    with pytest.raises(NotFound):
        do(cast.olivia, "privacy.erase_contact", contact_id=ada, name="Ada Quillon")


def test_a_person_in_the_bin_is_forgotten_and_others_stay(ada: int, cast: Cast) -> None:
    other = do(cast.alice, "contacts.create_contact", first_name="Ada", last_name="Quillon")["id"]
    do(cast.alice, "activities.create_activity", contact_id=other, body="Stays")
    Suppression.objects.create(
        email="quill@example.org", reason="unsubscribe", at=contact_of(ada).created_at, proof="From Zanzibar"
    )
    do(cast.alice, "contacts.archive_contact", contact_id=ada)
    do(cast.olivia, "privacy.erase_contact", contact_id=ada, name="Ada Quillon")
    assert list(Contact.objects.values_list("pk", "full_name")) == [(other, "Ada Quillon")]
    assert Activity.objects.filter(contact_id=other, body="Stays").exists()
    entry = AuditEntry.objects.get(function="contacts.create_contact", object="contact", object_id=other)
    assert entry.changes["first_name"] == [None, "Ada"]
    assert Suppression.objects.get().proof == ""


@pytest.mark.parametrize(
    "args",
    [
        {"name": "Ada"},
        {"name": ""},
        {"name": "%"},
        {"name": 7},
        {"name": None},
        {"name": "Ada Quillon" * 100},
        {},
        {"name": "Ada Quillon", "contact_id": "x"},
        {"name": "Ada Quillon", "force": True},
    ],
)
def test_without_the_right_name_nothing_goes(ada: int, cast: Cast, args: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        do(cast.olivia, "privacy.erase_contact", **{"contact_id": ada, **args})
    assert Contact.objects.filter(pk=ada).exists()


@pytest.mark.parametrize("function", ["export_contact", "erase_contact"])
@pytest.mark.parametrize("contact_id", [0, -1, 2**63, 999_999, "1", None, 1.5, True])
def test_ids_that_lead_nowhere(acme: str, cast: Cast, function: str, contact_id: Any) -> None:
    args = {"contact_id": contact_id, **({"name": "Ada"} if function == "erase_contact" else {})}
    with pytest.raises((InvalidInput, NotFound)):
        do(cast.olivia, f"privacy.{function}", **args)


def test_only_who_may_empty_the_bin_erases_and_nobody_across_tenants(ada: int, cast: Cast) -> None:
    for person in (cast.adam, cast.alice, cast.vera):
        with pytest.raises(Forbidden):
            do(person, "privacy.erase_contact", contact_id=ada, name="Ada Quillon")
    for function, args in (("export_contact", {}), ("erase_contact", {"name": "Ada Quillon"})):
        with tenant_context("t_globex"), pytest.raises(NotFound):
            do(cast.charlie, f"privacy.{function}", contact_id=ada, **args)


def test_the_same_key_answers_again_and_the_stored_export_is_forgotten(ada: int, cast: Cast) -> None:
    ctx = cast.olivia.context
    first = call("privacy.export_contact", ctx(), {"contact_id": ada}, idempotency_key="e1")
    again = call("privacy.export_contact", ctx(), {"contact_id": ada}, idempotency_key="e1")
    assert again["contact"]["id"] == first["contact"]["id"] == ada
    args = {"contact_id": ada, "name": "Ada Quillon"}
    gone = call("privacy.erase_contact", ctx(), args, idempotency_key="e2")
    assert call("privacy.erase_contact", ctx(), args, idempotency_key="e2") == gone
    with pytest.raises(FunctionError):
        call("privacy.export_contact", ctx(), {"contact_id": ada}, idempotency_key="e1")


def test_every_key_that_leads_to_a_contact_is_known_here() -> None:
    """What does not go with the contact by itself is dealt with in ``crm.privacy``: a new one must be, too."""
    stays = {
        f"{field.model._meta.label_lower}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and field.related_model is Contact
        if field.remote_field.on_delete is not models.CASCADE
    }
    assert stays == {"deals.deal.contact", "forms.formsubmission.contact"}
