"""Changing pipelines, their stages, and the reasons for which deals are lost."""

from datetime import timedelta
from typing import Any

from django.db.models import F, Max

from accounts.permissions import Permission
from crm.deals import defaults
from crm.deals.models import Deal, LostReason, Pipeline, Stage
from crm.deals.placing import placed
from crm.deals.queries import list_pipelines
from crm.deals.schemas import (
    DealStatus,
    PipelineChanges,
    PipelineRow,
    Probability,
    RequiredField,
    RotDays,
    StageChanges,
)
from crm.records.schemas import Choice
from realtime.functions import Conflict, Context, Id, Name, NotFound, invalid, mutation

PIPELINE_NAMES = {"deals_pipeline_name_key": ("name", "Another pipeline already has this name.")}
STAGE_NAMES = {"stage_name_unique": ("name", "Another stage of the pipeline already has this name.")}
REASON_NAMES = {"lost_reason_name_unique": ("name", "There is already a reason with this name.")}
MANAGE = Permission.PIPELINE_MANAGE


@mutation(permission=MANAGE, conflicts=PIPELINE_NAMES)
def create_pipeline(ctx: Context, *, name: Name) -> PipelineRow:
    """Create a pipeline after the others, with the stages that every workspace starts with."""
    pipeline = defaults.create_pipeline(name, _next(Pipeline.objects.all()))
    ctx.audit("pipeline", pipeline.pk, {"name": [None, name]})
    return _row(ctx, pipeline.pk)


@mutation(permission=MANAGE, conflicts=PIPELINE_NAMES)
def update_pipeline(ctx: Context, *, pipeline_id: Id, changes: PipelineChanges) -> PipelineRow:
    """Change a pipeline's name or its place among the others."""
    pipeline = _pipeline(pipeline_id)
    _write(ctx, "pipeline", pipeline, changes.sent())
    return _row(ctx, pipeline.pk)


@mutation(permission=MANAGE)
def delete_pipeline(ctx: Context, *, pipeline_id: Id, target_stage_id: Id | None = None) -> list[PipelineRow]:
    """Delete a pipeline; its deals, those in the bin too, move to a stage of another one. Returns those left.

    Conflict for the last pipeline, and for one that holds deals if no target is given.
    """
    pipeline = _pipeline(pipeline_id)
    if not Pipeline.objects.exclude(pk=pipeline.pk).exists():
        raise Conflict("This is the last pipeline: deals need one.")
    _move_deals(ctx, Deal.objects.filter(pipeline=pipeline), target_stage_id, not_in=pipeline.pk)
    ctx.audit("pipeline", pipeline.pk, {"name": [pipeline.name, None]})
    pipeline.delete()
    return list_pipelines(ctx)


@mutation(permission=MANAGE, conflicts=STAGE_NAMES)
def create_stage(
    ctx: Context,
    *,
    pipeline_id: Id,
    name: Name,
    kind: DealStatus = "open",
    probability: Probability = 0,
    rot_days: RotDays | None = None,
    required_fields: list[RequiredField] | None = None,
) -> PipelineRow:
    """Add a stage to a pipeline: after the open ones, before those that close a deal."""
    stages = _pipeline(pipeline_id).stages
    given: dict[str, Any] = {
        "name": name, "kind": kind, "probability": probability, "rot_days": rot_days,
        "required_fields": required_fields or [],
    }  # fmt: skip
    place = _next(stages.filter(kind=Stage.Kind.OPEN) if kind == "open" else stages.all())
    stages.filter(position__gte=place).update(position=F("position") + 1)
    stage = stages.create(**given, position=place)
    ctx.audit("stage", stage.pk, {field: [None, value] for field, value in given.items()})
    return _row(ctx, pipeline_id)


@mutation(permission=MANAGE, conflicts=STAGE_NAMES)
def update_stage(ctx: Context, *, stage_id: Id, changes: StageChanges) -> PipelineRow:
    """Change a stage. What kind it is can change only while it holds no deal: Conflict."""
    stage, sent = _stage(stage_id), changes.sent()
    if sent.get("kind", stage.kind) != stage.kind:
        if Deal.objects.filter(stage=stage).exists():
            raise Conflict("Deals are in this stage: move them before you change its kind.")
        _refuse_last_open(stage)
    had = stage.rot_days
    _write(ctx, "stage", stage, sent)
    if stage.rot_days != had:
        days = None if stage.rot_days is None else F("stage_entered_at") + timedelta(days=stage.rot_days)
        Deal.objects.filter(stage=stage).update(rots_at=days)
    return _row(ctx, stage.pipeline_id)


