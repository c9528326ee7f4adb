"""What must hold whoever asks: nobody grants more than they have, and a firm keeps an owner."""

from accounts.permissions import Access, FieldLevel
from accounts.roles.models import FieldPermission, Member, Role, RolePermission
from accounts.roles.policy import scope_of
from realtime.functions import Conflict, Context, Forbidden

REACH = {Access.NONE: 0, Access.OWN: 1, Access.TEAM: 2, Access.ALL: 3}


def refuse_escalation(ctx: Context, role_id: int) -> None:
    """Forbidden if the role reaches further than the actor, or sees fields that are hidden from the actor."""
    if ctx.actor.kind == "system":
        return
    grants = RolePermission.objects.filter(role_id=role_id).values_list("permission", "access")
    if any(exceeds(ctx, word, access) for word, access in grants):
        raise Forbidden("That role may do more than yours: ask an owner.")
    hidden = FieldPermission.objects.filter(role_id=role_id, level=FieldLevel.HIDDEN)
    theirs = set(hidden.values_list("object", "field"))
    if any((o, f) not in theirs for o, f, level in _own_rules(ctx) if level == FieldLevel.HIDDEN):
        raise Forbidden("That role sees fields that are hidden from yours: ask an owner.")


def exceeds(ctx: Context, word: str, access: str) -> bool:
    """Whether the access reaches further than the actor's own."""
    return REACH[Access(access)] > REACH[scope_of(ctx).access(word)]


def _own_rules(ctx: Context) -> tuple[tuple[str, str, str], ...]:
    return getattr(scope_of(ctx), "field_rules", ())


def keep_an_owner() -> None:
    """Conflict if no active owner is left; the role's row is locked, so that two can't leave at once."""
    owner = Role.objects.select_for_update().get(key="owner")
    if not Member.objects.filter(role=owner, is_active=True).exists():
        raise Conflict("A firm needs at least one active owner: make somebody else an owner first.")
