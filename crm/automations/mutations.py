"""Changing automations: the draft as a whole or step by step, publishing, turning on and off."""

import secrets
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Tenant
from accounts.permissions import Permission
from accounts.roles.policy import get_visible, member_id_of
from accounts.zones import clock_of, time_zone_of
from crm.automations import scanning
from crm.automations.beginning import begin
from crm.automations.building import insert, move, remove, replace
from crm.automations.clock import day_due, set_clock, waits_anew
from crm.automations.definition import (
    AnyStep,
    DateReached,
    Definition,
    IncomingWebhook,
    StepId,
    Trigger,
    as_json,
    check,
    object_of,
    read,
)
from crm.automations.models import Automation, AutomationVersion
from crm.automations.queries import get_automation
from crm.automations.recipes import RecipeKey, draft_of
from crm.automations.records import KINDS
from crm.automations.schemas import (
    AutomationChanges,
    AutomationDetail,
    AutomationRef,
    Began,
    Description,
    Way,
)
from crm.automations.versions import version_of
from crm.filters.grammar import Filter
from realtime.functions import (
    Conflict,
    Context,
    Id,
    InvalidInput,
    Name,
    NotFound,
    Phrase,
    PreconditionFailed,
    Version,
    mutation,
)
from realtime.schema import current_schema
from workflows import cancel
from workflows.runs.models import LIVE, Run

NAMES = {"automations_automation_name_key": ("name", "Another automation already has this name.")}
MANAGE = Permission.AUTOMATION_MANAGE


@mutation(permission=MANAGE, conflicts=NAMES)
def create_automation(
    ctx: Context,
    *,
    name: Name,
    description: Description = "",
    trigger: Trigger | None = None,
    recipe: RecipeKey | None = None,
) -> AutomationDetail:
    """Make an automation as a draft; nothing happens until it is published and on.

    With a ``recipe`` the draft has a trigger and steps already.
    """
    draft = Definition.model_validate({"trigger": trigger or {"kind": "record_created", "object": "contact"}})
    if recipe is not None:
        draft = draft_of(recipe)
    row = Automation.objects.create(
        name=name, description=description, draft=as_json(draft), created_by_id=member_id_of(ctx)
    )
    _follow_webhook(row, draft)
    row.save()
    ctx.audit("automation", row.pk, {"name": [None, name]})
    return get_automation(ctx, automation_id=row.pk)


@mutation(permission=MANAGE, conflicts=NAMES)
def copy_automation(ctx: Context, *, automation_id: Id, name: Name | None = None) -> AutomationDetail:
    """Make another automation with the same draft, off and with no history; a webhook gets an address of its own."""
    row = _lock(automation_id, None)
    draft = read(row.draft)
    called = name or _free_name(str(Phrase("Copy of %(name)s", name=row.name)))
    copy = Automation.objects.create(
        name=called, description=row.description, draft=row.draft, created_by_id=member_id_of(ctx)
    )
    _follow_webhook(copy, draft)
    copy.save()
    ctx.audit("automation", copy.pk, {"name": [None, called], "copied_from": [None, row.pk]})
    return get_automation(ctx, automation_id=copy.pk)


def _free_name(wanted: str) -> str:
    """The name, with a number behind it if it is taken."""
    wanted = wanted[:110]
    taken = set(Automation.objects.filter(name__startswith=wanted).values_list("name", flat=True))
    numbered = (f"{wanted} {number}" for number in count(2))
    return wanted if wanted not in taken else next(name for name in numbered if name not in taken)


@mutation(permission=MANAGE)
def restore_version(
    ctx: Context, *, automation_id: Id, number: int, version: Version | None = None
) -> AutomationDetail:
    """Take a published version back into the draft; it counts when it is published."""
    row = _lock(automation_id, version)
    _write_draft(row, read(version_of(automation_id, number).definition))
    return _saved(ctx, row, {"restored": [None, number]})


