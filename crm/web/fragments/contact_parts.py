"""Live regions about what hangs on a contact, and about the pool."""

from typing import Any

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.contacts.pool import list_pool
from crm.contacts.profile import get_profile
from crm.contacts.queries import get_contact
from crm.segments.queries import list_tags
from crm.web.forms.contact_parts import CHANNELS, CONSENTS, KINSHIPS, LABELS, PHONE_KINDS, PHONE_STATES
from crm.web.forms.records import may
from crm.web.pages import ask, trail_pages
from realtime.functions import Context, Cursor, Id
from realtime.live.fragments import fragment

WORDS = {word: dict(pairs) for word, pairs in {
    "label": LABELS, "kind": PHONE_KINDS, "status": PHONE_STATES, "kinship": KINSHIPS,
    "channel": CHANNELS, "state": CONSENTS,
}.items()}  # fmt: skip


@fragment("contacts/profile", template="contacts/_profile.html")
def contact_profile(ctx: Context, *, contact_id: Id) -> dict[str, Any]:
    """How a contact is reached, their tags, companies, related people and consent."""
    row = ask(ctx, get_contact, contact_id=contact_id)
    profile = ask(ctx, get_profile, contact_id=contact_id)
    colors = {tag["name"]: tag["color"] for tag in ask(ctx, list_tags)} if "tags" in row else {}
    return {
        "contact": row,
        "profile": profile,
        "tags": [(name, colors.get(name, "gray")) for name in row.get("tags", ())],
        "all_tags": colors,
        "words": WORDS,
        "may_edit": not row["archived_at"] and may(ctx, Permission.CONTACT_EDIT, row),
    }


@fragment("contacts/pool", template="contacts/_pool.html")
def pool(ctx: Context, *, cursor: Cursor | None = None, trail: str = "") -> dict[str, Any]:
    """Contacts that nobody owns and that the member may take."""
    found = ask(ctx, list_pool, cursor=cursor)
    return {
        "rows": found["data"],
        "pages": trail_pages({"cursor": cursor}, found["next_cursor"], trail),
        "hidden": scope_of(ctx).hidden_fields("contact"),
    }
