"""The member's folder of sent mails: copies of what is sent from here, and what was sent in another program."""

import imaplib
from datetime import timedelta
from email import message_from_bytes
from typing import Any

import pytest

from crm.mail.models import Mailbox, MailMessage, MailThread
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.mail.conftest import queue
from tests.crm.mail.test_mailboxes import come_back
from tests.crm.mail.test_receiving import answer
from tests.imap import PASSWORD, ImapServer
from tests.processes import Mailbox as Outbox
from workflows.drain import drain
from workflows.models import Due

pytestmark = pytest.mark.django_db


def folder_of(imap: ImapServer, user: str, name: str = "Sent") -> None:
    with imaplib.IMAP4("127.0.0.1", imap.port) as client:
        client.login(user, PASSWORD)
        client.create(f'"{name}"')


def held(imap: ImapServer, user: str) -> list[Any]:
    """The mails of the folder, with their flags."""
    with imaplib.IMAP4("127.0.0.1", imap.port) as client:
        client.login(user, PASSWORD)
        client.select("Sent", readonly=True)
        found: list[Any] = client.fetch("1:*", "(FLAGS BODY.PEEK[])")[1]
    return [(part[0], message_from_bytes(part[1])) for part in found if isinstance(part, tuple)]


def test_what_is_sent_here_is_put_there_once(
    connect: Any, imap: ImapServer, ada: dict[str, Any], cast: Cast, outbox: Outbox
) -> None:
    user = "keeps@acme.test"
    folder_of(imap, user)
    connect(user, keeps_sent=True)
    row = queue(cast.alice, ada["id"])
    drain()
    [(flags, copy)] = held(imap, user)
    assert copy["Message-ID"] == f"<{row['message_id']}>" == outbox.messages[0]["Message-ID"]
    assert b"\\Seen" in flags
    # A worker that died after it made the copy makes no second one, and reading the folder finds nothing new.
    Due.objects.create(kind="mail.copy", ref=MailMessage.objects.get().delivery.pk, tenant="t_acme")
    come_back()
    come_back()
    assert len(held(imap, user)) == 1
    assert MailMessage.objects.count() == 1


def test_what_was_sent_in_another_program_makes_the_thread_whole(
    connect: Any, imap: ImapServer, ada: dict[str, Any], cast: Cast
) -> None:
    user = "reads@acme.test"
    folder_of(imap, user)
    imap.put(user, answer(None, sender=user, To="ada@example.com", Message_ID="<early@acme.test>"), "Sent")
    connect(user)
    first = queue(cast.alice, ada["id"])
    imap.put(user, answer(first))
    come_back()
    thread = MailThread.objects.get()
    assert thread.unread
    came = {"message_id": "a1@example.com"}
    for number, to in enumerate(["ada@example.com", "colleague@acme.test", "stranger@elsewhere.test"]):
        mail = answer(
            came,
            "Monday it is.",
            sender=user,
            To=to,
            Message_ID=f"<own{number}@acme.test>",
            Auto_Submitted="no",
        )
        imap.put(user, mail, "Sent")
    new = answer(
        None, "By the way", sender=user, To="x@y.test", Cc="ADA@example.com", Message_ID="<new@acme.test>"
    )
    imap.put(user, new, "Sent")
    come_back()
    own = MailMessage.objects.filter(direction="out", message_id__endswith="@acme.test", key=None).order_by(
        "id"
    )
    assert [(row.message_id, row.member_id, row.to_address) for row in own] == [
        ("own0@acme.test", cast.alice.member_id, "ada@example.com"),
        ("new@acme.test", cast.alice.member_id, "ada@example.com"),
    ]
    assert own[0].thread_id == thread.pk != own[1].thread_id
    thread.refresh_from_db()
    assert not thread.unread  # whoever answered has read it
    timeline = call("activities.list_timeline", cast.alice.context(), {"contact_id": ada["id"]})["data"]
    assert [row["body"] for row in timeline if row["kind"] == "email"][:2] == ["By the way", "Monday it is."]


def test_a_mailbox_says_whether_its_sent_mails_are_read(
    connect: Any, imap: ImapServer, ada: dict[str, Any], cast: Cast
) -> None:
    user = "choice@acme.test"
    folder_of(imap, user, "INBOX.Gesendet")
    box = connect(user, reads_sent=False)
    imap.put(
        user, answer(None, sender=user, To="ada@example.com", Message_ID="<o1@acme.test>"), "INBOX.Gesendet"
    )
    come_back()
    assert not MailMessage.objects.exists()
    args = {"mailbox_id": box.pk, "changes": {"reads_sent": True}}
    call("mail.update_mailbox", cast.alice.context(), args)
    drain()
    imap.put(
        user, answer(None, sender=user, To="ada@example.com", Message_ID="<o2@acme.test>"), "INBOX.Gesendet"
    )
    come_back()
    # From the moment on at which it was switched on.
    assert [row.message_id for row in MailMessage.objects.all()] == ["o2@acme.test"]


def test_the_mailbox_of_a_member_who_comes_back_is_read_again(
    connect: Any, imap: ImapServer, ada: dict[str, Any], cast: Cast
) -> None:
    connect("back@acme.test")
    call("roles.deactivate_member", cast.olivia.context(), {"member_id": cast.alice.member_id})
    come_back()
    assert not Due.objects.filter(kind="mail.mailbox").exists()
    imap.put("back@acme.test", answer(None))
    call("roles.reactivate_member", cast.olivia.context(), {"member_id": cast.alice.member_id})
    come_back(timedelta(0))
    assert MailMessage.objects.get().message_id == "a1@example.com"
    assert Mailbox.objects.get().state == "working"
