"""Mail in the owners' admin: with whom, about what and how it went. What a mail says stays on its thread."""

from accounts.permissions import Permission
from crm.mail.models import Mailbox, MailDelivery, MailMessage, MailTemplate, MailThread, Suppression
from crm.web.admin_rows import SITE, show
from crm.web.admin_site import RowAdmin

__all__ = ["SITE"]


@show(MailTemplate)
class MailTemplateAdmin(RowAdmin):
    permission = Permission.MAIL_TEMPLATE_MANAGE
    list_display = ("name", "subject", "shared", "owner", "updated_at")
    list_select_related = ("owner",)


class MailRowAdmin(RowAdmin):
    """What was written: for those whose role sees every contact's timeline."""

    permission = Permission.ACTIVITY_VIEW


@show(MailThread)
class MailThreadAdmin(MailRowAdmin):
    list_display = ("title", "contact", "owner", "last_message_at", "unread")
    list_select_related = ("contact", "owner")


@show(MailMessage)
class MailMessageAdmin(MailRowAdmin):
    list_display = ("subject", "direction", "contact", "member", "occurred_at", "is_automatic")
    list_select_related = ("contact", "member")
    exclude = ("text", "html")


@show(MailDelivery)
class MailDeliveryAdmin(MailRowAdmin):
    list_display = (
        "address",
        "state",
        "attempts",
        "queued_at",
        "sent_at",
        "opened_at",
        "clicked_at",
        "bounced_at",
        "error",
    )
    list_filter = ("state",)


@show(Suppression)
class SuppressionAdmin(RowAdmin):
    permission = Permission.SUPPRESSION_MANAGE
    list_display = ("email", "reason", "at", "by")
    list_filter = ("reason",)
    list_select_related = ("by",)


@show(Mailbox)
class MailboxAdmin(RowAdmin):
    """Without the password, encrypted as it is."""

    permission = Permission.MEMBER_MANAGE
    list_display = ("address", "member", "state", "error", "checked_at")
    list_select_related = ("member",)
    exclude = ("password_encrypted",)
