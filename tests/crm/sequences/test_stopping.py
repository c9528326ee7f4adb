"""What ends a sequence: an answer, unsubscribing, a stage, the bin, a hand; and that nothing is done after it."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db.models import F
from django.test import Client

from crm.mail.listeners import tell_replied
from crm.mail.models import MailDelivery, MailMessage
from crm.sequences.ending import stop_all
from crm.sequences.models import Enrollment
from realtime.functions import Conflict
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.sequences.conftest import Make, counted, enroll, go_by, kept, states, work
from tests.crm.sequences.test_runs import HELLO, wait
from tests.processes import Mailbox
from workflows.runs.models import Run

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def one_click(mail: Any) -> None:
    """What a mail program does for its user (RFC 8058)."""
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    [link] = re.findall(r"<(http[^>]+)>", "".join(mail["List-Unsubscribe"].split()))
    path = urlsplit(link).path
    answer = Client().post(path, {"List-Unsubscribe": "One-Click"}, headers={"host": "localhost"})
    assert answer.status_code == 200


def how(enrollment_id: int) -> tuple[str, str]:
    """The enrollment's state, and why it was stopped."""
    row = Enrollment.objects.get(pk=enrollment_id)
    return row.state, row.stop_reason


def test_a_reply_stops_and_counts_for_the_mail_that_it_answers(
    ada: int, make: Make, cast: Cast, outbox: Mailbox
) -> None:
    sequence = make(HELLO, wait(2), HELLO)
    enrollment = enroll(cast.alice, sequence, ada)
    work()
    sent = MailMessage.objects.get()
    reply = MailMessage.objects.create(
        thread=sent.thread, contact_id=ada, direction="in", message_id="answer@example.com",
        in_reply_to=sent.message_id, enrollment_id=enrollment, occurred_at=sent.occurred_at,
    )  # fmt: skip
    tell_replied(cast.olivia.context(), reply)
    assert how(enrollment) == ("stopped", "replied")
    assert states(enrollment) == ["sent", "stopped"]
    go_by(3 * DAY)
    assert len(outbox.messages) == 1
    row = Enrollment.objects.get(pk=enrollment)
    assert Run.objects.get(pk=row.run_id).status == "cancelled"
    steps = call("sequences.list_steps", cast.alice.context(), {"sequence_id": sequence})
    assert [step["figures"]["replied"] for step in steps] == [1, 0, 0]
    assert kept() == counted()


def test_one_click_unsubscribes_and_stops_at_once(ada: int, make: Make, cast: Cast, outbox: Mailbox) -> None:
    first, second = make(HELLO, wait(1), HELLO), make(wait(1), HELLO)
    enrollments = [enroll(cast.alice, first, ada), enroll(cast.alice, second, ada)]
    work()
    Enrollment.objects.update(next_at=F("next_at") - 2 * DAY)  # the next emails are due this moment
    one_click(outbox.messages[0])
    assert [how(pk) for pk in enrollments] == [("stopped", "unsubscribed")] * 2
    go_by(2 * DAY)
    assert len(outbox.messages) == 1
    with pytest.raises(Conflict):
        enroll(cast.alice, first, ada)


def test_what_waits_for_delivery_is_taken_back(ada: int, make: Make, cast: Cast, outbox: Mailbox) -> None:
    enrollment = enroll(cast.alice, make(HELLO, wait(1)), ada)
    outbox.reply = "451 later"
    work()
    delivery = MailDelivery.objects.get()
    assert delivery.state == "queued"
    call("sequences.stop_enrollment", cast.alice.context(), {"enrollment_id": enrollment})
    outbox.reply = "250 OK"
    go_by(DAY)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error, outbox.messages) == ("suppressed", "stopped", [])


@pytest.mark.parametrize("kind", ["contact", "deal"])
def test_coming_to_a_stage_stops_before_the_next_mail(
    kind: str, ada: int, make: Make, cast: Cast, outbox: Mailbox
) -> None:
    from crm.contacts.models import ContactStage
    from crm.deals.models import Stage

    stages: Any = ContactStage if kind == "contact" else Stage
    stage = stages.objects.order_by("-position").first().pk
    sequence = make(wait(1), HELLO, **{f"stop_on_{kind}_stages": [stage]})
    enrollment = enroll(cast.alice, sequence, ada)
    work()
    if kind == "contact":
        args: dict[str, Any] = {"contact_id": ada, "changes": {"stage_id": stage}}
        call("contacts.update_contact", cast.alice.context(), args)
    else:
        args = {"title": "House", "contact_id": ada, "stage_id": stage}
        call("deals.create_deal", cast.alice.context(), args)
    go_by(DAY)
    assert how(enrollment) == ("stopped", "stage")
    assert outbox.messages == []


