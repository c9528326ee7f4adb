"""The team on every record follows its owner's teams.

The areas' tables are not known here; every model with an ``owner`` and a ``team`` is found by its foreign keys.
"""

from functools import cache

from django.apps import apps
from django.db.models import Model, Q

from accounts.roles.models import Member, Team, TeamMember


@cache
def owned_models() -> tuple[type[Model], ...]:
    """Every concrete model whose rows have an owner (a member) and a team."""

    def leads_to(model: type[Model], name: str, target: type[Model]) -> bool:
        names = {field.name for field in model._meta.concrete_fields}
        return name in names and model._meta.get_field(name).related_model is target

    return tuple(
        model
        for model in apps.get_models()
        if leads_to(model, "owner", Member) and leads_to(model, "team", Team)
    )


def reteam(member_id: int) -> None:
    """Move a member's records out of teams that the member is not in, to the team that they joined first.

    One statement a table, however many records; records that are right already are not touched.
    """
    teams = list(
        TeamMember.objects.filter(member_id=member_id).order_by("id").values_list("team_id", flat=True)
    )
    wrong = ~Q(team_id__in=teams) | Q(team_id__isnull=True) if teams else Q(team_id__isnull=False)
    for model in owned_models():
        model._default_manager.filter(wrong, owner_id=member_id).update(team_id=teams[0] if teams else None)