@mutation(permission=MANAGE, conflicts=NAMES)
def update_automation(
    ctx: Context, *, automation_id: Id, changes: AutomationChanges, version: Version | None = None
) -> AutomationDetail:
    """Change an automation's name, description or draft. What runs goes on with its published version."""
    row = _lock(automation_id, version)
    sent = changes.sent()
    draft = sent.pop("definition", None)
    if draft is not None:
        _write_draft(row, draft)
    for name, value in sent.items():
        setattr(row, name, value)
    return _saved(ctx, row, {name: [None, value] for name, value in sent.items()})


@mutation(permission=MANAGE)
def set_trigger(
    ctx: Context,
    *,
    automation_id: Id,
    trigger: Trigger,
    only_if: Filter | None = None,
    version: Version | None = None,
) -> AutomationDetail:
    """Change what starts an automation, and the conditions that a record must meet."""
    row = _lock(automation_id, version)
    draft = read(row.draft)
    if object_of(trigger) != draft.object:
        only_if = None
    _write_draft(row, draft.model_copy(update={"trigger": trigger, "only_if": only_if}))
    return _saved(ctx, row, {"trigger": [None, trigger.kind]})


@mutation(permission=MANAGE)
def add_step(
    ctx: Context,
    *,
    automation_id: Id,
    step: AnyStep,
    after: StepId | None = None,
    within: StepId | None = None,
    way: Way = "yes",
    version: Version | None = None,
) -> AutomationDetail:
    """Add a step: after another one, or first in a branch's way, or first of all."""
    row = _lock(automation_id, version)
    draft = read(row.draft)
    insert(draft, step, after, within, way)
    _write_draft(row, draft)
    return _saved(ctx, row, {"step": [None, step.kind]})


@mutation(permission=MANAGE)
def update_step(
    ctx: Context, *, automation_id: Id, step: AnyStep, version: Version | None = None
) -> AutomationDetail:
    """Change a step, known by its id. A branch keeps the steps of its ways."""
    row = _lock(automation_id, version)
    draft = read(row.draft)
    replace(draft, step)
    _write_draft(row, draft)
    return _saved(ctx, row, {"step": [step.kind, step.kind]})


@mutation(permission=MANAGE)
def move_step(
    ctx: Context, *, automation_id: Id, step_key: StepId, by: int, version: Version | None = None
) -> AutomationDetail:
    """Move a step up (negative) or down among those beside it."""
    row = _lock(automation_id, version)
    draft = read(row.draft)
    move(draft, step_key, by)
    _write_draft(row, draft)
    return _saved(ctx, row, {"step": [step_key, step_key]})


@mutation(permission=MANAGE)
def delete_step(
    ctx: Context, *, automation_id: Id, step_key: StepId, version: Version | None = None
) -> AutomationDetail:
    """Take a step out, with all that is in its ways."""
    row = _lock(automation_id, version)
    draft = read(row.draft)
    remove(draft, step_key)
    _write_draft(row, draft)
    return _saved(ctx, row, {"step": [step_key, None]})


@mutation(permission=MANAGE)
def publish_automation(
    ctx: Context, *, automation_id: Id, version: Version | None = None
) -> AutomationDetail:
    """Make the draft the version that new runs follow, and turn it on. Runs under way keep theirs.

    InvalidInput lists what is wrong with the draft.
    """
    row = _lock(automation_id, version)
    problems = get_automation(ctx, automation_id=automation_id)["problems"]
    if problems:
        raise InvalidInput(" ".join(problems))
    last = row.versions.order_by("-number").values_list("number", flat=True).first() or 0
    is_fresh = not row.is_on or waits_anew(row)
    row.current = AutomationVersion.objects.create(
        automation=row, number=last + 1, definition=row.draft, published_by_id=member_id_of(ctx)
    )
    row.is_changed, row.trouble = False, ""
    if not row.is_on:
        row.heard_after = scanning.last_change()
    _begin_clock(ctx, row, is_fresh=is_fresh)
    row.is_on = True
    found = _saved(ctx, row, {"published": [None, last + 1]})
    _follow(ctx, row)
    return found


@mutation(permission=MANAGE)
def turn_on(ctx: Context, *, automation_id: Id) -> AutomationDetail:
    """Let a published automation's trigger start runs again; what happened meanwhile starts none."""
    row = _lock(automation_id, None)
    if row.current_id is None:
        raise Conflict("Publish the automation first.")
    return _turn(ctx, row, True)


