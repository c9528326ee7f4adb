"""Who may see and change what. "Which rows?" and "may I?" come from one rule: see ``record_rule``."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from django.db.models import Model, Q, QuerySet

from accounts.permissions import Access
from accounts.roles.scope import RoleScope, SystemScope, member_scope
from realtime.functions import Context, Forbidden, NotFound, Unauthenticated, invalid
from realtime.reads.tracker import active_tracker

if TYPE_CHECKING:
    from accounts.credentials import Proof

M = TypeVar("M", bound=Model)


class Owned(Protocol):
    """A record that record access applies to."""

    owner_id: int | None
    team_id: int | None


class RolePolicy:
    """The product's policy for ``realtime.functions``."""

    def resolve_scope(self, ctx: Context) -> RoleScope | SystemScope:
        """The actor's scope, by tracked reads; Unauthenticated if the credential or the membership has ended."""
        if ctx.actor.kind == "system":
            return SystemScope()
        if ctx.actor.kind != "member" or ctx.actor.id is None:
            raise Unauthenticated
        return member_scope(ctx.actor.id, _proof(ctx), ctx.actor.credential)


def _proof(ctx: Context) -> "Proof":
    """What the credential proves: read again where a tracker has to see it, else as the transport read it."""
    from accounts.credentials import check_credential

    if ctx.checked is not None and active_tracker() is None:
        found: Proof = ctx.checked
        return found
    return check_credential(ctx)


def scope_of(ctx: Context) -> RoleScope | SystemScope:
    """The context's scope with its own type."""
    scope = ctx.scope
    assert isinstance(scope, RoleScope | SystemScope)
    return scope


def member_id_of(ctx: Context) -> int | None:
    """The acting member; the answer becomes theirs alone."""
    found: Any = ctx.observe("member_id")
    return cast("int | None", found)


def acting_member_id(ctx: Context) -> int:
    """The acting member; Forbidden for the system."""
    found = member_id_of(ctx)
    if found is None:
        raise Forbidden("Only a member can do this.")
    return found


def team_ids_of(ctx: Context) -> tuple[int, ...]:
    """The acting member's teams; the answer becomes that of members with the same teams."""
    found: Any = ctx.observe("team_ids")
    return cast("tuple[int, ...]", found)


def home_team_of(ctx: Context) -> int | None:
    """The team that the acting member joined first: what they create belongs to it."""
    found: Any = ctx.observe("home_team_id")
    return cast("int | None", found)


@dataclass(frozen=True, slots=True)
class RecordRule:
    """Which records a permission reaches: all, those of some teams, those of one owner, or none."""

    access: Access
    owner_id: int | None = None
    team_ids: tuple[int, ...] = ()

    def q(self, prefix: str = "") -> Q | None:
        """As a filter on the record behind ``prefix`` ("contact__"); None means no restriction."""
        if self.access is Access.ALL:
            return None
        if self.access is Access.TEAM and len(self.team_ids) == 1:
            return Q(**{f"{prefix}team_id": self.team_ids[0]})
        if self.access is Access.TEAM:
            return Q(**{f"{prefix}team_id__in": self.team_ids})
        if self.access is Access.OWN:
            return Q(**{f"{prefix}owner_id": self.owner_id})
        return Q(**{f"{prefix}pk__in": []})

    def admits(self, record: Owned) -> bool:
        """As a question about one record."""
        if self.access is Access.ALL:
            return True
        if self.access is Access.TEAM:
            return record.team_id in self.team_ids
        return self.access is Access.OWN and record.owner_id == self.owner_id


def record_rule(ctx: Context, permission: str) -> RecordRule:
    """The rule of the actor for the permission. A team rule without any team falls back to one's own records."""
    access = scope_of(ctx).access(permission)
    if access is Access.TEAM:
        teams = team_ids_of(ctx)
        if teams:
            return RecordRule(Access.TEAM, team_ids=teams)
        access = Access.OWN
    if access is Access.OWN:
        return RecordRule(Access.OWN, owner_id=member_id_of(ctx))
    return RecordRule(access)


def visible_to(ctx: Context, permission: str, queryset: QuerySet[M, Any]) -> QuerySet[M, Any]:
    """The rows of the queryset that the permission reaches."""
    condition = record_rule(ctx, permission).q()
    return queryset if condition is None else queryset.filter(condition)


def can(ctx: Context, permission: str, record: Owned) -> bool:
    """Whether the permission reaches the record."""
    return record_rule(ctx, permission).admits(record)


def require(ctx: Context, permission: str, record: Owned) -> None:
    """Forbidden unless the permission reaches a record that the actor is known to see."""
    if not can(ctx, permission, record):
        raise Forbidden("You may see this record but not do this with it.")


def get_visible(ctx: Context, permission: str, queryset: QuerySet[M, Any], pk: int) -> Any:
    """The row with the id if the permission reaches it, else NotFound: out of sight is as good as absent."""
    found = visible_to(ctx, permission, queryset).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def refuse_readonly(ctx: Context, object: str, fields: set[str]) -> None:
    """InvalidInput naming the first field that the actor's role may not write."""
    for field in sorted(fields & scope_of(ctx).readonly_fields(object)):
        raise invalid(f"changes.{field}", "Your role may not change this field.", "field_forbidden")
