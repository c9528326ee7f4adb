"""Everything that is held on one person, in one document (GDPR, articles 15 and 20)."""

from typing import Any, cast

from django.db.models import F

from accounts.permissions import Permission
from accounts.roles.fields import is_hidden
from accounts.roles.policy import scope_of
from crm.activities.queries import list_activities
from crm.contacts.profile import get_profile, list_consents
from crm.contacts.queries import get_contact
from crm.deals.queries import list_deals
from crm.files.queries import list_attachments
from crm.forms.models import FormSubmission
from crm.mail.queries import list_messages
from crm.privacy.schemas import PersonExport
from crm.sequences.queries import list_enrollments_of_contact
from crm.tasks.queries import list_tasks
from realtime.functions import Context, Id, mutation
from realtime.functions.registry import AnyFunction

#: So many rows of a part at most: a document that a browser can still hold.
MOST = 10_000
DEAL = ("id", "title", "status")
FILE = ("id", "filename", "size", "created_at", "archived_at")


@mutation(permission=Permission.CONTACT_VIEW)
def export_contact(ctx: Context, *, contact_id: Id) -> PersonExport:
    """Export all that is held on a contact and that your role shows, as one document; the audit log notes the export.

    Files come by their names, deals by their titles. NotFound for a contact out of your sight.
    """
    cut: list[str] = []
    found: dict[str, Any] = {
        "exported_at": ctx.now,
        "contact": get_contact(ctx, contact_id=contact_id),
        "profile": get_profile(ctx, contact_id=contact_id),
        "consents": _all(ctx, "consents", cut, list_consents, contact_id=contact_id),
        **_activities(ctx, contact_id, cut),
        **_work(ctx, contact_id, cut),
        **_reached(ctx, contact_id),
        "cut": cut,
    }
    ctx.audit("contact", contact_id, {"exported": [None, True]})
    return cast("PersonExport", found)


def _activities(ctx: Context, contact_id: int, cut: list[str]) -> dict[str, Any]:
    """The timeline, files and mail."""
    if not scope_of(ctx).allows(Permission.ACTIVITY_VIEW):
        return {}
    files = _both(ctx, "files", cut, list_attachments, contact_id=contact_id)
    return {
        "timeline": _both(ctx, "timeline", cut, list_activities, contact_id=contact_id),
        "files": [{name: row[name] for name in FILE} for row in files],
        "mail": _all(ctx, "mail", cut, list_messages, contact_id=contact_id),
    }


def _work(ctx: Context, contact_id: int, cut: list[str]) -> dict[str, Any]:
    """Tasks, open and done, and deals."""
    found: dict[str, Any] = {}
    if scope_of(ctx).allows(Permission.TASK_VIEW):
        found["tasks"] = [
            row
            for when in ("open", "done")
            for row in _both(ctx, "tasks", cut, list_tasks, contact_id=contact_id, when=when)
        ]
    # Whose deal it is may be hidden: then which ones are the person's is nothing to tell either.
    hidden = scope_of(ctx).hidden_fields("deal")
    if scope_of(ctx).allows(Permission.DEAL_VIEW) and "contact_id" not in hidden:
        deals = _both(ctx, "deals", cut, list_deals, contact_id=contact_id)
        found["deals"] = [{name: row[name] for name in DEAL if name in row} for row in deals]
    return found


def _reached(ctx: Context, contact_id: int) -> dict[str, Any]:
    """Sequences that they went through, and what they wrote into forms."""
    found: dict[str, Any] = {}
    if scope_of(ctx).allows(Permission.SEQUENCE_VIEW):
        found["enrollments"] = list_enrollments_of_contact(ctx, contact_id=contact_id)
    if scope_of(ctx).allows(Permission.FORM_VIEW):
        hidden = scope_of(ctx).hidden_fields("contact")
        rows: Any = FormSubmission.objects.filter(contact_id=contact_id).order_by("-id")[:MOST]
        found["form_submissions"] = [
            {
                **row,
                "values": {key: value for key, value in row["values"].items() if not is_hidden(key, hidden)},
            }
            for row in rows.values("id", "at", "consented", "page", "values", form_name=F("form__name"))
        ]
    return found


def _both(ctx: Context, part: str, cut: list[str], function: AnyFunction, **args: Any) -> list[Any]:
    """The rows in use and those in the bin."""
    live = _all(ctx, part, cut, function, **args)
    return live + _all(ctx, part, cut, function, archived=True, **args)


def _all(ctx: Context, part: str, cut: list[str], function: Any, **args: Any) -> list[Any]:
    page = function(ctx, limit=MOST, **args)
    if page["next_cursor"] is not None and part not in cut:
        cut.append(part)
    rows: list[Any] = page["data"]
    return rows
