"""Mail that comes: its thread, its contact, and what is no reply at all."""

from base64 import b64encode
from typing import Any

import pytest

from accounts.actor import system_context
from accounts.roles.models import Role
from crm.activities.models import Activity
from crm.contacts.models import EmailAddress
from crm.mail import listeners
from crm.mail.models import MailDelivery, MailMessage, MailThread, Suppression
from crm.mail.parsing import parse
from crm.notifications.models import Notification
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.mail.conftest import queue
from tests.processes import Mailbox
from workflows.drain import drain

pytestmark = pytest.mark.django_db


def take(acme: str, raw: bytes) -> Any:
    """Let a mail come."""
    return call("mail.receive_message", system_context(acme), {"raw": b64encode(raw).decode()})


def answer(to: Any, body: str = "Yes!", sender: str = "ada@example.com", **headers: str) -> bytes:
    """What a mail program would send as an answer."""
    given = {
        "From": f"Ada <{sender}>", "To": "alice@acme.test", "Subject": "Re: Hello", "Message-ID": "<a1@example.com>",
        "In-Reply-To": f"<{to['message_id']}>" if to else "",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }  # fmt: skip
    lines = [f"{name}: {value}" for name, value in given.items() if value]
    return "\r\n".join([*lines, "", body]).encode()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The replies that listeners were told of."""
    found: list[Any] = []
    monkeypatch.setattr(listeners, "_replied", [lambda _ctx, message: found.append(message)])
    return found


def test_an_answer_joins_its_thread_and_is_told(
    ada: dict[str, Any], cast: Cast, acme: str, heard: list[Any]
) -> None:
    row = queue(cast.alice, ada["id"], enrollment_id=7)
    body = "Gladly.\r\n\r\nOn Sunday, Alice <alice@acme.test> wrote:\r\n> How are you?"
    got = take(acme, answer(row, body))
    assert got["outcome"] == "stored"
    message = MailMessage.objects.get(pk=got["message_id"])
    assert (message.thread_id, message.enrollment_id, message.contact_id) == (row["thread_id"], 7, ada["id"])
    assert heard == [message]
    entry = Activity.objects.get(pk=message.activity_id)
    assert (entry.kind, entry.direction, entry.body) == ("email", "in", "Gladly.")
    assert MailThread.objects.get().unread
    assert Notification.objects.get(kind="mail").member_id == cast.alice.member_id
    assert take(acme, answer(row)) == {"outcome": "known", "message_id": message.pk}
    back = queue(cast.alice, ada["id"], key="two", reply_to_message_id=message.pk, subject="")
    assert (back["subject"], back["in_reply_to"]) == ("Re: Hello", "a1@example.com")


def test_an_answer_to_an_answer_is_found_by_its_references(
    ada: dict[str, Any], cast: Cast, acme: str
) -> None:
    row = queue(cast.alice, ada["id"])
    references = f"<lost@x.test> <{row['message_id']}> <gone@x.test>"
    raw = answer(None, sender="assistant@elsewhere.test", References=references, In_Reply_To="<gone@x.test>")
    got = take(acme, raw)
    assert MailMessage.objects.get(pk=got["message_id"]).thread_id == row["thread_id"]


def test_a_first_mail_is_found_by_its_sender_and_strangers_are_left_alone(
    ada: dict[str, Any], cast: Cast, acme: str
) -> None:
    got = take(acme, answer(None, sender="ADA@example.com"))
    assert MailMessage.objects.get(pk=got["message_id"]).thread.title == "Re: Hello"
    assert take(acme, answer(None, sender="x@stranger.test", Message_ID="<b@x>"))["outcome"] == "ignored"
    assert MailMessage.objects.count() == 1


@pytest.mark.parametrize(
    "headers", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"X_Autoreply": "yes"}]
)
def test_what_a_machine_wrote_is_no_reply(
    ada: dict[str, Any], cast: Cast, acme: str, heard: list[Any], headers: dict[str, str]
) -> None:
    got = take(acme, answer(queue(cast.alice, ada["id"]), **headers))
    assert MailMessage.objects.get(pk=got["message_id"]).is_automatic
    assert heard == []
    assert not Notification.objects.filter(kind="mail").exists()


def report(of: Any, status: str, action: str = "failed") -> bytes:
    """A delivery status notification, as Postfix writes it."""
    return f"""From: MAILER-DAEMON@mail.example.com
