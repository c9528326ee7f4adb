"""Giving work out in turn, race-proof: the rule's row is locked while its next member is found.

A weighted rule is smooth: who has been given least for their share is next, as in nginx's weighted round robin.
"""

from typing import Annotated, cast

from django.db.models import ExpressionWrapper, F, FloatField
from pydantic import BaseModel, ConfigDict, Field

from accounts.permissions import Permission
from accounts.roles.models import Member
from crm.automations.models import RoutingRule, RoutingSeat
from crm.automations.schemas import RoutingKind, RoutingRow
from realtime.functions import Context, Id, Name, NotFound, invalid, mutation, query

NAMES = {"automations_routingrule_name_key": ("name", "Another rule already has this name.")}


class Seat(BaseModel):
    """A member's place in a rule."""

    model_config = ConfigDict(strict=True, extra="forbid")

    member_id: Annotated[int, Field(ge=1)]
    weight: Annotated[int, Field(ge=1, le=100)] = 1


Seats = Annotated[list[Seat], Field(min_length=1, max_length=200)]


@query(permission=Permission.AUTOMATION_VIEW)
def list_routing_rules(ctx: Context) -> list[RoutingRow]:
    """List the rules by which work is given out, each with its members."""
    rows = RoutingRule.objects.order_by("name", "id").values("id", "name", "kind")[:200]
    seats: dict[int, list[dict[str, object]]] = {}
    found = RoutingSeat.objects.order_by("id").values(
        "rule_id", "member_id", "member__name", "weight", "given"
    )
    for seat in found[:5000]:
        place = {"member_id": seat["member_id"], "name": seat["member__name"], "weight": seat["weight"],
                 "given": seat["given"]}  # fmt: skip
        seats.setdefault(seat["rule_id"], []).append(place)
    return cast("list[RoutingRow]", [{**row, "seats": seats.get(row["id"], [])} for row in rows])


@mutation(permission=Permission.AUTOMATION_MANAGE, conflicts=NAMES)
def create_routing_rule(
    ctx: Context, *, name: Name, seats: Seats, kind: RoutingKind = "round_robin"
) -> list[RoutingRow]:
    """Make a rule that gives work to members in turn, or by their weights; returns all rules."""
    rule = RoutingRule.objects.create(name=name, kind=kind)
    _seat(rule, seats)
    ctx.audit(
        "routing_rule", rule.pk, {"name": [None, name], "seats": [None, [s.model_dump() for s in seats]]}
    )
    return list_routing_rules(ctx)


@mutation(permission=Permission.AUTOMATION_MANAGE, conflicts=NAMES)
def update_routing_rule(
    ctx: Context, *, rule_id: Id, name: Name, seats: Seats, kind: RoutingKind = "round_robin"
) -> list[RoutingRow]:
    """Change a rule; members who stay in it keep their place in the order. Returns all rules."""
    rule = _lock(rule_id)
    rule.name, rule.kind = name, kind
    rule.save()
    _seat(rule, seats)
    ctx.audit(
        "routing_rule", rule_id, {"name": [None, name], "seats": [None, [s.model_dump() for s in seats]]}
    )
    return list_routing_rules(ctx)


@mutation(permission=Permission.AUTOMATION_MANAGE)
def delete_routing_rule(ctx: Context, *, rule_id: Id) -> list[RoutingRow]:
    """Delete a rule; steps that use it then assign nobody. Returns those left."""
    rule = _lock(rule_id)
    ctx.audit("routing_rule", rule_id, {"name": [rule.name, None]})
    rule.delete()
    return list_routing_rules(ctx)


def next_member(rule_id: int) -> int | None:
    """Whose turn it is, counted as given; None if the rule is gone or has no active member."""
    rule = RoutingRule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None:
        return None
    share: object = F("given")
    if rule.kind == RoutingRule.Kind.WEIGHTED:
        share = ExpressionWrapper((F("given") + 1.0) / F("weight"), output_field=FloatField())
    seats = RoutingSeat.objects.filter(rule=rule, member__is_active=True).annotate(share=share)
    seat = seats.order_by("share", "id").first()
    if seat is None:
        return None
    RoutingSeat.objects.filter(pk=seat.pk).update(given=F("given") + 1)
    return seat.member_id


def _lock(rule_id: int) -> RoutingRule:
    rule = RoutingRule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None:
        raise NotFound("There is no rule with this id.")
    return rule


def _seat(rule: RoutingRule, seats: list[Seat]) -> None:
    """Give the rule these seats. A newcomer begins where the others are, so as not to get everything at first."""
    wanted = {seat.member_id: seat.weight for seat in seats}
    if len(wanted) < len(seats):
        raise invalid("seats", "Name each member once.", "not_unique")
    if Member.objects.filter(pk__in=wanted, is_active=True).count() < len(wanted):
        raise invalid("seats", "Name active members of the workspace.", "unknown_member")
    rule.seats.exclude(member_id__in=wanted).delete()
    given = min(rule.seats.values_list("given", flat=True), default=0)
    for member_id, weight in wanted.items():
        RoutingSeat.objects.update_or_create(
            rule=rule,
            member_id=member_id,
            defaults={"weight": weight},
            create_defaults={"weight": weight, "given": given},
        )
