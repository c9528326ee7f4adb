"""Due work under real faults: workers killed, hints doubled and lost, the broker away, beat dead."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from accounts.models import OutgoingEmail
from tests.processes import Mailbox, Process, free_port, mail_server, process, wait_for
from workflows.jobs import drain_due
from workflows.models import Due
from workflows.schedule import schedule_due
from workflows.testing import expire_leases

pytestmark = pytest.mark.faults

#: Leases of what waits for the mail server are long (eight times this): where a worker is killed, they are ended.
QUICK = {"EMAIL_TIMEOUT": "60", "WORKFLOWS_LEASE_SECONDS": "2", "WORKER_CONCURRENCY": "2"}


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server of the test's own."""
    with mail_server() as mailbox:
        yield mailbox


@pytest.fixture(autouse=True)
def nothing_due(committed_db: str) -> None:
    """Tests of this module share a database."""
    Due.objects.all().delete()
    OutgoingEmail.objects.all().delete()


def queue(count: int, *, hints: bool = True) -> list[int]:
    """Emails in one committed transaction each, as mutations would write them."""
    ids = []
    for number in range(count):
        with transaction.atomic():
            email = OutgoingEmail.objects.create(
                recipient=f"person{number}@example.org", subject=f"Number {number}", text="Good day."
            )
            schedule_due("accounts.email", email.pk)
            if not hints:
                connection.run_on_commit.clear()
        ids.append(email.pk)
    return ids


def all_sent() -> bool:
    return not OutgoingEmail.objects.filter(sent_at__isnull=True).exists()


def test_hint_of_the_commit_delivers_at_once(committed_db: str, mailbox: Mailbox) -> None:
    with process("worker", committed_db, **QUICK, **mailbox.environment):
        queue(1)
        wait_for(all_sent, 90)  # the worker starts meanwhile
        queue(1)
        wait_for(all_sent, 90)
    assert [message["To"] for message in mailbox.messages] == ["person0@example.org"] * 2
    assert not Due.objects.filter(kind="accounts.email").exists()


def test_doubled_hints_send_each_email_once(committed_db: str, mailbox: Mailbox) -> None:
    mailbox.delay = 0.05
    with (
        process("worker", committed_db, **QUICK, **mailbox.environment),
        process("worker", committed_db, **QUICK, **mailbox.environment),
    ):
        queue(40)
        for _hint in range(20):
            drain_due.delay()
        wait_for(all_sent, 90)
    assert len(mailbox.messages) == 40
    assert len(set(mailbox.ids())) == 40


def test_killed_worker_loses_nothing(committed_db: str, mailbox: Mailbox) -> None:
    mailbox.patience = 5
    queue(20)
    with process("worker", committed_db, **QUICK, **mailbox.environment) as worker:
        wait_for(lambda: len(mailbox.messages) > 5, 90)
        worker.kill()
    assert not all_sent()
    mailbox.patience = None
    expire_leases()
    with process("driver", committed_db, **QUICK, **mailbox.environment):
        wait_for(all_sent, 90)
    times = Counter(mailbox.ids())
    assert len(times) == 20
    # An email in flight at each of the two killed processes may have gone out without a note of it.
    assert sum(times.values()) - 20 <= 2


def test_without_beat_and_broker_the_driver_delivers(committed_db: str, mailbox: Mailbox) -> None:
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    queue(5, hints=False)
    with process("driver", committed_db, REDIS_URL=nowhere, **QUICK, **mailbox.environment):
        wait_for(all_sent, 90)
    assert len(mailbox.messages) == 5


def test_beats_find_what_no_hint_told_and_two_of_them_do_no_harm(committed_db: str, mailbox: Mailbox) -> None:
    queue(3, hints=False)
    with (
        process("beat", committed_db, **QUICK),
        process("beat", committed_db, **QUICK),
        process("worker", committed_db, **QUICK, **mailbox.environment),
    ):
        wait_for(all_sent, 90)
    assert len(mailbox.messages) == 3


def test_refused_recipient_is_given_up_and_a_busy_server_is_asked_again(
    committed_db: str, mailbox: Mailbox
) -> None:
    with process("driver", committed_db, **QUICK, **mailbox.environment):
        for reply, expected in (("550 No such person", None), ("451 Busy", 1)):
            mailbox.reply = reply
            (pk,) = queue(1, hints=False)
            wait_for(lambda pk=pk: OutgoingEmail.objects.exclude(error="").filter(pk=pk).exists(), 90)
            email = OutgoingEmail.objects.get(pk=pk)
            assert email.error == reply
            assert Due.objects.filter(kind="accounts.email", ref=pk).count() == (expected or 0)
    assert mailbox.messages == []


def test_stopping_a_worker_ends_it_in_time(committed_db: str, mailbox: Mailbox) -> None:
    with process("worker", committed_db, **QUICK, **mailbox.environment) as worker:
        queue(1)
        wait_for(all_sent, 90)
        stop(worker)
    assert worker.popen.returncode == 0


def stop(worker: Process) -> None:
    worker.popen.terminate()
    worker.popen.wait(60)
