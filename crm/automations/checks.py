"""What is wrong with a definition, in sentences, before it is published.

What steps name (stages, members, sequences) is read once a kind, however many steps there are. Fields are looked at as
whoever asks sees them: nobody can publish what shows or writes a field that their role hides from them.
"""

from collections.abc import Callable, Iterator
from typing import Any

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.automations import definition as steps
from crm.automations.changed import problems_of_change
from crm.automations.creating import problems_of_new
from crm.automations.definition import ABOUT, Definition, object_of, walk
from crm.automations.facts import unknown_places
from crm.automations.named import Named
from crm.automations.settable import problem_of_value
from crm.filters.catalogs import Asking, Finder, catalog_of
from crm.filters.compile import compile_filter
from crm.filters.fields import Kind
from crm.filters.grammar import conditions_of
from crm.filters.searching import zone_of
from realtime.functions import Context, InvalidInput, Phrase
from workflows.cron import Cron

#: Comparisons with whoever asks: nobody does when an automation runs.
PERSONAL = ("is_me", "is_not_me", "my_teams", "not_my_teams")
DATES = (Kind.DATE, Kind.MOMENT)
#: Where in the definition something is wrong: a step's id, or "" for the trigger and the whole.
Problem = tuple[str, str]


def problems_of(ctx: Context, definition: Definition) -> list[Problem]:
    """Everything that keeps a definition from doing what it says; empty when it can be published."""
    return list(Check(ctx, definition).all())


class Check:
    """One look at a definition."""

    def __init__(self, ctx: Context, definition: Definition) -> None:
        self.ctx, self.definition = ctx, definition
        self.object = object_of(definition.trigger)
        self.finder = Finder(ctx, catalog_of(self.object))
        self.named = Named(definition)

    def all(self) -> Iterator[Problem]:
        """The trigger's problems, then each step's."""
        yield from (("", str(found)) for found in self._of_trigger(self.definition.trigger))
        yield from (("", str(found)) for found in self._of_filter(self.definition.only_if))
        if not self.definition.steps:
            yield "", str(Phrase("Add a step: without one nothing happens."))
        for step, _list, _depth in walk(self.definition.steps):
            yield from ((step.id, str(found)) for found in self._of_step(step))

    # -- the trigger ----------------------------------------------------------------------------------------

    def _of_trigger(self, trigger: Any) -> Iterator[object]:
        if isinstance(trigger, steps.StageEntered) and trigger.stage_id not in self.named.stages:
            yield Phrase("The trigger's stage is gone: choose another one.")
        if isinstance(trigger, steps.FormSent) and trigger.form_id not in (None, *self.named.forms):
            yield Phrase("The trigger's form is gone: choose another one.")
        if isinstance(trigger, steps.Scheduled):
            try:
                Cron(trigger.cron).check()
            except InvalidInput as error:
                yield error.detail
        if isinstance(trigger, steps.DateReached):
            field = self.finder.get(trigger.field)
            if field is None or field.kind not in DATES:
                yield Phrase("There is no date %(field)s to wait for.", field=trigger.field)
        if isinstance(trigger, steps.RecordChanged) and trigger.field is not None:
            yield from self._of_change(trigger)

    def _of_change(self, trigger: steps.RecordChanged) -> Iterator[object]:
        field = self.finder.get(trigger.field or "")
        if field is None or field.through:
            yield Phrase("There is no field %(field)s to watch.", field=trigger.field)
        else:
            yield from problems_of_change(self.object, trigger, field)

    # -- conditions -----------------------------------------------------------------------------------------

    def _of_filter(self, filter: Any) -> Iterator[object]:
        if filter is None:
            return
        try:
            compile_filter(filter, self.finder.find, Asking(self.ctx, zone_of("UTC")), self.finder.guard)
        except InvalidInput as error:
            yield from [entry["detail"] for entry in error.errors] or [error.detail]
        if any(node.op in PERSONAL for node in conditions_of(filter)):
            yield Phrase("“Me” and “my teams” mean nobody when an automation runs: choose members or teams.")

    # -- steps ----------------------------------------------------------------------------------------------

    def _of_step(self, step: Any) -> Iterator[object]:
        if self.object not in ABOUT.get(step.kind, (self.object,)):
            yield Phrase("This step means nothing for this kind of record.")
            return
        for name in ("title", "text", "subject", "body", "value"):
            yield from self._of_text(getattr(step, name, None))
        for check in (self._of_names, self._of_people, self._of_value):
            yield from check(step)
        if isinstance(step, steps.CreateRecord):
            for value in step.values.values():
                yield from self._of_text(value)
            yield from problems_of_new(self.ctx, step, self.named.stages)
        if isinstance(step, steps.WaitFor):
            yield from self._of_filter(step.filter)
        if isinstance(step, steps.Branch) and isinstance(step.test, steps.Matches):
            yield from self._of_filter(step.test.filter)

    def _of_text(self, text: object) -> Iterator[object]:
        if not isinstance(text, str):
            return
        for place in unknown_places(text, lambda noun: scope_of(self.ctx).hidden_fields(noun)):
            yield Phrase("%(place)s is not a field that a text can hold.", place=place)

    def _of_names(self, step: Any) -> Iterator[object]:
        """What is wrong with the stage, rule, team or sequence that a step names."""
        gone: list[tuple[type, str, Callable[[], Any], Phrase]] = [
            (steps.MoveStage, "stage_id", lambda: self.named.stages, Phrase("The stage is gone: choose another one.")),
            (steps.ClaimPool, "team_id", lambda: self.named.teams, Phrase("The team is gone: choose another one.")),
            (steps.Enroll, "sequence_id", lambda: self.named.sequences,
             Phrase("The sequence is gone: choose another one.")),
            (steps.Assign, "rule_id", lambda: self.named.rules,
             Phrase("The routing rule is gone: choose another one.")),
        ]  # fmt: skip
        for kind, name, known, said in gone:
            value = getattr(step, name, None) if isinstance(step, kind) else None
            if value is not None and value not in known():
                yield said
        if isinstance(step, steps.Assign) and (step.member_id is None) == (step.rule_id is None):
            yield Phrase("Say who gets the record: a member or a rule.")

    def _of_people(self, step: Any) -> Iterator[object]:
        for name in ("member_id", "assignee", "to", "owner"):
            who = getattr(step, name, None)
            if isinstance(who, int) and who not in self.named.members:
                yield Phrase("The member is gone: choose another one.")

    def _of_value(self, step: Any) -> Iterator[object]:
        if isinstance(step, steps.UpdateField):
            found = problem_of_value(self.ctx, self.object, step.field, step.value)
            if found is not None:
                yield found
        if isinstance(step, steps.Assign) and not scope_of(self.ctx).allows(
            Permission(f"{self.object}.assign")
        ):
            yield Phrase("Your role may not assign such records.")
