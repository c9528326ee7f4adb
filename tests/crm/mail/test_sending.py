"""Mail to contacts: what is written, what goes out over SMTP, and what does not."""

from datetime import timedelta
from email.utils import parseaddr
from typing import Any

import pytest

from accounts.roles.models import FieldPermission, Role
from crm.activities.models import Activity
from crm.contacts.models import Consent, EmailAddress
from crm.mail.models import MailDelivery, MailMessage, Suppression
from realtime.functions import InvalidInput, NotFound
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.mail.conftest import queue
from tests.processes import Mailbox
from workflows.drain import drain
from workflows.models import Due
from workflows.testing import advance

pytestmark = pytest.mark.django_db


def state(row: Any) -> tuple[str, str]:
    """How a mail's delivery stands."""
    delivery = MailDelivery.objects.get(message_id=row["id"])
    return delivery.state, delivery.error


def test_a_mail_goes_out_once_and_stands_on_the_timeline(
    ada: dict[str, Any], cast: Cast, outbox: Mailbox
) -> None:
    row = queue(
        cast.alice,
        ada["id"],
        subject="Hello {{contact.first_name}}",
        body="Dear {{ contact.job_title | friend }},\n<b>hi</b> https://example.com",
    )
    again = queue(cast.alice, ada["id"], subject="Something else")
    assert again["id"] == row["id"]
    assert row["state"] == "queued"
    drain()
    drain()
    [mail] = outbox.messages
    assert mail["Subject"] == "Hello Ada"
    assert mail["Message-ID"] == f"<{row['message_id']}>"
    assert mail["From"] == "Alice <no-reply@localhost>"
    assert (mail["To"], mail["Reply-To"]) == ("ada@example.com", cast.alice.email)
    assert mail["List-Unsubscribe"] is None
    text, html = (part.get_payload(decode=True).decode() for part in mail.get_payload())
    assert text.splitlines()[:1] == ["Dear friend,"]
    assert '&lt;b&gt;hi&lt;/b&gt; <a href="https://example.com">' in html
    assert state(row) == ("sent", "")
    entry = Activity.objects.get(contact_id=ada["id"], kind="email")
    assert (entry.direction, entry.actor_id, entry.payload["subject"]) == (
        "out",
        cast.alice.member_id,
        "Hello Ada",
    )


