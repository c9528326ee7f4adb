"""Two people change one record at once: what the one who comes second did not know, field by field.

Each change of a record counts its version up by one and writes one audit entry about it, so the newest entries are
what happened since a version. (A change of many records at once, such as a deleted stage's, is in no entry of
theirs: then what is told reaches back a little further.)
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from accounts.roles.fields import is_hidden
from accounts.roles.models import Member
from accounts.roles.policy import scope_of
from crm.records.custom import PREFIX
from crm.records.models import Record
from realtime.functions import Conflict, Context, Phrase, PreconditionFailed
from realtime.functions.errors import ArgumentError
from realtime.functions.models import AuditEntry

#: Further back nobody is told in detail.
MOST = 100
#: So much of a text is told.
LONGEST = 300


def changed_since(ctx: Context, record: Record, word: str, version: int) -> list[ArgumentError]:
    """What happened to the record since a version, an entry a field: from what to what, by whom, when.

    Fields that the actor's role hides are left out.
    """
    count = min(record.version - version, MOST)
    if count <= 0:
        return []
    rows = list(
        AuditEntry.objects.filter(object=word, object_id=record.pk)
        .order_by("-at", "-id")
        .values_list("changes", "actor_id", "at")[:count]
    )
    fields: dict[str, tuple[Any, Any, int | None, datetime]] = {}
    for changes, actor_id, at in reversed(rows):
        for name, change in changes.items():
            before = fields[name][0] if name in fields else change[0]
            fields[name] = (before, change[1], actor_id, at)
    hidden = scope_of(ctx).hidden_fields(word)
    names = dict(Member.objects.filter(pk__in={row[2] for row in fields.values()}).values_list("id", "name"))
    return [
        {
            "param": f"changes.{name}",
            "code": "changed",
            "detail": _sentence(names.get(by or 0, ""), before, after),
        }
        for name, (before, after, by, _at) in fields.items()
        if not is_hidden(name, hidden) and before != after
    ]


def stale(
    ctx: Context, record: Record, word: str, version: int, errors: list[ArgumentError] | None = None
) -> PreconditionFailed:
    """The refusal of a change that began from an older version, with what happened since."""
    told = Phrase(
        "Somebody changed this record: it is at version %(now)s, you changed version %(yours)s.",
        now=record.version,
        yours=version,
    )
    return PreconditionFailed(told, errors=errors or changed_since(ctx, record, word, version))


def refuse_changed_since(
    ctx: Context, record: Record, word: str, version: int, fields: Collection[str]
) -> None:
    """PreconditionFailed if one of the fields has changed since the version; the errors say how."""
    if record.version <= version:
        return
    found = changed_since(ctx, record, word, version)
    known = min(record.version - version, MOST) == record.version - version
    collisions = [error for error in found if error["param"].removeprefix("changes.") in fields]
    if collisions or not known:
        raise stale(ctx, record, word, version, collisions)


def refuse_overlap(
    ctx: Context, record: Record, word: str, version: int | None, sent: Mapping[str, Any]
) -> None:
    """The same for the arguments of an update, whose custom fields lie in ``custom``; without a version nothing."""
    if version is not None:
        names = {*sent, *(f"{PREFIX}{key}" for key in sent.get("custom", ()))}
        refuse_changed_since(ctx, record, word, version, names)


def binned(ctx: Context, record: Record, word: str) -> Conflict:
    """The refusal of a change to what lies in the bin: who put it there, unless that was the actor."""
    entries = AuditEntry.objects.filter(object=word, object_id=record.pk, changes__has_key="archived_at")
    by = entries.order_by("-at", "-id").values_list("actor_id", flat=True).first()
    if by is None or (ctx.actor.kind == "member" and by == ctx.actor.id):
        return Conflict("This record is in the bin: restore it first.")
    name = Member.objects.values_list("name", flat=True).filter(pk=by).first()
    return Conflict(Phrase("%(who)s moved this to the bin: restore it first.", who=name or ""))


def _sentence(who: str, before: Any, after: Any) -> str:
    if not who:
        return Phrase("This changed from %(before)s to %(after)s.", before=_said(before), after=_said(after))
    return Phrase(
        "%(who)s changed this from %(before)s to %(after)s.",
        who=who,
        before=_said(before),
        after=_said(after),
    )


def _said(value: Any) -> str:
    said = "" if value in ("", None, []) else str(value)
    return f"“{said if len(said) <= LONGEST else said[:LONGEST] + '…'}”"
