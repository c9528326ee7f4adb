"""Outgoing emails as rows: they commit with the mutation that wants them, and a job delivers them."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise

from accounts.languages import speaking_to
from accounts.logos import address_of_logo
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
    tenant = Tenant.objects.filter(schema_name=schema).first()
    email = OutgoingEmail.objects.create(
        tenant=tenant,
        recipient=recipient,
        reply_to=reply_to,
        subject=" ".join(subject.split())[:200],
        text=render_to_string(f"mail/{template}.txt", values),
        html=_letter(tenant, render_to_string(f"mail/{template}.html", values)),
        next_attempt_at=timezone.now(),
    )
    schedule_due("accounts.email", email.pk)


def _letter(tenant: Tenant | None, body: str) -> str:
    """The email's HTML under the firm's logo."""
    if tenant is None or not tenant.logo:
        return body
    width, height = tenant.logo_size
    shown = {
        "url": address_of_logo(tenant.slug, tenant.logo),
        "height": 32,
        "width": max(1, width * 32 // height),
    }
    return render_to_string("mail/letter.html", {"firm": tenant.name, "logo": shown}) + body
