"""Outgoing emails as rows: they commit with the mutation that wants them, and a job delivers them."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import OutgoingEmail, Tenant
from workflows.schedule import schedule_due


def queue_email(schema: str, recipient: str, subject: str, template: str, values: dict[str, object]) -> None:
    """Write an email into the outbox, from ``templates/mail/<template>.txt`` and ``.html``."""
    values = {**values, "site_url": settings.SITE_URL, "subject": subject}
    email = OutgoingEmail.objects.create(
        tenant=Tenant.objects.filter(schema_name=schema).first(),
        recipient=recipient,
        subject=" ".join(subject.split())[:200],
        text=render_to_string(f"mail/{template}.txt", values),
        html=render_to_string(f"mail/{template}.html", values),
        next_attempt_at=timezone.now(),
    )
    schedule_due("accounts.email", email.pk)
