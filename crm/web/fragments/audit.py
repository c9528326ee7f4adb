"""The audit log as sentences: who did what to which record, and what each field was and is."""

from collections.abc import Iterator
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime

from crm.audit.queries import list_audit_entries
from crm.web import words
from crm.web.doings import doing
from crm.web.pages import ask, trail_pages
from crm.web.subjects import Subject, subject_link, subject_names
from realtime.functions import Context, Cursor, Id, Word
from realtime.live.fragments import fragment

EMPTY: tuple[Any, ...] = (None, "", [])
#: What the sentence says already: that it went to the bin, or was done.
SAID = {"archived_at", "done_at", "done_by_id", "revoked_at"}
#: Fields that hold the id of a record, and of what kind.
KINDS = {
    **dict.fromkeys(("owner_id", "member_id", "done_by_id", "assignee_id", "leader_id"), "member"),
    **dict.fromkeys(("contact_id", "primary_contact_id", "other_id"), "contact"),
    "company_id": "company",
    "deal_id": "deal",
}


@fragment("settings/audit", template="settings/_audit.html")
def audit(
    ctx: Context,
    *,
    object: Word = "",
    object_id: Id | None = None,
    actor_id: Id | None = None,
    cursor: Cursor | None = None,
    trail: str = "",
) -> dict[str, Any]:
    """A page of the audit log."""
    found = ask(ctx, list_audit_entries, object=object, object_id=object_id, actor_id=actor_id, cursor=cursor)
    names = subject_names(ctx, [each for row in found["data"] for each in _mentioned(row)])
    rows = [
        {
            **row,
            "what": doing(row["function"]),
            "name": names.get((row["object"], row["object_id"] or 0), ""),
            "link": subject_link(row["object"], row["object_id"]),
            "lines": _lines(row, names),
        }
        for row in found["data"]
    ]
    address = {"object": object, "id": object_id, "member": actor_id, "cursor": cursor}
    return {"rows": rows, "pages": trail_pages(address, found["next_cursor"], trail)}


def _kind(row: Any, name: str) -> str:
    """Of what kind of record a field holds the id; "" for none."""
    if name == "stage_id":
        return "contact_stage" if row["object"] == "contact" else "stage"
    return KINDS.get(name, "")


def _mentioned(row: Any) -> Iterator[Subject]:
    """The records whose names an entry shows."""
    if row["object_id"]:
        yield row["object"], row["object_id"]
    for name, change in row["changes"].items():
        if kind := _kind(row, name):
            yield from ((kind, pk) for pk in _ends(change) if isinstance(pk, int))


def _ends(change: Any) -> tuple[Any, Any]:
    """What a field was, and what it is."""
    return tuple(change) if isinstance(change, list) and len(change) == 2 else (None, change)


def _lines(row: Any, names: dict[Subject, str]) -> list[tuple[str, str, str]]:
    """Each change as a field's name, what it was and what it is; what stayed empty is left out."""
    lines = []
    for name, change in row["changes"].items():
        before, after = _ends(change)
        if name in SAID:
            continue
        if before not in EMPTY or after not in EMPTY:
            kind = _kind(row, name)
            was, now = (_said(name, value, kind, names) for value in (before, after))
            lines.append((words.field_label(name), was, now))
    return lines


def _said(name: str, value: Any, kind: str, names: dict[Subject, str]) -> str:
    """A value of the audit log for people: records by name, moments without fractions."""
    if value in EMPTY:
        return ""
    if kind and isinstance(value, int):
        return names.get((kind, value), f"#{value}")
    if isinstance(value, bool):
        return str(words.YES_OR_NO["all" if value else "none"])
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    moment = parse_datetime(value) if name.endswith("_at") and isinstance(value, str) else None
    return date_format(localtime(moment), "DATETIME_FORMAT") if moment else str(value)
