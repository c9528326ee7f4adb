"""Members' mailboxes: connected, tested, taken away. Each member has their own; nobody ever reads a password back."""

from datetime import timedelta
from typing import Any, cast

from accounts.permissions import Permission
from accounts.roles.policy import acting_member_id
from crm.mail.models import Mailbox
from crm.mail.schemas import (
    Email,
    Host,
    MailboxChanges,
    MailboxDeleted,
    MailboxRow,
    Password,
    Port,
    Security,
    Username,
)  # fmt: skip
from crm.mail.secrets import encrypt
from realtime.functions import Conflict, Context, Id, NotFound, mutation, query
from workflows.schedule import schedule_due

MANAGE = Permission.MAILBOX_MANAGE
COLUMNS = (
    "id", "member_id", "address", "host", "port", "security", "username", "state", "error", "checked_at",
    "created_at", "reads_sent", "keeps_sent",
)  # fmt: skip
NAMES = {"mailbox_address_unique": ("address", "This mailbox is connected already.")}
#: A member's mailboxes, at most.
MOST = 5
#: The cursor of a folder of sent mails that was not read before.
_FROM_NOW_ON = {"sent_uid_validity": None, "sent_last_uid": 0}


@query(permission=MANAGE)
def list_mailboxes(ctx: Context) -> list[MailboxRow]:
    """List the mailboxes that you connected, and how each fares."""
    rows: Any = _own(ctx).order_by("id").values(*COLUMNS)
    return list(rows)


@mutation(permission=MANAGE, conflicts=NAMES)
def create_mailbox(
    ctx: Context,
    *,
    address: Email,
    host: Host,
    username: Username = "",
    password: Password,
    port: Port = 993,
    security: Security = "tls",
    reads_sent: bool = True,
    keeps_sent: bool = False,
) -> MailboxRow:
    """Connect your mailbox by IMAP: what contacts write to it from now on comes to their timelines.

    Answers to your emails go to its address. With ``reads_sent`` what you write to contacts in another program comes
    there, too; with ``keeps_sent`` what you send from here is put into its Sent folder. It is looked at at once;
    ``state`` says then whether it works.
    """
    member_id = acting_member_id(ctx)
    if _own(ctx).count() >= MOST:
        raise Conflict("You may connect up to 5 mailboxes: remove one first.")
    row = Mailbox.objects.create(
        member_id=member_id, address=address, host=host, port=port, security=security,
        username=username or address, password_encrypted=encrypt(password),
        reads_sent=reads_sent, keeps_sent=keeps_sent,
    )  # fmt: skip
    ctx.audit("mailbox", row.pk, {"address": [None, address], "host": [None, host]})
    schedule_due("mail.mailbox", row.pk)
    return _row(ctx, row.pk)


@mutation(permission=MANAGE, conflicts=NAMES)
def update_mailbox(ctx: Context, *, mailbox_id: Id, changes: MailboxChanges) -> MailboxRow:
    """Change how your mailbox is reached, a new password included; it is looked at at once."""
    row = _lock(ctx, mailbox_id)
    sent = changes.sent()
    password = sent.pop("password", None)
    told: dict[str, list[Any]] = {name: [getattr(row, name), new] for name, new in sent.items()}
    if password:
        sent["password_encrypted"] = encrypt(password)
        told["password"] = [None, None]
    if {"host", "username"} & {name for name, new in sent.items() if getattr(row, name) != new}:
        sent |= {"uid_validity": None, "last_uid": 0, **_FROM_NOW_ON}
    if sent.get("reads_sent") and not row.reads_sent:
        sent |= _FROM_NOW_ON
    Mailbox.objects.filter(pk=row.pk).update(**sent, state=Mailbox.State.NEW, error="", failures=0)
    ctx.audit("mailbox", row.pk, told)
    schedule_due("mail.mailbox", row.pk)
    return _row(ctx, row.pk)


@mutation(permission=MANAGE)
def check_mailbox(ctx: Context, *, mailbox_id: Id) -> MailboxRow:
    """Look at your mailbox now instead of at its next turn; ``checked_at`` and ``state`` say when and how it went."""
    row = _lock(ctx, mailbox_id)
    if row.checked_at is None or ctx.now - row.checked_at > timedelta(seconds=5):
        schedule_due("mail.mailbox", row.pk)
    return _row(ctx, row.pk)


@mutation(permission=MANAGE)
def delete_mailbox(ctx: Context, *, mailbox_id: Id) -> MailboxDeleted:
    """Take your mailbox away, its password included; emails that came from it stay."""
    row = _lock(ctx, mailbox_id)
    ctx.audit("mailbox", row.pk, {"address": [row.address, None]})
    row.delete()
    return {"id": mailbox_id}


def _own(ctx: Context) -> Any:
    return Mailbox.objects.filter(member_id=acting_member_id(ctx))


def _lock(ctx: Context, mailbox_id: int) -> Mailbox:
    found = _own(ctx).select_for_update().filter(pk=mailbox_id).first()
    if found is None:
        raise NotFound("You have no mailbox with this id.")
    return cast("Mailbox", found)


def _row(ctx: Context, mailbox_id: int) -> MailboxRow:
    return cast("MailboxRow", _own(ctx).values(*COLUMNS).get(pk=mailbox_id))
