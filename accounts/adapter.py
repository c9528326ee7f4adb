"""django-allauth's doings in the product's terms: emails go to the outbox, links to the deployment's own address."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.hosts import network_of
from accounts.outbox import queue_email

PASSWORD_RESET = "account/email/password_reset_key"


class UnknownEmail(Exception):
    """allauth wants to send an email that nobody wrote yet: a setting was switched on without its template."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Named by ``settings.ACCOUNT_ADAPTER``."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the email as a row; sent to the address on record, not to the one that was typed."""
        if template_prefix != PASSWORD_RESET:
            raise UnknownEmail(template_prefix)
        user = context["user"]
        values = {"name": user.name, "link": context["password_reset_url"]}
        queue_email("", user.email, _("Choose a new password"), "password_reset", values)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Built on SITE_URL: whoever asks for the email must not choose the host in it."""
        uid, _dash, secret = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": secret})
        return f"{settings.SITE_URL}{path}"

    def get_client_ip(self, request: Any) -> str:
        """Whom the limits of log-in, reset and sign-up count; it is read as everywhere, and told to nobody."""
        return network_of(request.META.get("REMOTE_ADDR") or "")

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No toast for logging in or out: the page says it."""