To: no-reply@localhost
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <dsn@mail.example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com

Final-Recipient: rfc822; ada@example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} No such user here

--b
Content-Type: message/rfc822

Message-ID: <{of["message_id"]}>
Subject: Hello

How are you?
--b--
""".replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("status", "action", "state", "is_suppressed"),
    [
        ("5.1.1", "failed", "bounced", True),
        ("4.4.1", "delayed", "sent", False),
    ],
)
def test_a_bounce_marks_what_came_back(
    ada: dict[str, Any], cast: Cast, acme: str, outbox: Mailbox, heard: list[Any], status: str, action: str,
    state: str, is_suppressed: bool,
) -> None:  # fmt: skip
    row = queue(cast.alice, ada["id"])
    drain()
    assert take(acme, report(row, status, action))["outcome"] == "bounce"
    assert MailDelivery.objects.get().state == state
    assert Suppression.objects.filter(email="ada@example.com", reason="bounce").exists() == is_suppressed
    assert EmailAddress.objects.filter(bounced_at__isnull=False).exists() == is_suppressed
    assert heard == []


def test_a_report_about_a_mail_of_others_does_nothing(ada: dict[str, Any], cast: Cast, acme: str) -> None:
    take(acme, report({"message_id": "other@x.test"}, "5.1.1"))
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"From: =?utf-8?b?////?= <ada@example.com>\r\nSubject: =?x?y?z?=\r\n\r\n\x00\xc3\x28",
        b"From: ada@example.com\r\nDate: Mon, 99 Foo 99999 25:61:61 +9999\r\nMessage-ID: <<>>\r\n\r\nHi",
        b"From: ada@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * 300,
        b"From: ada@example.com\r\nContent-Type: text/plain; charset=no-such\r\n\r\nH\xe9",
        b"From: ada@example.com\r\nContent-Type: text/html\r\n\r\n<script>x()</script><p>Hi</p><img src=http://x>",
        b"From: ada@example.com\r\nReferences: " + b"<x@y> " * 20_000 + b"\r\n\r\n" + b"a" * 300_000,
        b"From: ada@example.com\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n",
    ],
)
def test_whatever_comes_is_bounded_and_never_raises(ada: dict[str, Any], acme: str, raw: bytes) -> None:
    mail = parse(raw)
    assert len(mail.text) <= 100_000
    assert len(mail.reference_ids) <= 50
    assert "<script" not in mail.html
    assert "<img" not in mail.html
    assert take(acme, raw)["outcome"] in ("stored", "ignored", "bounce")


def test_a_thread_shows_how_its_newest_mail_begins(acme: str, cast: Cast, ada: Any) -> None:
    sent = queue(cast.alice, ada["id"])
    (row,) = call("mail.list_threads", cast.alice.context(), {})["data"]
    assert row["snippet"] == "How are you?"
    take(acme, answer(sent, body="Fine,\r\n  thank you. " + "So many words. " * 40))
    (row,) = call("mail.list_threads", cast.alice.context(), {})["data"]
    assert row["snippet"].startswith("Fine, thank you. So many words.")
    assert len(row["snippet"]) <= 200
    rule = {
        "role_id": Role.objects.get(key="agent").pk,
        "object": "activity",
        "field": "body",
        "level": "hidden",
    }
    call("roles.set_field_permission", cast.olivia.context(), rule)
    (row,) = call("mail.list_threads", cast.alice.context(), {})["data"]
    assert (row["title"], row["snippet"]) == ("", "")
