"""People to write to, and a mail server that takes it."""

import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from crm.mail.models import Mailbox as MemberMailbox
from crm.mail.sending import queue_mail
from realtime.functions.call import call
from realtime.functions.registry import inside_call
from tests.cast import Cast, Person
from tests.imap import PASSWORD, ImapServer, imap_server
from tests.processes import Mailbox, mail_server
from workflows.drain import drain


@pytest.fixture
def ada(acme: str, cast: Cast) -> dict[str, Any]:
    """Alice's contact."""
    args = {"first_name": "Ada", "last_name": "Lovelace", "email": "Ada@Example.com"}
    return call("contacts.create_contact", cast.alice.context(), args)


@pytest.fixture(scope="session")
def smtp() -> Iterator[Mailbox]:
    """One mail server for all tests."""
    with mail_server() as server:
        yield server


@pytest.fixture
def outbox(smtp: Mailbox, settings: Any) -> Iterator[Mailbox]:
    """The mail server, empty, and the settings that lead there."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    smtp.messages.clear()
    yield smtp
    smtp.reply, smtp.delay = "250 OK", 0.0


def queue(person: Person, contact_id: int, **more: Any) -> Any:
    """Queue a mail as a function of that person would."""
    ctx = person.context()
    given = {"subject": "Hello", "body": "How are you?", "key": "one", **more}
    with inside_call():
        return queue_mail(ctx, contact_id=contact_id, **given)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[ImapServer]:
    """One Dovecot for all tests."""
    with imap_server() as server:
        yield server


@pytest.fixture
def imap(dovecot: ImapServer) -> Iterator[ImapServer]:
    """That Dovecot; a test that fails shows what its log says since the test began."""
    before = len(dovecot.log.read_text())
    yield dovecot
    sys.stderr.write(dovecot.log.read_text()[before:])


@pytest.fixture
def connect(imap: ImapServer, acme: str, cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Connect Alice's mailbox there; its server's certificate is trusted."""
    settings.MAILBOXES_AT_PRIVATE_ADDRESSES = True
    monkeypatch.setitem(os.environ, "SSL_CERT_FILE", imap.certificate)

    def connected(user: str, **more: Any) -> Any:
        args = {
            "address": user, "host": "localhost", "port": imap.tls_port, "password": PASSWORD, **more,
        }  # fmt: skip
        row = call("mail.create_mailbox", cast.alice.context(), args)
        drain()
        return MemberMailbox.objects.get(pk=row["id"])

    return connected
