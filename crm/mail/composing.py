"""A stored mail as it goes out: headers that keep the thread together, and the way to unsubscribe."""

from email.utils import format_datetime, formataddr
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from crm.mail.attaching import files_for
from crm.mail.merging import firm_of
from crm.mail.models import Mailbox, MailMessage
from crm.mail.tokens import unsubscribe_token
from crm.mail.tracking import traced, wants_to_know


def compose(schema: str, message: MailMessage, *, is_copy: bool = False) -> EmailMultiAlternatives:
    """The mail with its headers and files. One that no member wrote ends with a link to unsubscribe, said by RFC 8058.

    ``is_copy`` is the one for the sender's own folder: whoever looks at it is not the recipient.
    """
    headers = _thread_headers(message)
    text, html = message.text, message.html
    if not is_copy and wants_to_know(schema):
        html = traced(schema, message.pk, html)
    if message.is_by_itself:
        token = unsubscribe_token(schema, message.pk, message.to_address)
        address = f"{settings.SITE_URL}/mail/unsubscribe/{token}"
        headers |= unsubscribe_headers(address, _unsubscribing_mail(message, token))
        text, html = _with_footer(schema, text, html, address)
    mail = EmailMultiAlternatives(
        message.subject,
        text,
        formataddr((message.from_name, message.from_address)),
        [message.to_address],
        headers=headers,
        reply_to=[message.reply_to] if message.reply_to else None,
    )
    mail.attach_alternative(html, "text/html")
    for file in files_for(schema, message.file_ids) if message.file_ids else ():
        mail.attach(*file)
    return mail


def _thread_headers(message: MailMessage) -> dict[str, str]:
    headers = {"Message-ID": f"<{message.message_id}>", "Date": format_datetime(message.occurred_at)}
    if message.in_reply_to:
        headers["In-Reply-To"] = f"<{message.in_reply_to}>"
    if message.reference_ids:
        headers["References"] = " ".join(f"<{reference}>" for reference in message.reference_ids)
    return headers


def _unsubscribing_mail(message: MailMessage, token: str) -> str:
    """The address of a mail that unsubscribes (RFC 6068), if answers come to a mailbox that is read; else nothing."""
    if not message.reply_to or not Mailbox.objects.filter(address=message.reply_to).exists():
        return ""
    return f"mailto:{quote(message.reply_to, safe='@')}?subject={quote(f'unsubscribe {token}')}"


def unsubscribe_headers(address: str, by_mail: str = "") -> dict[str, str]:
    """RFC 2369 and, where the address is one of https, RFC 8058: one click in the mail program is enough."""
    headers = {"List-Unsubscribe": f"<{address}>, <{by_mail}>" if by_mail else f"<{address}>"}
    if urlsplit(address).scheme == "https" or settings.DEBUG or _is_local(address):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _is_local(address: str) -> bool:
    return urlsplit(address).hostname in ("localhost", "127.0.0.1")


def _with_footer(schema: str, text: str, html: str, address: str) -> tuple[str, str]:
    """The text and the HTML with who sends it and how to get no more, in the firm's language."""
    firm = firm_of(schema)
    with translation.override(firm["locale"]):
        words = _("You get this email from %(firm)s.") % {"firm": firm["name"]}
        link = _("Unsubscribe")
    footer = format_html(
        '<hr><p style="color:#667085;font-size:13px">{} <a href="{}">{}</a></p>', words, address, link
    )
    return f"{text}\n\n-- \n{words}\n{link}: {address}\n", f"{html}\n{footer}"