@mutation(permission=MANAGE)
def turn_off(ctx: Context, *, automation_id: Id) -> AutomationDetail:
    """Start no more runs; those under way go on."""
    return _turn(ctx, _lock(automation_id, None), False)


@mutation(permission=MANAGE)
def delete_automation(ctx: Context, *, automation_id: Id) -> AutomationRef:
    """Delete an automation with its versions and history. Runs under way are cancelled."""
    row = _lock(automation_id, None)
    ctx.audit("automation", row.pk, {"name": [row.name, None]})
    set_clock(automation_id, None, "UTC")
    for run_id in list(live_runs(row).values_list("pk", flat=True)):
        cancel(run_id)
    row.delete()
    scanning.follow_state()
    return {"id": automation_id, "version": row.version}


@mutation(permission=MANAGE)
def start_automation(ctx: Context, *, automation_id: Id, record_id: Id) -> Began:
    """Start the published version for a record that you may see, whatever its trigger and conditions."""
    row = _lock(automation_id, None)
    if row.current is None:
        raise Conflict("Publish the automation first.")
    object = read(row.current.definition).object
    get_visible(
        ctx, Permission(f"{object}.view"), KINDS[object].model.objects.filter(archived_at=None), record_id
    )
    run_id = begin(row, record_id)
    if run_id is not None:
        ctx.audit("automation", row.pk, {"started_for": [None, record_id]})
    scanning.follow_state()
    return {"run_id": run_id}


def live_runs(row: Automation) -> Any:
    """The automation's runs that are under way."""
    return Run.objects.filter(pk__in=row.runs.values("run_id"), status__in=LIVE)


def _turn(ctx: Context, row: Automation, is_on: bool) -> AutomationDetail:
    was = row.is_on
    row.is_on, row.trouble = is_on, ""
    if is_on and not was:
        row.heard_after = scanning.last_change()
    _begin_clock(ctx, row, is_fresh=is_on and not was)
    found = _saved(ctx, row, {"is_on": [was, is_on]})
    _follow(ctx, row)
    return found


def _begin_clock(ctx: Context, row: Automation, *, is_fresh: bool) -> None:
    """Of a date trigger that was not listened to, the days up to now count as taken."""
    trigger = read(row.current.definition).trigger if row.current else None
    if isinstance(trigger, DateReached) and (is_fresh or row.reached_on is None):
        row.reached_on = day_due(trigger, ctx.now, clock_of(ctx.schema))


def _follow(ctx: Context, row: Automation) -> None:
    """Bring what listens in line with what is on."""
    zone = time_zone_of(ctx.schema)
    is_heard = row.is_on and row.current is not None
    set_clock(row.pk, read(row.current.definition).trigger if is_heard and row.current else None, zone)
    scanning.follow_state()


def _lock(automation_id: int, version: int | None) -> Automation:
    row = (
        Automation.objects.select_for_update(of=("self",))
        .select_related("current")
        .filter(pk=automation_id)
        .first()
    )
    if row is None:
        raise NotFound("There is no automation with this id.")
    if version is not None and row.version != version:
        raise PreconditionFailed(
            Phrase("Somebody changed this automation: it is at version %(now)s, you changed version %(yours)s.",
                   now=row.version, yours=version)
        )  # fmt: skip
    return row


def _write_draft(row: Automation, draft: Definition) -> None:
    check(draft)
    row.draft = as_json(draft)
    row.is_changed = row.current is None or row.draft != row.current.definition
    _follow_webhook(row, draft)


def _follow_webhook(row: Automation, draft: Definition) -> None:
    if isinstance(draft.trigger, IncomingWebhook) and not row.token:
        # The tenant's number comes first: an address on the bare host has to lead to its tenant.
        tenant_id = Tenant.objects.filter(schema_name=current_schema()).values_list("pk", flat=True).first()
        row.token = f"{tenant_id}-{secrets.token_urlsafe(24)}"


def _saved(ctx: Context, row: Automation, changes: dict[str, Any]) -> AutomationDetail:
    row.version += 1
    row.updated_at = timezone.now()
    row.save()
    ctx.audit("automation", row.pk, changes)
    return get_automation(ctx, automation_id=row.pk)
