"""Mail to contacts under a killed process: nothing is lost, who unsubscribed gets nothing, a copy is the same mail."""

from collections import Counter

import pytest

from accounts.actor import system_context
from accounts.tenancy import tenant_context
from crm.mail.models import MailDelivery
from realtime.functions.call import call
from tests.cast import ACME, Cast
from tests.faults.test_due_work import QUICK
from tests.processes import mail_server, process, wait_for
from workflows.testing import expire_leases

pytestmark = pytest.mark.faults
MAILS = 10


def write(cast: Cast) -> None:
    """A mail each to some contacts of Alice's, committed."""
    alice = cast.alice.context()
    for number in range(MAILS):
        email = f"person{number}@example.org"
        contact = call("contacts.create_contact", alice, {"email": email})
        call("mail.send_message", alice, {"contact_id": contact["id"], "subject": "Hi", "body": "Hello"})


def waiting() -> list[str]:
    """The addresses that a mail is still queued for."""
    with tenant_context(ACME):
        rows = MailDelivery.objects.filter(state="queued").order_by("pk")
        return list(rows.values_list("address", flat=True))


def is_over() -> bool:
    """Whether every mail was sent or will never be."""
    with tenant_context(ACME):
        return not MailDelivery.objects.filter(state__in=["queued", "sending"]).exists()


def test_a_killed_driver_loses_nothing_and_sends_nothing_unwanted(committed_db: str, cast: Cast) -> None:
    with mail_server() as server:
        server.patience = 2
        with tenant_context(ACME):
            write(cast)
        with process("driver", committed_db, **QUICK, **server.environment) as driver:
            wait_for(lambda: len(server.messages) > 2, 90)
            driver.kill()
        server.patience = None
        expire_leases()
        gone = waiting()[-1]
        with tenant_context(ACME):
            call("mail.unsubscribe", system_context(ACME), {"email": gone})
        with process("driver", committed_db, **QUICK, **server.environment):
            wait_for(is_over, 90)
        times = Counter(server.ids())
        assert gone not in {mail["To"] for mail in server.messages}
    assert len(times) == MAILS - 1
    # The one in flight when the process was killed may have gone out without a note of it.
    assert sum(times.values()) - len(times) <= 1
