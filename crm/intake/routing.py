"""Who gets somebody whom nobody has yet.

What the event says goes first. Else a routing rule takes its turn: the one that is named like the event's source, or
the only one that there is. Without one, or where the caller may not give contacts away, the contact is the caller's.
A rule without active members leaves the contact in everybody's pool.
"""

from typing import Any

from accounts.permissions import Permission
from accounts.roles.models import Member, Team
from accounts.roles.policy import member_id_of, require
from crm.automations.models import RoutingRule
from crm.automations.routing import next_member
from crm.contacts.models import Contact
from crm.intake.schemas import EventRoute, How, Routed
from crm.records import writes
from crm.records.followers import carry_along
from realtime.functions import Context, Forbidden, invalid

ASSIGN = Permission.CONTACT_ASSIGN


def decide(ctx: Context, wish: EventRoute, source: str) -> Routed:
    """Who gets a new contact. InvalidInput for whom there is not, Forbidden if the caller may not give it away."""
    if len(wish.told()) > 1:
        raise invalid("route", "Say one of owner_id, rule_id and pool.", "one_of")
    if wish.told() and not ctx.scope.allows(ASSIGN):
        raise Forbidden("Your role may not give records to other members.")
    if wish.owner_id is not None:
        return _to("owner", writes.active_member(wish.owner_id).pk)
    if wish.pool is not None:
        return _to_pool(wish.pool)
    rule_id = _rule(wish.rule_id) if wish.rule_id is not None else _usual_rule(ctx, source)
    if rule_id is not None:
        return _by_rule(rule_id)
    me = member_id_of(ctx)
    return _to("key", me) if me is not None else _to_pool("everyone")


def reroute(ctx: Context, contact: Contact, wish: EventRoute, source: str) -> Routed:
    """A known contact stays with its owner; one that has none, or one who has left, is given to somebody."""
    kept: Routed = {"how": "kept", "owner_id": contact.owner_id, "team_id": contact.team_id, "rule_id": None}
    if Member.objects.filter(pk=contact.owner_id or 0, is_active=True).exists():
        return kept
    if not wish.told() and not ctx.scope.allows(ASSIGN):
        return kept
    found = decide(ctx, wish, source)
    require(ctx, ASSIGN, contact)
    place = owner_of(found)
    if (contact.owner_id, contact.team_id) == (place["owner_id"], place["team_id"]):
        return kept
    writes.write(ctx, contact, "contact", place)
    carry_along(contact)
    return found


def owner_of(routed: Routed) -> dict[str, Any]:
    """The contact's columns."""
    return {"owner_id": routed["owner_id"], "team_id": routed["team_id"]}


def _rule(rule_id: int) -> int:
    if not RoutingRule.objects.filter(pk=rule_id).exists():
        raise invalid("route.rule_id", "There is no routing rule with this id.", "unknown_rule")
    return rule_id


def _usual_rule(ctx: Context, source: str) -> int | None:
    if not ctx.scope.allows(ASSIGN):
        return None
    if source:
        named = RoutingRule.objects.filter(name__iexact=source).order_by("id").values_list("pk", flat=True)
        if (pk := named.first()) is not None:
            return pk
    rules = list(RoutingRule.objects.order_by("id").values_list("pk", flat=True)[:2])
    return rules[0] if len(rules) == 1 else None


def _by_rule(rule_id: int) -> Routed:
    member_id = next_member(rule_id)
    found = _to("rule", member_id) if member_id is not None else _to_pool("everyone")
    return {**found, "rule_id": rule_id}


def _to(how: How, member_id: int) -> Routed:
    return {"how": how, "owner_id": member_id, "team_id": writes.team_of(member_id), "rule_id": None}


def _to_pool(pool: str | int) -> Routed:
    team_id = pool if isinstance(pool, int) else None
    if team_id is not None and not Team.objects.filter(pk=team_id).exists():
        raise invalid("route.pool", "There is no team with this id.", "unknown_team")
    return {"how": "pool", "owner_id": None, "team_id": team_id, "rule_id": None}
