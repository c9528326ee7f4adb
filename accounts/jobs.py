"""Background work of this package: outgoing emails."""

import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.db.models.functions import Now
from django.template.loader import render_to_string

from accounts.models import OutgoingEmail
from workflows.kinds import Again, Settle, due_outside

#: How long to wait after the first, second ... failed attempt; after the last one the email is given up.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440)]
#: Longer than a delivery may take: a connection, a few replies, each within EMAIL_TIMEOUT.
LEASE = timedelta(seconds=8 * settings.EMAIL_TIMEOUT)


@due_outside("accounts.email", lease=LEASE)
def deliver_email(email_id: int) -> Settle:
    """Hand one email to the mail server. At least once: all copies of one carry the same Message-ID."""
    # The start is counted before the delivery: one that kills its worker is given up as well.
    OutgoingEmail.objects.filter(pk=email_id).update(attempts=F("attempts") + 1)
    email = OutgoingEmail.objects.filter(pk=email_id, sent_at__isnull=True).first()
    if email is None:
        return lambda: None
    if email.attempts > len(PAUSES) + 1:
        return lambda: note_failure(email, "given up", final=True)
    try:
        compose(email).send()
    except smtplib.SMTPRecipientsRefused as error:
        reason = refusal(error)
        return lambda: note_failure(email, reason, final=reason[:1] == "5")
    except (OSError, smtplib.SMTPException) as error:
        reason = f"{type(error).__name__}: {error}"
        return lambda: note_failure(email, reason, final=email.attempts > len(PAUSES))
    return lambda: note_success(email)


def compose(email: OutgoingEmail) -> EmailMultiAlternatives:
    """The message as it goes out."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    headers = {"Message-ID": f"<email-{email.pk}-{email.created_at:%Y%m%d%H%M%S%f}@{domain}>"}
    message = EmailMultiAlternatives(
        email.subject,
        email.text,
        None,
        [email.recipient],
        headers=headers,
        reply_to=[email.reply_to] if email.reply_to else None,
    )
    if email.html:
        framed = render_to_string("mail/frame.html", {"content": email.html})
        message.attach_alternative(framed, "text/html")
    return message


def refusal(error: smtplib.SMTPRecipientsRefused) -> str:
    """The mail server's words about the one recipient: ``550 No such user``."""
    code, words = next(iter(error.recipients.values()))
    return f"{code} {words.decode(errors='replace')}"


def note_success(email: OutgoingEmail) -> Again:
    OutgoingEmail.objects.filter(pk=email.pk).update(sent_at=Now(), next_attempt_at=None, error="")
    return None


def note_failure(email: OutgoingEmail, reason: str, *, final: bool) -> Again:
    """Keep the reason; answers when to try again, None when the email is given up."""
    pause = None if final else PAUSES[min(email.attempts, len(PAUSES)) - 1]
    OutgoingEmail.objects.filter(pk=email.pk).update(
        error=reason[:400], next_attempt_at=Now() + pause if pause else None
    )
    return pause
