"""A dry run: what a draft would do with a record now, in words and without doing it."""

from collections.abc import Iterator
from functools import singledispatch
from typing import Any

from accounts.actor import system_context
from accounts.permissions import Permission
from accounts.roles.models import Member, Team
from accounts.roles.policy import get_visible
from crm.automations import definition as steps
from crm.automations.checks import problems_of
from crm.automations.creating import name_of
from crm.automations.definition import read
from crm.automations.facts import get_facts, matches, merged
from crm.automations.models import Automation, RoutingRule
from crm.automations.records import KINDS
from crm.automations.schemas import Trial, TrialStep
from crm.deals.models import Stage
from crm.filters.catalogs import Finder, catalog_of
from crm.sequences.models import Sequence
from realtime.functions import Context, Id, NotFound, Phrase, query


@query(permission=Permission.AUTOMATION_MANAGE)
def try_automation(ctx: Context, *, automation_id: Id, record_id: Id) -> Trial:
    """Say what the draft would do with a record that you may see; waits are passed over, nothing is done.

    Branches go the way that they would go now.
    """
    row = Automation.objects.filter(pk=automation_id).first()
    if row is None:
        raise NotFound("There is no automation with this id.")
    draft = read(row.draft)
    object = draft.object
    live = KINDS[object].model.objects.filter(archived_at=None)
    get_visible(ctx, Permission(f"{object}.view"), live, record_id)
    # Steps act as the system: what they would find is found as the system finds it.
    system = system_context(ctx.schema)
    known = get_facts(system, object=object, record_id=record_id)
    admitted = matches(system, object, record_id, draft.only_if)
    wrong = dict(reversed(problems_of(ctx, draft)))
    course = Course(system, object, record_id, known, wrong)
    found = list(course.follow(draft.steps, 0)) if admitted else []
    return {"admitted": admitted, "record_name": known["name"], "steps": found}


class Course:
    """The way through a draft."""

    def __init__(self, ctx: Context, object: Any, record_id: int, known: Any, wrong: dict[str, str]) -> None:
        self.ctx, self.object, self.record_id, self.known = ctx, object, record_id, known
        self.wrong = wrong
        self.is_over = False

    def follow(self, listed: list[Any], depth: int) -> Iterator[TrialStep]:
        """What each step would do."""
        for node in listed:
            if self.is_over:
                return
            problem = self.wrong.get(node.id, "")
            said = str(would(node, self))
            yield {"id": node.id, "kind": node.kind, "would": said, "depth": depth, "problem": problem}
            if isinstance(node, steps.Stop):
                self.is_over = True
            elif isinstance(node, steps.Branch):
                yield from self.follow(node.yes if holds(node, self) else node.no, depth + 1)

    def name_of(self, who: str | int) -> str:
        """The member that a step means, by name."""
        if who == "leader" and self.known["leader_ids"]:
            who = self.known["leader_ids"][0]
        elif not isinstance(who, int):
            who = self.known["owner_id"] or 0
        return Member.objects.filter(pk=who).values_list("name", flat=True).first() or "–"


def holds(node: steps.Branch, course: Course) -> bool:
    """Which way a branch goes now; nobody has replied to what was not sent."""
    if isinstance(node.test, steps.Matches):
        return matches(course.ctx, course.object, course.record_id, node.test.filter)
    return False


#: Parts of a wait in words.
LENGTHS = {"days": "%(number)s d", "hours": "%(number)s h", "minutes": "%(number)s min"}


@singledispatch
def would(node: Any, course: Course) -> Phrase:
    """What a step would do, in a sentence."""
    raise TypeError(type(node))


@would.register
def _wait(node: steps.Wait, course: Course) -> Phrase:
    lengths = {"days": node.days, "hours": node.hours, "minutes": node.minutes}
    said = [str(Phrase(LENGTHS[name], number=number)) for name, number in lengths.items() if number]
    if node.business_hours:
        return Phrase("Wait %(length)s, then for business hours.", length=", ".join(said) or "0")
    return Phrase("Wait %(length)s.", length=", ".join(said) or "0")