def test_the_bin_stops_and_restoring_does_not_resume(
    ada: int, make: Make, cast: Cast, outbox: Mailbox
) -> None:
    enrollment = enroll(cast.alice, make(wait(1), HELLO), ada)
    work()
    call("contacts.archive_contact", cast.alice.context(), {"contact_id": ada})
    go_by(DAY)
    assert how(enrollment) == ("stopped", "binned")
    call("contacts.restore_contact", cast.alice.context(), {"contact_id": ada})
    go_by(DAY)
    assert outbox.messages == []


def test_pausing_a_sequence_holds_everybody_and_publishing_lets_them_go_on(
    ada: int, make: Make, cast: Cast, outbox: Mailbox
) -> None:
    sequence = make(wait(1), HELLO)
    enrollment = enroll(cast.alice, sequence, ada)
    work()
    call("sequences.pause_sequence", cast.olivia.context(), {"sequence_id": sequence})
    go_by(2 * DAY)
    assert (how(enrollment), outbox.messages) == (("active", ""), [])
    call("sequences.publish_sequence", cast.olivia.context(), {"sequence_id": sequence})
    work()
    assert (how(enrollment), len(outbox.messages)) == (("finished", ""), 1)


def test_archiving_a_sequence_stops_everybody(ada: int, make: Make, cast: Cast, outbox: Mailbox) -> None:
    sequence = make(wait(1), HELLO)
    enrollment = enroll(cast.alice, sequence, ada)
    work()
    call("sequences.archive_sequence", cast.olivia.context(), {"sequence_id": sequence})
    work()
    assert how(enrollment) == ("stopped", "sequence")
    go_by(DAY)
    assert outbox.messages == []
    assert kept() == counted()


def test_a_contact_is_paused_resumed_and_skips_a_step(
    ada: int, make: Make, cast: Cast, outbox: Mailbox
) -> None:
    enrollment = enroll(cast.alice, make(wait(5), HELLO, wait(5), HELLO), ada)
    work()
    args = {"enrollment_id": enrollment}
    call("sequences.skip_step", cast.alice.context(), args)
    work()
    assert (states(enrollment), len(outbox.messages)) == (["skipped", "sent", "here"], 1)
    call("sequences.pause_enrollment", cast.alice.context(), args)
    go_by(6 * DAY)
    assert (how(enrollment)[0], len(outbox.messages)) == ("paused", 1)
    call("sequences.resume_enrollment", cast.alice.context(), args)
    work()
    assert (how(enrollment)[0], len(outbox.messages)) == ("finished", 2)


def test_a_contact_that_is_deleted_for_good_leaves_no_run(ada: int, make: Make, cast: Cast) -> None:
    enrollment = enroll(cast.alice, make(wait(5), HELLO), ada)
    work()
    run_id = Enrollment.objects.get(pk=enrollment).run_id
    call("contacts.archive_contact", cast.alice.context(), {"contact_id": ada})
    call("bin.purge_record", cast.olivia.context(), {"object": "contact", "record_id": ada})
    work()
    assert Run.objects.get(pk=run_id).status == "cancelled"
    assert kept() == counted() == {}


def test_a_stopped_enrollment_is_over_once_and_for_all(ada: int, make: Make, cast: Cast) -> None:
    enrollment = enroll(cast.alice, make(wait(1), HELLO), ada)
    ctx = cast.olivia.context()
    assert stop_all(ctx, Enrollment.objects.filter(pk=enrollment), "by_hand") == 1
    assert stop_all(ctx, Enrollment.objects.filter(pk=enrollment), "replied") == 0
    with pytest.raises(Conflict):
        call("sequences.stop_enrollment", cast.alice.context(), {"enrollment_id": enrollment})
    again = enroll(cast.alice, Enrollment.objects.get(pk=enrollment).sequence_id, ada)
    assert again != enrollment
