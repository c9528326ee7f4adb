"""Mailboxes on a real IMAP server: what is new comes once, and what is wrong is said."""

import os
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from crm.mail.models import Mailbox, MailMessage
from crm.mail.secrets import decrypt
from crm.notifications.models import Notification
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.mail.conftest import queue
from tests.crm.mail.test_receiving import answer
from tests.imap import PASSWORD, ImapServer
from workflows.drain import drain
from workflows.models import Due
from workflows.testing import advance

pytestmark = pytest.mark.django_db


def come_back(length: timedelta = timedelta(minutes=2)) -> None:
    """Let the next turn come."""
    advance(length)
    drain()


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_what_comes_after_connecting_is_taken_in_once(
    connect: Any, imap: ImapServer, ada: dict[str, Any], cast: Cast, security: str
) -> None:
    user = f"alice-{security}@acme.test"
    imap.put(user, answer(None, Message_ID="<before@x>"))
    box = connect(user, security=security, port=imap.tls_port if security == "tls" else imap.port)
    assert (box.state, box.error) == ("working", "")
    assert PASSWORD not in box.password_encrypted
    assert decrypt(box.password_encrypted) == PASSWORD
    sent = queue(cast.alice, ada["id"])
    assert MailMessage.objects.get().reply_to == user
    imap.put(user, answer(sent, Message_ID="<after@x>"))
    come_back()
    come_back()
    [message] = MailMessage.objects.filter(direction="in")
    assert (message.message_id, message.thread_id) == ("after@x", sent["thread_id"])
    # A worker that died before the cursor moved takes it in again, and it is known.
    Mailbox.objects.update(last_uid=1)
    come_back()
    assert MailMessage.objects.filter(direction="in").count() == 1
    assert Mailbox.objects.get().last_uid == 2


def test_passwords_go_on_with_a_new_key(connect: Any, settings: Any) -> None:
    """A former SECRET_KEY still reads what it encrypted, until everything is written with the new one."""
    pk, former = connect("keys@acme.test").pk, settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [former]
    assert decrypt(Mailbox.objects.get(pk=pk).password_encrypted) == PASSWORD
    call_command("renew_credentials", stdout=(out := StringIO()))
    assert out.getvalue().startswith("1 passwords")
    settings.SECRET_KEY_FALLBACKS = []
    assert decrypt(Mailbox.objects.get(pk=pk).password_encrypted) == PASSWORD
    settings.SECRET_KEY = "o" * 50
    call_command("renew_credentials", stdout=(out := StringIO()), stderr=(wrong := StringIO()))
    assert out.getvalue().startswith("0 passwords")
    assert "keys@acme.test" in wrong.getvalue()


def test_another_uidvalidity_reads_the_last_days_again(
    connect: Any, imap: ImapServer, ada: dict[str, Any]
) -> None:
    box = connect("again@acme.test")
    imap.put("again@acme.test", answer(None, Message_ID="<missed@x>"))
    Mailbox.objects.update(uid_validity=box.uid_validity - 1, last_uid=900)
    come_back()
    assert MailMessage.objects.get().message_id == "missed@x"
    now = Mailbox.objects.get()
    assert (now.uid_validity, now.last_uid) == (box.uid_validity, 1)


def test_a_wrong_password_is_said_once_and_asked_seldom(connect: Any, cast: Cast, caplog: Any) -> None:
    box = connect("wrong@acme.test", password="not-the-password")
    assert box.state == "refused"
    assert "Authentication failed" in box.error
    come_back(timedelta(minutes=30))
    assert Mailbox.objects.get().failures == 1
    come_back(timedelta(hours=1))
    assert Mailbox.objects.get().failures == 2
    [told] = Notification.objects.all()
    assert (told.member_id, told.link) == (cast.alice.member_id, "/settings/mailbox/")
    assert "not-the-password" not in caplog.text + box.error
    changes = {"mailbox_id": box.pk, "changes": {"password": PASSWORD}}
    call("mail.update_mailbox", cast.alice.context(), changes)
    drain()
    assert Mailbox.objects.get().state == "working"


def test_a_server_that_is_away_is_unreachable(connect: Any, imap: ImapServer, settings: Any) -> None:
    assert connect("away@acme.test", port=9).state == "unreachable"
    settings.MAILBOXES_AT_PRIVATE_ADDRESSES = False
    come_back()
    box = Mailbox.objects.get()
    assert (box.state, box.error) == (
        "unreachable",
        "This address lies inside the deployment's network.",
    )


def test_a_certificate_that_is_not_good_is_refused(connect: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(os.environ, "SSL_CERT_FILE")
    box = connect("certificate@acme.test")
    assert box.state == "unreachable"
    assert "CERTIFICATE_VERIFY_FAILED" in box.error


def test_a_mailbox_that_is_removed_is_not_looked_into_any_more(connect: Any, cast: Cast) -> None:
    box = connect("gone@acme.test")
    call("mail.delete_mailbox", cast.alice.context(), {"mailbox_id": box.pk})
    come_back()
    assert not Due.objects.filter(kind="mail.mailbox").exists()
