"""Outgoing emails as rows: they commit with the mutation that wants them, and a job delivers them."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise

from accounts.languages import speaking_to
from accounts.models import OutgoingEmail, Tenant
from workflows.schedule import schedule_due


def queue_email(
    schema: str,
    recipient: str,
    subject: str | Promise,
    template: str,
    values: dict[str, object],
    *,
    reply_to: str = "",
) -> None:
    """Write an email into the outbox, from ``templates/mail/<template>.txt`` and ``.html``, in the reader's language.

    A subject that is to be translated comes as a lazy text. Answers go to ``reply_to``, if one is given.
    """
    with speaking_to(recipient):
        _write_email(schema, recipient, str(subject), template, values, reply_to)


def _write_email(
    schema: str, recipient: str, subject: str, template: str, values: dict[str, object], reply_to: str
) -> None:
    values = {**values, "site_url": settings.SITE_URL, "subject": subject}
    email = OutgoingEmail.objects.create(
        tenant=Tenant.objects.filter(schema_name=schema).first(),
        recipient=recipient,
        reply_to=reply_to,
        subject=" ".join(subject.split())[:200],
        text=render_to_string(f"mail/{template}.txt", values),
        html=render_to_string(f"mail/{template}.html", values),
        next_attempt_at=timezone.now(),
    )
    schedule_due("accounts.email", email.pk)
