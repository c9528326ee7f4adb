"""Where a deal stands: its stage with all that follows from it, and its place in the stage's column."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.roles.policy import visible_to
from crm.deals import ranks
from crm.deals.models import Deal, Stage, StageChange
from crm.records import writes
from realtime.functions import Conflict, Context, InvalidInput, Phrase, invalid

WORD = "deal"
#: A stage's required field -> how a sentence names it.
FIELD_WORDS = {
    "amount": _("amount"),
    "commission": _("commission"),
    "close_date": _("close date"),
    "contact_id": _("contact"),
    "company_id": _("company"),
}


def stage_by_id(stage_id: int) -> Stage:
    """The stage; InvalidInput about stage_id if there is none."""
    found = Stage.objects.filter(pk=stage_id).first()
    if found is None:
        raise invalid("stage_id", "There is no stage with this id.", "unknown_stage")
    return found


def first_stage(pipeline_id: int | None, kind: str) -> Stage:
    """The first stage of the kind, in the pipeline or in the first one that has such; Conflict if there is none."""
    stages = Stage.objects.filter(kind=kind).order_by("pipeline__position", "pipeline_id", "position", "id")
    found = (stages if pipeline_id is None else stages.filter(pipeline_id=pipeline_id)).first()
    if found is None:
        raise Conflict(
            Phrase("This pipeline has no stage of the kind “%(kind)s”: add one in the settings.", kind=kind)
        )
    return found


def placed(ctx: Context, stage: Stage) -> dict[str, Any]:
    """What follows from being in the stage."""
    is_open = stage.kind == Stage.Kind.OPEN
    return {
        "stage_id": stage.pk,
        "pipeline_id": stage.pipeline_id,
        "status": stage.kind,
        "stage_entered_at": ctx.now,
        "closed_at": None if is_open else ctx.now,
    }


def enter(ctx: Context, deal: Deal, stage: Stage, *, rank: str, lost_reason_id: int | None = None) -> None:
    """Move a locked deal into another stage, and note the change in its history."""
    refuse_incomplete(deal, stage)
    before = Stage.objects.get(pk=deal.stage_id)
    seconds = max(0, int((ctx.now - deal.stage_entered_at).total_seconds()))
    derived = {**placed(ctx, stage), "rank": rank}
    changes = {"stage_id": derived.pop("stage_id"), "lost_reason_id": lost_reason_id}
    differing = {name: value for name, value in changes.items() if getattr(deal, name) != value}
    writes.write(ctx, deal, WORD, differing, derived)
    StageChange.objects.create(
        deal=deal, from_stage=before, to_stage=stage, from_name=before.name, to_name=stage.name,
        at=ctx.now, by_id=ctx.actor.id if ctx.actor.kind == "member" else None, seconds=seconds,
    )  # fmt: skip


def refuse_incomplete(deal: Deal, stage: Stage) -> None:
    """InvalidInput naming every field that the stage requires and the deal lacks."""
    missing = [name for name in stage.required_fields if not getattr(deal, name, None)]
    if missing:
        words = ", ".join(str(FIELD_WORDS[name]) for name in missing)
        detail = Phrase(
            "%(stage)s needs: %(fields)s. Fill in what is missing first.", stage=stage.name, fields=words
        )
        raise InvalidInput(
            detail,
            errors=[{"param": name, "code": "required_in_stage", "detail": detail} for name in missing],
        )


def rank_in(ctx: Context, deal: Deal, stage_id: int, *, before_id: int | None, after_id: int | None) -> str:
    """The rank for a place in the stage: right below ``after_id``, else right above ``before_id``, else on top.

    A neighbour that has left the stage meanwhile does not count as long as the other one is still there;
    Conflict if neither is.
    """
    others = Deal.objects.filter(stage_id=stage_id, archived_at__isnull=True).exclude(pk=deal.pk)
    if before_id is None and after_id is None:
        return ranks.top(ctx.now, deal.pk)
    above, below = _rank_of(ctx, others, after_id), _rank_of(ctx, others, before_id)
    if above is not None:
        found = others.filter(rank__gt=above).order_by("rank").values_list("rank", flat=True).first()
        end = ranks.bottom(ctx.now, deal.pk)
        return end if found is None and end > above else ranks.between(above, found)
    if below is not None:
        start = others.filter(rank__lt=below).order_by("-rank").values_list("rank", flat=True).first()
        top = ranks.top(ctx.now, deal.pk)
        return top if start is None and top < below else ranks.between(start or "", below)
    raise Conflict("The deal beside which you put this one has left the stage meanwhile.")


def _rank_of(ctx: Context, others: QuerySet[Deal], deal_id: int | None) -> str | None:
    if deal_id is None:
        return None
    found = visible_to(ctx, Permission.DEAL_VIEW, others).filter(pk=deal_id)
    return found.values_list("rank", flat=True).first()