@mutation(permission=MANAGE)
def order_stages(ctx: Context, *, pipeline_id: Id, stage_ids: list[Id]) -> PipelineRow:
    """Put a pipeline's stages into the given order, which names each of them once."""
    stages = {stage.pk: stage for stage in _pipeline(pipeline_id).stages.all()}
    if sorted(stage_ids) != sorted(stages):
        raise invalid("stage_ids", "Name each stage of the pipeline once.", "not_all")
    for position, stage_id in enumerate(stage_ids):
        stages[stage_id].position = position
    Stage.objects.bulk_update(stages.values(), ["position"])
    ctx.audit("pipeline", pipeline_id, {"stage_ids": [list(stages), stage_ids]})
    return _row(ctx, pipeline_id)


@mutation(permission=MANAGE)
def delete_stage(ctx: Context, *, stage_id: Id, target_stage_id: Id | None = None) -> PipelineRow:
    """Delete a stage; its deals, those in the bin too, move to the target. Conflict for the last open stage."""
    stage = _stage(stage_id)
    _refuse_last_open(stage)
    _move_deals(ctx, Deal.objects.filter(stage=stage), target_stage_id, not_stage=stage.pk)
    ctx.audit("stage", stage.pk, {"name": [stage.name, None]})
    stage.delete()
    return _row(ctx, stage.pipeline_id)


@mutation(permission=MANAGE, conflicts=REASON_NAMES)
def create_lost_reason(ctx: Context, *, name: Name) -> Choice:
    """Add a reason for which deals are lost, after the others."""
    reason = LostReason.objects.create(name=name, position=_next(LostReason.objects.all()))
    ctx.audit("lost_reason", reason.pk, {"name": [None, name]})
    return {"id": reason.pk, "name": reason.name}


@mutation(permission=MANAGE, conflicts=REASON_NAMES)
def rename_lost_reason(ctx: Context, *, lost_reason_id: Id, name: Name) -> Choice:
    """Change a reason's name, on the deals that have it too."""
    reason = _reason(lost_reason_id)
    _write(ctx, "lost_reason", reason, {"name": name})
    return {"id": reason.pk, "name": reason.name}


@mutation(permission=MANAGE)
def delete_lost_reason(ctx: Context, *, lost_reason_id: Id) -> Choice:
    """Delete a reason; the deals that have it are lost without one."""
    reason = _reason(lost_reason_id)
    ctx.audit("lost_reason", reason.pk, {"name": [reason.name, None]})
    reason.delete()
    return {"id": lost_reason_id, "name": reason.name}


def _row(ctx: Context, pipeline_id: int) -> PipelineRow:
    return next(row for row in list_pipelines(ctx) if row["id"] == pipeline_id)


def _pipeline(pipeline_id: int) -> Pipeline:
    """The pipeline, locked, so that its stages change one after the other."""
    found = Pipeline.objects.select_for_update().filter(pk=pipeline_id).first()
    if found is None:
        raise NotFound("There is no pipeline with this id.")
    return found


def _stage(stage_id: int) -> Stage:
    found = Stage.objects.select_for_update().filter(pk=stage_id).first()
    if found is None:
        raise NotFound("There is no stage with this id.")
    _pipeline(found.pipeline_id)
    return found


def _reason(lost_reason_id: int) -> LostReason:
    found = LostReason.objects.select_for_update().filter(pk=lost_reason_id).first()
    if found is None:
        raise NotFound("There is no reason with this id.")
    return found


def _refuse_last_open(stage: Stage) -> None:
    others = Stage.objects.filter(pipeline_id=stage.pipeline_id, kind=Stage.Kind.OPEN).exclude(pk=stage.pk)
    if stage.kind == Stage.Kind.OPEN and not others.exists():
        raise Conflict("This is the pipeline's last open stage: new deals need one.")


def _move_deals(
    ctx: Context, deals: Any, target_stage_id: int | None, *, not_in: int = 0, not_stage: int = 0
) -> None:
    """Move deals out of what is going to be deleted, in one statement; they keep their order."""
    if target_stage_id is None:
        if deals.exists():
            raise Conflict("Deals are in here: say to which stage they go.")
        return
    target = (
        Stage.objects.filter(pk=target_stage_id).exclude(pipeline_id=not_in).exclude(pk=not_stage).first()
    )
    if target is None:
        raise invalid("target_stage_id", "Deals can't go to this stage.", "unknown_stage")
    deals.update(**placed(ctx, target), version=F("version") + 1, updated_at=ctx.now)


def _write(ctx: Context, word: str, row: Any, sent: dict[str, Any]) -> None:
    changes = {name: new for name, new in sent.items() if getattr(row, name) != new}
    if changes:
        ctx.audit(word, row.pk, {name: [getattr(row, name), new] for name, new in changes.items()})
        for name, new in changes.items():
            setattr(row, name, new)
        row.save(update_fields=list(changes))


def _next(rows: Any) -> int:
    """The position after the last of the rows."""
    last = rows.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1
