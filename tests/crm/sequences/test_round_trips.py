"""Emails of a sequence over real servers: out by SMTP, the answer or the bounce back by IMAP, and what that ends."""

from datetime import timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

import pytest
from django.db.models import F

from crm.mail.models import MailDelivery, MailMessage, MailThread, Suppression
from crm.sequences.models import Enrollment
from realtime.functions.call import call
from tests.cast import Cast
from tests.crm.mail.test_receiving import report
from tests.crm.sequences.conftest import Make, contact, counted, enroll, go_by, kept, states, work
from tests.crm.sequences.test_runs import HELLO, wait
from tests.crm.sequences.test_stopping import how, one_click
from tests.imap import PASSWORD, ImapServer
from tests.processes import Mailbox

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def reply_to(mail: Any, text: str) -> bytes:
    """What the recipient's mail program makes of "reply"; it knows nothing but the mail."""
    answer = EmailMessage()
    answer["From"] = mail["To"]
    answer["To"] = mail["Reply-To"] or mail["From"]
    answer["Subject"] = f"Re: {mail['Subject']}"
    answer["Message-ID"] = make_msgid(domain="example.com")
    answer["In-Reply-To"] = mail["Message-ID"]
    answer["References"] = f"{mail.get('References', '')} {mail['Message-ID']}".strip()
    answer.set_content(text)
    return answer.as_bytes()


def test_an_answer_that_comes_to_the_mailbox_ends_the_sequence(
    ada: int, make: Make, cast: Cast, outbox: Mailbox, imap: ImapServer, connect: Any
) -> None:
    connect("round@acme.test")
    ben = contact(cast.alice, "Ben")
    sequence = make(HELLO, wait(2), HELLO, wait(2), HELLO)
    answering, silent = enroll(cast.alice, sequence, ada), enroll(cast.alice, sequence, ben)
    work()
    go_by(2 * DAY)
    first, second = (mail for mail in outbox.messages if mail["To"] == "ada@example.com")
    assert (second["In-Reply-To"], second["References"]) == (first["Message-ID"], first["Message-ID"])
    assert {mail["Reply-To"] for mail in outbox.messages} == {"round@acme.test"}
    assert all(mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" for mail in outbox.messages)
    imap.put("round@acme.test", reply_to(second, "Yes, on Monday."))
    Enrollment.objects.update(next_at=F("next_at") - 3 * DAY)
    go_by(timedelta(minutes=2))
    assert (how(answering), how(silent)[0]) == (("stopped", "replied"), "active")
    thread = MailThread.objects.get(contact=ada)
    got = MailMessage.objects.get(direction="in")
    assert (got.thread_id, got.text, got.enrollment_id) == (thread.pk, "Yes, on Monday.", answering)
    assert (thread.unread, MailMessage.objects.filter(thread=thread).count()) == (True, 3)
    before = [mail["To"] for mail in outbox.messages]
    go_by(3 * DAY)
    after = [mail["To"] for mail in outbox.messages]
    assert before.count("ada@example.com") == after.count("ada@example.com") == 2
    assert before.count("ben@example.com") < after.count("ben@example.com")
    steps = call("sequences.list_steps", cast.alice.context(), {"sequence_id": sequence})
    assert [step["figures"]["replied"] for step in steps if step["kind"] == "email"] == [0, 1, 0]
    assert kept() == counted()


def test_while_a_mailbox_lets_nobody_in_who_may_have_answered_is_not_written_to(
    ada: int, make: Make, cast: Cast, outbox: Mailbox, imap: ImapServer, connect: Any
) -> None:
    """Its owner is told; when it opens again, the answers count first, and nobody is written to twice."""
    mailbox = connect("shut@acme.test")
    ben = contact(cast.alice, "Ben")
    sequence = make(HELLO, wait(2), HELLO)
    answering, silent = enroll(cast.alice, sequence, ada), enroll(cast.alice, sequence, ben)
    work()
    go_by(timedelta(minutes=1))  # emails of one mailbox keep their distance
    assert len(outbox.messages) == 2
    change = {"mailbox_id": mailbox.pk, "changes": {"password": "no longer"}}
    call("mail.update_mailbox", cast.alice.context(), change)
    go_by(2 * DAY)
    go_by(DAY)
    assert len(outbox.messages) == 2
    assert [how(pk)[0] for pk in (answering, silent)] == ["active", "active"]
    visits = call("sequences.get_enrollment", cast.alice.context(), {"enrollment_id": silent})["visits"]
    assert "the mailbox shut@acme.test cannot be read" in visits[-1]["note"]
    told = call("notifications.list_notifications", cast.alice.context(), {})["data"]
    assert [row["title"] for row in told if row["kind"] == "mail"] == [
        "The mailbox shut@acme.test does not let us in"
    ]
    first = next(mail for mail in outbox.messages if mail["To"] == "ada@example.com")
    imap.put("shut@acme.test", reply_to(first, "Please do."))
    change["changes"] = {"password": PASSWORD}
    call("mail.update_mailbox", cast.alice.context(), change)
    go_by(timedelta(minutes=20))
    go_by(timedelta(minutes=20))
    assert (how(answering), how(silent)[0]) == (("stopped", "replied"), "finished")
    assert [mail["To"] for mail in outbox.messages].count("ben@example.com") == 2
    assert len(outbox.messages) == 3
    visits = call("sequences.get_enrollment", cast.alice.context(), {"enrollment_id": silent})["visits"]
    assert visits[-1]["note"] == ""


def test_one_click_holds_back_an_email_that_waits_for_the_mail_server(
    ada: int, make: Make, cast: Cast, outbox: Mailbox
) -> None:
    enrollment = enroll(cast.alice, make(HELLO, wait(1), HELLO, wait(1), HELLO), ada)
    work()
    outbox.reply = "451 later"
    go_by(DAY)
    waiting = MailDelivery.objects.get(state="queued")
    one_click(outbox.messages[0])
    outbox.reply = "250 OK"
    go_by(DAY)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.error) == ("suppressed", "unsubscribe")
    assert (len(outbox.messages), how(enrollment)) == (1, ("stopped", "unsubscribed"))


def test_a_bounce_that_comes_to_the_mailbox_ends_emails_to_the_address(
    ada: int, make: Make, cast: Cast, outbox: Mailbox, imap: ImapServer, connect: Any
) -> None:
    connect("bounces@acme.test")
    sequence = make(HELLO, wait(1), HELLO, {"kind": "note", "body": "Phone instead"})
    enrollment = enroll(cast.alice, sequence, ada)
    work()
    [mail] = outbox.messages
    imap.put("bounces@acme.test", report({"message_id": mail["Message-ID"].strip("<>")}, "5.1.1"))
    go_by(timedelta(minutes=2))
    assert MailDelivery.objects.get().state == "bounced"
    assert Suppression.objects.get().reason == "bounce"
    go_by(DAY)
    assert (len(outbox.messages), how(enrollment)[0]) == (1, "finished")
    assert states(enrollment) == ["sent", "done", "failed", "done"]
    assert kept() == counted()