def test_a_sequence_keeps_one_thread_and_offers_one_click(
    ada: dict[str, Any], cast: Cast, outbox: Mailbox
) -> None:
    rows = [
        queue(cast.alice, ada["id"], key=f"e7-{n}", enrollment_id=7, subject=subject)
        for n, subject in enumerate(["Welcome", "", "Last one"])
    ]
    assert len({row["thread_id"] for row in rows}) == 1
    drain()
    first, second, third = sorted(outbox.messages, key=lambda mail: len(mail["References"] or ""))
    assert [mail["Subject"] for mail in (first, second, third)] == ["Welcome", "Re: Welcome", "Last one"]
    assert second["In-Reply-To"] == first["Message-ID"]
    assert third["References"].split() == [first["Message-ID"], second["Message-ID"]]
    assert third["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = third["List-Unsubscribe"].strip().strip("<>")
    assert "/mail/unsubscribe/" in address
    assert address in third.get_payload()[0].get_payload(decode=True).decode().replace("\r\n", "\n")


@pytest.mark.parametrize("reason", ["unsubscribe", "consent", "bounced", "no_address", "binned"])
def test_who_must_not_be_written_to_is_not(
    ada: dict[str, Any], cast: Cast, outbox: Mailbox, reason: str
) -> None:
    refuse(reason, ada["id"], cast)
    row = queue(cast.olivia, ada["id"])
    assert (row["state"], row["error"]) == ("suppressed", reason)
    drain()
    assert outbox.messages == []
    assert not Activity.objects.filter(contact_id=ada["id"], kind="email").exists()


@pytest.mark.parametrize("reason", ["unsubscribe", "consent", "bounced", "binned"])
def test_what_is_refused_after_it_was_queued_is_not_sent(
    ada: dict[str, Any], cast: Cast, outbox: Mailbox, reason: str
) -> None:
    row = queue(cast.olivia, ada["id"])
    refuse(reason, ada["id"], cast)
    drain()
    assert outbox.messages == []
    assert state(row) == ("suppressed", reason)


def refuse(reason: str, contact_id: int, cast: Cast) -> None:
    """Let the contact be one who must not be written to."""
    ctx = cast.olivia.context()
    if reason == "unsubscribe":
        Suppression.objects.create(email="ada@example.com", reason=reason, at=ctx.now)
    elif reason == "consent":
        for at, said in ((ctx.now, "withdrawn"), (ctx.now - timedelta(days=1), "granted")):
            Consent.objects.create(contact_id=contact_id, channel="email", state=said, at=at)
    elif reason == "bounced":
        EmailAddress.objects.filter(contact_id=contact_id).update(bounced_at=ctx.now)
    elif reason == "binned":
        call("contacts.archive_contact", ctx, {"contact_id": contact_id})
    else:
        call("contacts.update_contact", ctx, {"contact_id": contact_id, "changes": {"email": ""}})


def test_a_server_that_is_away_is_asked_again_with_the_same_mail(
    ada: dict[str, Any], cast: Cast, outbox: Mailbox
) -> None:
    outbox.reply = "451 Later"
    row = queue(cast.alice, ada["id"])
    drain()
    assert state(row) == ("queued", "451 Later")
    outbox.reply = "250 OK"
    advance(timedelta(minutes=2))
    drain()
    assert outbox.ids() == [f"<{row['message_id']}>"]
    assert state(row) == ("sent", "")


def test_a_worker_that_dies_while_sending_leaves_the_same_mail_to_the_next(
    ada: dict[str, Any], cast: Cast, outbox: Mailbox
) -> None:
    row = queue(cast.alice, ada["id"])
    MailDelivery.objects.update(state="sending", attempts=1)
    drain()
    assert outbox.ids() == [f"<{row['message_id']}>"]
    assert MailDelivery.objects.get().attempts == 2


@pytest.mark.parametrize(
    ("answer", "outcome", "is_suppressed"),
    [("550 5.1.1 No such user", "bounced", True), ("550 5.7.1 Relaying denied", "failed", False)],
)
def test_an_address_that_does_not_exist_gets_no_more_mail(
    ada: dict[str, Any], cast: Cast, outbox: Mailbox, answer: str, outcome: str, is_suppressed: bool
) -> None:
    outbox.reply = answer
    row = queue(cast.alice, ada["id"])
    drain()
    assert state(row) == (outcome, answer)
    assert EmailAddress.objects.filter(bounced_at__isnull=False).exists() == is_suppressed
    assert Suppression.objects.filter(email="ada@example.com", reason="bounce").exists() == is_suppressed
    assert not Due.objects.filter(kind="mail.delivery").exists()


def test_what_is_no_merge_field_is_refused(ada: dict[str, Any], cast: Cast) -> None:
    for text in ("{{contact.password}}", "{{contact.first_name", "{{ }}", "{{contact.__class__}}"):
        with pytest.raises(InvalidInput):
            queue(cast.alice, ada["id"], body=text)
    assert not MailMessage.objects.exists()


def test_a_value_brings_nothing_along(ada: dict[str, Any], cast: Cast) -> None:
    changes = {"first_name": "{{contact.email}}", "job_title": "<i>x</i>"}
    call("contacts.update_contact", cast.alice.context(), {"contact_id": ada["id"], "changes": changes})
    row = queue(cast.alice, ada["id"], body="{{contact.first_name}} {{contact.job_title}}")
    assert row["text"] == "{{contact.email}} <i>x</i>"
    assert "<i>" not in MailMessage.objects.get().html


def test_only_contacts_in_sight_are_written_to(ada: dict[str, Any], cast: Cast) -> None:
    with pytest.raises(NotFound):
        queue(cast.bob, ada["id"])


def test_a_role_that_hides_addresses_and_texts_hides_them_in_mails(
    ada: dict[str, Any], cast: Cast, acme: str
) -> None:
    row = queue(cast.alice, ada["id"])
    role = Role.objects.get(key="agent")
    for object, field in (("contact", "email"), ("activity", "body")):
        FieldPermission.objects.create(role=role, object=object, field=field, level="hidden")
    [seen] = call("mail.list_messages", cast.alice.context(), {"contact_id": ada["id"]})["data"]
    assert (seen["to_address"], seen["subject"], seen["text"]) == ("", "", "")
    assert call("mail.get_message", cast.alice.context(), {"message_id": row["id"]})["html"] == ""
    args = {"contact_id": ada["id"], "subject": "Hi", "body": "{{contact.email|hidden}}"}
    assert call("mail.preview_mail", cast.alice.context(), args)["body"] == "hidden"


def test_a_name_of_several_lines_makes_no_header(acme: str, cast: Cast, ada: Any, outbox: Mailbox) -> None:
    changes = {"name": "Alice\r\nBcc: all@example.com\u2028"}
    call("accounts.update_profile", cast.alice.context(), {"changes": changes})
    queue(cast.alice, ada["id"])
    drain()
    (mail,) = outbox.messages
    assert parseaddr(mail["From"])[0] == "Alice Bcc: all@example.com"
    assert "Bcc" not in mail
