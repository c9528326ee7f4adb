"""People to write to, and a mail server that takes it."""

from collections.abc import Iterator
from typing import Any

import pytest

from crm.mail.sending import queue_mail
from realtime.functions.call import call
from realtime.functions.registry import inside_call
from tests.cast import Cast, Person
from tests.processes import Mailbox, mail_server


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
