"""What is wrong with a definition, in sentences, before it is published."""

from collections.abc import Iterator
from typing import Any

from accounts.roles.models import Team
from crm.automations import definition as steps
from crm.automations.definition import Definition, object_of, walk
from crm.automations.facts import unknown_places
from crm.automations.models import RoutingRule
from crm.deals.models import Stage
from crm.filters.catalogs import Asking, Finder, catalog_of
from crm.filters.compile import compile_filter
from crm.filters.searching import zone_of
from crm.forms.models import Form
from crm.sequences.models import Sequence
from realtime.functions import Context, InvalidInput, Phrase
from workflows.cron import Cron


def problems_of(ctx: Context, definition: Definition) -> list[str]:
    """Everything that keeps a definition from doing what it says; empty when it can be published."""
    return list(_problems(ctx, definition))


def _problems(ctx: Context, definition: Definition) -> Iterator[str]:
    object = object_of(definition.trigger)
    yield from _of_trigger(ctx, definition.trigger)
    yield from _of_filter(ctx, object, definition.only_if)
    if not definition.steps:
        yield str(Phrase("Add a step: without one nothing happens."))
    for step, _list, _depth in walk(definition.steps):
        yield from _of_step(ctx, object, step)


def _of_trigger(ctx: Context, trigger: Any) -> Iterator[str]:
    if isinstance(trigger, steps.StageEntered) and not Stage.objects.filter(pk=trigger.stage_id).exists():
        yield str(Phrase("The trigger's stage is gone: choose another one."))
    if isinstance(trigger, steps.FormSent) and trigger.form_id is not None and not _is_form(trigger.form_id):
        yield str(Phrase("The trigger's form is gone: choose another one."))
    if isinstance(trigger, steps.Scheduled):
        try:
            Cron(trigger.cron).check()
        except InvalidInput as error:
            yield str(error.detail)
    if isinstance(trigger, steps.DateReached) and not _is_field(ctx, trigger.object, trigger.field):
        yield str(Phrase("There is no field %(field)s to wait for.", field=trigger.field))


def _is_form(form_id: int) -> bool:
    return Form.objects.filter(pk=form_id).exists()


def _is_field(ctx: Context, object: str, name: str) -> bool:
    return Finder(ctx, catalog_of(object)).get(name) is not None


def _of_filter(ctx: Context, object: str, filter: Any) -> Iterator[str]:
    if filter is None:
        return
    finder = Finder(ctx, catalog_of(object))
    try:
        compile_filter(filter, finder.find, Asking(ctx, zone_of("UTC")), finder.guard)
    except InvalidInput as error:
        details = [entry["detail"] for entry in error.errors] or [error.detail]
        yield from (str(detail) for detail in details)


def _of_step(ctx: Context, object: str, step: Any) -> Iterator[str]:
    for name in ("title", "text", "subject", "body"):
        for place in unknown_places(getattr(step, name, "")):
            yield str(Phrase("%(place)s is no field that a text can hold.", place=place))
    if isinstance(step, steps.MoveStage) and not Stage.objects.filter(pk=step.stage_id).exists():
        yield str(Phrase("A step's stage is gone: choose another one."))
    if isinstance(step, steps.Assign):
        if (step.member_id is None) == (step.rule_id is None):
            yield str(Phrase("Say to whom the record is assigned: a member or a rule."))
        elif step.rule_id is not None and not RoutingRule.objects.filter(pk=step.rule_id).exists():
            yield str(Phrase("A step's routing rule is gone: choose another one."))
    yield from _of_names(step)
    if isinstance(step, steps.WaitFor):
        yield from _of_filter(ctx, object, step.filter)
    if isinstance(step, steps.Branch) and isinstance(step.test, steps.Matches):
        yield from _of_filter(ctx, object, step.test.filter)


def _of_names(step: Any) -> Iterator[str]:
    """What is wrong with the team or the sequence that a step names."""
    if isinstance(step, steps.ClaimPool) and step.team_id is not None:
        if not Team.objects.filter(pk=step.team_id).exists():
            yield str(Phrase("A step's team is gone: choose another one."))
    elif isinstance(step, steps.Enroll):
        state = Sequence.objects.filter(pk=step.sequence_id).values_list("state", flat=True).first()
        if state in (None, Sequence.State.ARCHIVED):
            yield str(Phrase("A step's sequence is gone: choose another one."))