@would.register
def _wait_for(node: steps.WaitFor, course: Course) -> Phrase:
    return Phrase("Wait until the conditions hold, at most %(days)s days.", days=node.days)


@would.register
def _create_task(node: steps.CreateTask, course: Course) -> Phrase:
    title = merged(node.title, course.known)
    return Phrase("Create the task %(title)s for %(who)s.", title=title, who=course.name_of(node.assignee))


@would.register
def _create_record(node: steps.CreateRecord, course: Course) -> Phrase:
    said = {"name": merged(name_of(node), course.known), "who": course.name_of(node.owner)}
    return {
        "contact": Phrase("Create the contact %(name)s for %(who)s.", **said),
        "company": Phrase("Create the company %(name)s for %(who)s.", **said),
        "deal": Phrase("Create the deal %(name)s for %(who)s.", **said),
    }[node.object]


@would.register
def _update_field(node: steps.UpdateField, course: Course) -> Phrase:
    value = merged(node.value, course.known) if isinstance(node.value, str) else node.value
    field = Finder(course.ctx, catalog_of(course.object)).get(node.field)
    label = node.field if field is None else str(field.label)
    return Phrase("Set %(field)s to %(value)s.", field=label, value="–" if value is None else value)


@would.register
def _move_stage(node: steps.MoveStage, course: Course) -> Phrase:
    name = Stage.objects.filter(pk=node.stage_id).values_list("name", flat=True).first() or "–"
    return Phrase("Move the deal to %(stage)s.", stage=name)


@would.register
def _assign(node: steps.Assign, course: Course) -> Phrase:
    if node.rule_id is not None:
        name = RoutingRule.objects.filter(pk=node.rule_id).values_list("name", flat=True).first() or "–"
        return Phrase("Assign it to the next member of %(rule)s.", rule=name)
    return Phrase("Assign it to %(who)s.", who=course.name_of(node.member_id or 0))


@would.register
def _claim_pool(node: steps.ClaimPool, course: Course) -> Phrase:
    name = (
        Team.objects.filter(pk=node.team_id).values_list("name", flat=True).first() if node.team_id else None
    )
    if name is None:
        return Phrase("Put the contact into the pool of everybody.")
    return Phrase("Put the contact into the pool of %(team)s.", team=name)


@would.register
def _enroll(node: steps.Enroll, course: Course) -> Phrase:
    return Phrase("Enrol the contact in %(sequence)s.", sequence=_sequence(node.sequence_id))


@would.register
def _unenroll(node: steps.Unenroll, course: Course) -> Phrase:
    if node.sequence_id is None:
        return Phrase("Take the contact out of all sequences.")
    return Phrase("Take the contact out of %(sequence)s.", sequence=_sequence(node.sequence_id))


def _sequence(sequence_id: int) -> str:
    return Sequence.objects.filter(pk=sequence_id).values_list("name", flat=True).first() or "–"


@would.register
def _add_tag(node: steps.AddTag, course: Course) -> Phrase:
    return Phrase("Tag the contact %(tag)s.", tag=node.tag)


@would.register
def _add_note(node: steps.AddNote, course: Course) -> Phrase:
    return Phrase("Note: %(body)s", body=merged(node.body, course.known))


@would.register
def _notify(node: steps.Notify, course: Course) -> Phrase:
    return Phrase("Tell %(who)s: %(text)s", who=course.name_of(node.to), text=merged(node.text, course.known))


@would.register
def _send_email(node: steps.SendEmail, course: Course) -> Phrase:
    contact = course.known["fields"].get("contact", {}).get("email", "")
    whom = course.name_of("owner") if node.to == "owner" else contact or "–"
    return Phrase("Write to %(whom)s: %(subject)s", whom=whom, subject=merged(node.subject, course.known))


@would.register
def _call_webhook(node: steps.CallWebhook, course: Course) -> Phrase:
    return Phrase("Send the record to %(url)s.", url=node.url)


@would.register
def _stop(node: steps.Stop, course: Course) -> Phrase:
    return Phrase("End here.")


@would.register
def _branch(node: steps.Branch, course: Course) -> Phrase:
    return Phrase("The conditions hold.") if holds(node, course) else Phrase("The conditions do not hold.")
