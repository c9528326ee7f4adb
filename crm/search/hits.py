"""From what was found to what is shown: without what the role hides, with what was asked for marked."""

from typing import Any, cast

from crm.records.fields import shows
from crm.search.finding import Found
from crm.search.marking import mark, snippet
from crm.search.schemas import SearchHit
from realtime.functions import Context

#: Kind -> what a hit shows beside its title, and the field whose rule holds for it.
SHOWN: dict[str, dict[str, str]] = {
    "contact": {"email": "email", "phone": "phone", "company_name": "company_id"},
    "company": {"domain": "domain", "phone": "phone", "city": "city"},
    "deal": {"amount": "amount", "currency": "currency", "status": "status", "stage_name": "stage_id"},
    "task": {},
    "note": {},
}
DETAILS = ("email", "phone", "company_name", "domain", "city")


def hit_of(ctx: Context, row: Found, asked: str) -> SearchHit:
    """The hit as the actor may see it. A contact without a name is called by what is shown of its others."""
    shown: dict[str, Any] = {
        name: getattr(row, name) for name, field in SHOWN[row.kind].items() if shows(ctx, row.kind, field)
    }
    details = [shown[name] for name in DETAILS if shown.get(name)]
    title = row.title or (details.pop(0) if details else "")
    if row.kind == "task":
        shown |= {
            name: getattr(row, place)
            for name, place in (("due_at", "at"), ("done_at", "done_at"))
            if shows(ctx, "task", name)
        }
    if row.kind == "note":
        shown |= {"occurred_at": row.at, "subject": row.subject, "subject_id": row.subject_id}
        details = [snippet(row.body or "", asked)]
    if details:
        # Part by part: with the dot between them no text would be plain ASCII, which is marked several times as fast.
        marked = " · ".join([mark(detail, asked) for detail in details])
        shown |= {"detail": " · ".join(details), "marked_detail": marked}
    return cast("SearchHit", {"id": row.id, "title": title, "marked": mark(title, asked), **shown})
