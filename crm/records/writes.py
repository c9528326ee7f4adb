"""Changing records: lock what the actor may see, check the version, change, count up, audit.

Every mutation of a CRM record goes through these few functions, so that visibility, versions, field rules and
the audit log are alike for all of them.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import QuerySet

from accounts.permissions import Permission
from accounts.roles.models import Member, Team, TeamMember
from accounts.roles.policy import acting_member_id, home_team_of, refuse_readonly, require, visible_to
from crm.records import custom
from crm.records.conflicts import binned, stale
from crm.records.fields import plain_value
from crm.records.followers import carry_along
from crm.records.happenings import tell
from crm.records.models import Record
from realtime.functions import Context, Forbidden, NotFound, invalid
from realtime.functions.inserts import insert
from realtime.reads.fixed import FixedQuery

R = TypeVar("R", bound=Record)

MEMBER_FIELDS = [field.attname for field in Member._meta.concrete_fields]
ACTIVE_MEMBER = FixedQuery(
    lambda member_id: Member.objects.filter(pk=member_id, is_active=True).values_list(*MEMBER_FIELDS)
)
FIRST_TEAM = FixedQuery(
    lambda member_id: TeamMember.objects.filter(member_id=member_id).order_by("id").values_list("team_id")[:1]
)


def lock(
    ctx: Context, queryset: QuerySet[R, Any], pk: int, *, to: Permission, version: int | None = None
) -> R:
    """The record, locked until commit. NotFound if out of sight, Forbidden if ``to`` does not reach it.

    PreconditionFailed if ``version`` is given and the record has moved on since. A record in the bin can be
    deleted or restored (the delete permission), nothing else: Conflict.
    """
    view = Permission(f"{to.partition('.')[0]}.view")
    record: R | None = visible_to(ctx, view, queryset).select_for_update(of=("self",)).filter(pk=pk).first()
    if record is None:
        raise NotFound
    require(ctx, to, record)
    if record.archived_at is not None and not to.endswith(".delete"):
        raise binned(ctx, record, to.partition(".")[0])
    if version is not None and record.version != version:
        raise stale(ctx, record, to.partition(".")[0], version)
    return record


def apply(
    ctx: Context,
    record: Record,
    word: str,
    changes: Mapping[str, Any],
    derived: Mapping[str, Any] | None = None,
) -> bool:
    """Write the changes that differ, with what follows from them, count the version up, audit.

    Returns whether anything differed; InvalidInput for a field that the role may not write.
    """
    differing = {name: value for name, value in changes.items() if getattr(record, name) != value}
    if not differing:
        return False
    refuse_readonly(ctx, word, set(differing))
    write(ctx, record, word, differing, derived)
    return True


def write(
    ctx: Context,
    record: Record,
    word: str,
    changes: Mapping[str, Any],
    derived: Mapping[str, Any] | None = None,
    told: Mapping[str, list[Any]] | None = None,
) -> None:
    """Like ``apply`` for values that the product itself decides: no field rule stands against them.

    ``told`` is audited as well: what changed beside the record's own columns, as {word: [before, after]}.
    """
    ctx.audit(word, record.pk, {**_audited(record, changes), **(told or {})})
    values = {**changes, **(derived or {})}
    happened = {name: (getattr(record, name), new) for name, new in changes.items()}
    for name, new in values.items():
        setattr(record, name, new)
    record.version += 1
    record.save(update_fields=[*values, "version", "updated_at"])
    tell(ctx, record, happened)


def _audited(record: Record, changes: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What changed, custom fields one by one."""
    found: dict[str, list[Any]] = {}
    for name, new in changes.items():
        if name == custom.COLUMN:
            found |= custom.audited(new, getattr(record, name))
        else:
            found[name] = [plain_value(getattr(record, name)), plain_value(new)]
    return found


def create(ctx: Context, record: R, word: str, given: Mapping[str, Any]) -> R:
    """Insert the record and audit the values that it was given."""
    refuse_readonly(ctx, word, {name for name, value in given.items() if value not in ("", None)})
    insert(record)
    ctx.audit(word, record.pk, {name: [None, plain_value(value)] for name, value in given.items()})
    tell(ctx, record, None)
    return record


def owned_by(ctx: Context, owner_id: int | None, assign: Permission) -> dict[str, int | None]:
    """A new record's ``owner_id`` and ``team_id``: the actor, or another member if the actor may assign.

    What the product itself makes, and gives to nobody, waits in the pool.
    """
    if owner_id is None and ctx.actor.kind == "system":
        return {"owner_id": None, "team_id": None}
    if owner_id is None or owner_id == ctx.actor.id:
        # Resolving the scope found that the member is active, and their teams.
        return {"owner_id": acting_member_id(ctx), "team_id": home_team_of(ctx)}
    owner = active_member(owner_id)
    if ctx.actor.kind != "system" and not ctx.scope.allows(assign):
        raise Forbidden("Your role may not give records to other members.")
    return {"owner_id": owner.pk, "team_id": team_of(owner.pk)}


def active_member(member_id: int) -> Member:
    """The member, who must be active; else InvalidInput about owner_id."""
    found = ACTIVE_MEMBER.rows(member_id)
    if not found:
        raise invalid("owner_id", "There is no active member with this id.", "unknown_member")
    return Member.from_db("default", MEMBER_FIELDS, found[0])


def team_of(member_id: int) -> int | None:
    """The team that a member's records belong to: the one that they joined first."""
    found = FIRST_TEAM.rows(member_id)
    return found[0][0] if found else None


def assign(
    ctx: Context, record: Record, word: str, owner_id: int | None, pool_team_id: int | None = None
) -> None:
    """Give the record to a member (and their team), or to nobody: then to a team's pool, or to everybody's."""
    owner = None if owner_id is None else active_member(owner_id)
    if owner is not None and pool_team_id is not None:
        raise invalid("team_id", "A member's records belong to their own team: leave this out.", "not_both")
    team_id = team_of(owner.pk) if owner else _team(pool_team_id)
    if (record.owner_id, record.team_id) != (owner_id, team_id):
        write(ctx, record, word, {"owner_id": owner_id, "team_id": team_id})
        carry_along(record)


def _team(team_id: int | None) -> int | None:
    if team_id is not None and not Team.objects.filter(pk=team_id).exists():
        raise invalid("team_id", "There is no team with this id.", "unknown_team")
    return team_id


def archive(ctx: Context, record: Record, word: str) -> None:
    """Put the record into the bin; a second time does nothing."""
    if record.archived_at is None:
        write(ctx, record, word, {"archived_at": ctx.now})


def restore(ctx: Context, record: Record, word: str) -> None:
    """Take the record out of the bin."""
    if record.archived_at is not None:
        write(ctx, record, word, {"archived_at": None})
