"""Goals of the members, the teams and the firm."""

from decimal import Decimal

from config.demo.chance import Chance
from crm.reports.models import Goal


def seed_goals(chance: Chance) -> None:
    """What is there already stays."""
    if Goal.objects.exists():
        return
    each = [
        Goal(
            owner_id=owner.member_id, metric=metric, period="month", target=Decimal(target), currency=currency
        )
        for owner in chance.owners
        for metric, target, currency in (("amount_won", 120_000, "USD"), ("calls", 60, ""))
    ]
    teams = sorted({owner.team_id for owner in chance.owners if owner.team_id is not None})
    each += [
        Goal(team_id=team, metric="amount_won", period="quarter", target=Decimal(900_000), currency="USD")
        for team in teams
    ]
    each.append(Goal(metric="deals_won", period="year", target=Decimal(160)))
    Goal.objects.bulk_create(each)
