"""Deals that walk through the stages of two pipelines, and the history of their walk."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection

from config.demo.chance import Chance, Owner, write
from config.demo.words import HOMES, PLACES, STREETS
from crm.contacts.models import Contact
from crm.deals.defaults import create_pipeline
from crm.deals.models import Deal, LostReason, Pipeline, Stage, StageChange

SECOND_PIPELINE = "Lettings"
#: The share of deals that get from each open stage to the next, for a member of ordinary skill.
GOES_ON = 0.74
#: Why deals are lost, in the order of the default reasons: price first.
REASON_WEIGHTS = (8, 6, 4, 3, 2)


@dataclass
class Walk:
    """Where a deal went and when; ``steps`` are (stage before, stage after, when, seconds in the one before)."""

    stage: Stage
    entered: datetime
    steps: list[tuple[Stage, Stage, datetime, int]] = field(default_factory=list)

    def go(self, stage: Stage, at: datetime) -> None:
        """Go to the stage."""
        self.steps.append((self.stage, stage, at, int((at - self.entered).total_seconds())))
        self.stage, self.entered = stage, at


def seed_deals(chance: Chance, contacts: list[Contact]) -> list[Deal]:
    """One deal a contact, in two pipelines; a good third of them is still open."""
    pipelines = _pipelines()
    reasons = list(LostReason.objects.order_by("position", "id"))
    by_id = {owner.member_id: owner for owner in chance.owners}
    walks: list[tuple[Contact, Owner, Walk]] = []
    for contact in contacts:
        stages = chance.one(pipelines, (7, 3))
        owner = by_id.get(contact.owner_id or 0) or chance.owner()
        walks.append((contact, owner, _walk(chance, stages, owner, contact.created_at)))
    deals = write(Deal, (_deal(chance, *walk) for walk in walks))
    pairs = list(zip(deals, walks, strict=True))
    write(
        StageChange,
        (_change(deal, owner, step) for deal, (_contact, owner, walk) in pairs for step in walk.steps),
    )
    _arrive(chance, [(deal, walk) for deal, (_contact, _owner, walk) in pairs if walk.steps], reasons)
    return deals


def _pipelines() -> list[list[Stage]]:
    """The stages of the tenant's pipeline and of a second one."""
    if not Pipeline.objects.filter(name=SECOND_PIPELINE).exists():
        create_pipeline(SECOND_PIPELINE, position=1)
    found = Pipeline.objects.order_by("position", "id")[:2]
    return [list(Stage.objects.filter(pipeline=each).order_by("position", "id")) for each in found]


def _walk(chance: Chance, stages: list[Stage], owner: Owner, created: datetime) -> Walk:
    path = [stage for stage in stages if stage.kind == Stage.Kind.OPEN]
    path += [stage for stage in stages if stage.kind == Stage.Kind.WON][:1]
    lost = next(stage for stage in stages if stage.kind == Stage.Kind.LOST)
    start = created + timedelta(days=chance.dice.randrange(0, 20))
    walk = Walk(path[0], min(start, chance.now - timedelta(hours=chance.dice.randrange(1, 90))))
    goes_on = min(GOES_ON * (0.75 + owner.skill / 4), 0.95)
    for stage in path[1:]:
        at = chance.at_work(walk.entered + timedelta(days=1 + chance.dice.lognormvariate(2.1, 0.7)))
        if at <= walk.entered or at > chance.now - timedelta(hours=6):
            break
        if chance.dice.random() > goes_on:
            walk.go(lost, at)
            break
        walk.go(stage, at)
    return walk


def _deal(chance: Chance, contact: Contact, owner: Owner, walk: Walk) -> Deal:
    """The deal as it began, in its first stage."""
    stage, begun = walk.stage, walk.entered
    if walk.steps:
        stage, begun = walk.steps[0][0], walk.steps[0][2] - timedelta(seconds=walk.steps[0][3])
    return Deal(
        title=f"{chance.one(HOMES)} on {chance.one(PLACES)} {chance.one(STREETS)}",
        amount=Decimal(round(chance.dice.lognormvariate(10.2, 0.75) / 500) * 500),
        pipeline_id=stage.pipeline_id,
        stage=stage,
        contact=contact,
        company_id=contact.company_id,
        close_date=(chance.now + timedelta(days=chance.dice.triangular(-12, 150, 25))).date(),
        stage_entered_at=begun,
        owner_id=owner.member_id,
        team_id=owner.team_id,
        created_at=begun,
    )


#: One statement for all deals: in a large tenant, one each would take minutes.
ARRIVE = """
UPDATE deals_deal deal
   SET stage_id = arrived.stage_id, status = stage.kind, stage_entered_at = at, rank = '',
       closed_at = CASE WHEN stage.kind <> 'open' THEN at END,
       close_date = CASE WHEN stage.kind <> 'open' THEN at::date ELSE close_date END,
       lost_reason_id = reason_id
  FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::bigint[])
       AS arrived (id, stage_id, at, reason_id) JOIN deals_stage stage ON stage.id = arrived.stage_id
 WHERE deal.id = arrived.id
"""


def _arrive(chance: Chance, walked: list[tuple[Deal, Walk]], reasons: list[LostReason]) -> None:
    """Put the deals where their walks ended."""
    rows = [(deal.pk, walk.stage.pk, walk.entered, _reason(chance, walk, reasons)) for deal, walk in walked]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(ARRIVE, [list(column) for column in zip(*rows, strict=True)])


def _reason(chance: Chance, walk: Walk, reasons: list[LostReason]) -> int | None:
    if walk.stage.kind != Stage.Kind.LOST or chance.dice.random() > 0.85:
        return None
    return chance.one(reasons, REASON_WEIGHTS[: len(reasons)]).pk if len(reasons) == 5 else reasons[0].pk


def _change(deal: Deal, owner: Owner, step: tuple[Stage, Stage, datetime, int]) -> StageChange:
    before, after, at, seconds = step
    return StageChange(
        deal=deal, from_stage=before, to_stage=after, from_name=before.name, to_name=after.name,
        at=at, by_id=owner.member_id, seconds=seconds,
    )  # fmt: skip
