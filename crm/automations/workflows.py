"""Automations as durable runs: an interpreter that turns a definition's steps into journal steps.

A run follows the version that it began with. Each step's journal name holds its kind and its id. A record that is gone
or in the bin ends the run.
"""

from datetime import UTC, timedelta
from functools import singledispatch
from typing import Any
from zoneinfo import ZoneInfo

from accounts.permissions import Permission
from accounts.zones import time_zone_of
from crm.automations import creating, doing, facts, outside
from crm.automations import definition as steps
from crm.automations.definition import Definition, Object
from crm.automations.models import AutomationVersion
from crm.automations.records import KINDS
from crm.automations.schemas import Plan
from realtime.functions import Context, Id, NotFound, Phrase, query
from workflows import BusinessHours, Step, StepFailed, workflow

#: Why a step is passed over.
NO_OWNER = Phrase("The record has no owner.")
NO_CONTACT = Phrase("The record has no contact.")
NO_DEAL = Phrase("The record has no deal.")
#: How often a wait for conditions looks at them without being told, and how often at most.
LOOK, MOST_LOOKS = timedelta(days=1), 500


def named(node: Any) -> str:
    """A step in the journal: what it does, for people, and the builder's id."""
    return f"{node.kind}/{node.id}"


class Ended(Exception):
    """The run stops here on purpose."""


class Course:
    """One run's way through its definition."""

    def __init__(self, step: Step, object: Object, record_id: int, zone: str) -> None:
        self.step = step
        self.object = object
        self.record_id = record_id
        self.zone = zone
        self.began = step.now()
        self.has_refusal = False
        #: The field and the day that a date trigger began for.
        self.reached: dict[str, str] | None = None

    def facts(self) -> Any:
        """The record as it is when a step is reached; Ended if it is gone, or its date was moved."""
        args = self.key if self.reached is None else {**self.key, "reached": self.reached}
        found = self.step.run_query(facts.get_facts, args, name="facts")
        if not found["is_there"]:
            raise Ended(str(Phrase("The record is gone or in the bin.")))
        if found.get("is_moved"):
            raise Ended(str(Phrase("The date was moved: it begins again at the new one.")))
        return found

    def after(self, days: int, **more: int) -> timedelta:
        """A length of days by the firm's clock, which summer time makes longer or shorter by an hour, and the rest."""
        now = self.step.now()
        zone = ZoneInfo(self.zone)
        local = now.astimezone(zone)
        there = (local.replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=zone)
        return there.astimezone(UTC) - now + timedelta(**more)

    @property
    def key(self) -> dict[str, Any]:
        """What names the record."""
        return {"object": self.object, "record_id": self.record_id}

    def members(self, who: str | int, known: Any) -> list[int]:
        """The members that a step means by owner, leader or an id."""
        if isinstance(who, int):
            return [who]
        if who == "leader" and known["leader_ids"]:
            return list(known["leader_ids"])
        return [] if known["owner_id"] is None else [known["owner_id"]]

    def refuse(self, node: Any, why: object) -> None:
        """Say which step could not be done for this record, and why; the rest goes on."""
        self.has_refusal = True
        self.step.set_status(f"{node.kind} was refused: {why}"[:200])

    def follow(self, listed: list[Any]) -> None:
        """Do steps in their order."""
        for node in listed:
            try:
                do(node, self)
            except StepFailed as failed:
                # A refusal (a stage that asks for a field, a tag that is gone) is in the timeline; the rest goes on.
                self.refuse(node, failed.error.get("detail", ""))


@singledispatch
def do(node: Any, course: Course) -> None:
    """Do one step."""
    raise TypeError(type(node))


@do.register
def _wait(node: steps.Wait, course: Course) -> None:
    if node.days or node.hours or node.minutes:
        length = course.after(node.days, hours=node.hours, minutes=node.minutes)
        course.step.sleep(length, name=named(node))
    if node.business_hours:
        course.step.sleep_until(BusinessHours(course.zone), name=f"{named(node)}/open")


@do.register
def _wait_for(node: steps.WaitFor, course: Course) -> None:
    until = course.step.now() + timedelta(days=node.days)
    args = {**course.key, "filter": node.filter.model_dump(mode="json", exclude_unset=True)}
    while not course.step.run_query(facts.match_record, args, name=named(node))["matches"]:
        left = until - course.step.now()
        if left <= timedelta(0):
            return
        # Conditions also begin to hold by time going by, or by a change of another record: looked at every day.
        course.step.await_event(
            "changed", timeout=min(left, max(LOOK, timedelta(days=node.days) / MOST_LOOKS))
        )


@do.register
def _create_task(node: steps.CreateTask, course: Course) -> None:
    known = course.facts()
    whose = course.members(node.assignee, known)[:1]
    if not whose:
        course.refuse(node, NO_OWNER)
    for member_id in whose:
        args: dict[str, Any] = {"title": facts.merged(node.title, known)[:200], "owner_id": member_id}
        args |= {name: known[name] for name in ("contact_id", "deal_id") if known[name] is not None}
        if node.due_days is not None:
            today = course.step.now().astimezone(ZoneInfo(course.zone)).date()
            args["due_date"] = today + timedelta(days=node.due_days)
        course.step.run_mutation("tasks.create_task", args, name=named(node))


@do.register
def _create_record(node: steps.CreateRecord, course: Course) -> None:
    known = course.facts()
    args = creating.arguments_of(node, known, course.members(node.owner, known)[:1])
    made: Any = course.step.run_mutation(creating.function_of(node), args, name=named(node))
    # A contact's new company is theirs, if they had none.
    if node.object == "company" and course.object == "contact" and known.get("company_id") is None:
        changes = {"contact_id": course.record_id, "changes": {"company_id": made["id"]}}
        course.step.run_mutation("contacts.update_contact", changes, name=f"{named(node)}/link")


@do.register
def _update_field(node: steps.UpdateField, course: Course) -> None:
    known = course.facts()
    value = facts.merged(node.value, known) if isinstance(node.value, str) else node.value
    if course.reached is not None and node.field == course.reached["field"]:
        course.reached = None  # the date that is moved now is moved by the automation itself
    name, _dot, custom = node.field.partition(".")
    changes = {"custom": {custom: value}} if name == "custom" else {node.field: value}
    course.step.run_mutation(
        f"{KINDS[course.object].area}.update_{course.object}",
        {f"{course.object}_id": course.record_id, "changes": changes},
        name=named(node),
    )


@do.register
def _move_stage(node: steps.MoveStage, course: Course) -> None:
    deal_id = course.facts()["deal_id"]
    if deal_id is not None:
        course.step.run_mutation(
            "deals.move_deal", {"deal_id": deal_id, "stage_id": node.stage_id}, name=named(node)
        )
    else:
        course.refuse(node, NO_DEAL)


@do.register
def _assign(node: steps.Assign, course: Course) -> None:
    course.facts()
    if node.rule_id is not None:
        course.step.run_mutation(doing.give_out, {**course.key, "rule_id": node.rule_id}, name=named(node))
    else:
        name = f"{KINDS[course.object].area}.assign_{course.object}"
        args = {f"{course.object}_id": course.record_id, "owner_id": node.member_id}
        course.step.run_mutation(name, args, name=named(node))


@do.register
def _claim_pool(node: steps.ClaimPool, course: Course) -> None:
    contact_id = course.facts()["contact_id"]
    if contact_id is not None:
        args = {"contact_id": contact_id, "team_id": node.team_id}
        course.step.run_mutation(doing.offer_contact, args, name=named(node))
    else:
        course.refuse(node, NO_CONTACT)


@do.register
def _enroll(node: steps.Enroll, course: Course) -> None:
    contact_id = course.facts()["contact_id"]
    if contact_id is not None:
        args = {"sequence_id": node.sequence_id, "contact_id": contact_id}
        course.step.run_mutation("sequences.enroll_contact", args, name=named(node))
    else:
        course.refuse(node, NO_CONTACT)


@do.register
def _unenroll(node: steps.Unenroll, course: Course) -> None:
    contact_id = course.facts()["contact_id"]
    if contact_id is not None:
        args = {"sequence_id": node.sequence_id, "contact_id": contact_id}
        course.step.run_mutation("sequences.unenroll_contact", args, name=named(node))
    else:
        course.refuse(node, NO_CONTACT)


@do.register
def _add_tag(node: steps.AddTag, course: Course) -> None:
    contact_id = course.facts()["contact_id"]
    if contact_id is not None:
        course.step.run_mutation(
            "contacts.tag_contact", {"contact_id": contact_id, "tag": node.tag}, name=named(node)
        )
    else:
        course.refuse(node, NO_CONTACT)


@do.register
def _add_note(node: steps.AddNote, course: Course) -> None:
    known = course.facts()
    word = course.object if course.object != "task" else "deal" if known["deal_id"] else "contact"
    record_id = course.record_id if word == course.object else known[f"{word}_id"]
    if record_id is not None:
        args = {f"{word}_id": record_id, "body": facts.merged(node.body, known)}
        course.step.run_mutation("activities.create_activity", args, name=named(node))
    else:
        course.refuse(node, NO_CONTACT)


@do.register
def _notify(node: steps.Notify, course: Course) -> None:
    known = course.facts()
    members = course.members(node.to, known)
    if not members:
        course.refuse(node, NO_OWNER)
    args = {
        "member_ids": members,
        "text": facts.merged(node.text, known)[:200] or known["name"] or "…",
        "link": known["link"],
    }
    course.step.run_mutation(doing.notify_members, args, name=named(node))


@do.register
def _send_email(node: steps.SendEmail, course: Course) -> None:
    known = course.facts()
    text = {
        "subject": " ".join(facts.merged(node.subject, known).split())[:200] or known["name"] or "…",
        "body": facts.merged(node.body, known) or "…",
    }
    if known["owner_id" if node.to == "owner" else "contact_id"] is None:
        course.refuse(node, NO_OWNER if node.to == "owner" else NO_CONTACT)
    elif node.to == "owner":
        for member_id in course.members("owner", known):
            course.step.run_mutation(doing.email_member, {"member_id": member_id, **text}, name=named(node))
    else:
        course.step.run_mutation(
            doing.email_contact, {"contact_id": known["contact_id"], **text}, name=named(node)
        )


@do.register
def _call_webhook(node: steps.CallWebhook, course: Course) -> None:
    known = course.facts()
    args = {"url": node.url, "event": {**course.key, "fields": known["fields"]}}
    course.step.run_action(outside.post_json, args, name=named(node), retry=outside.RETRY)


@do.register
def _stop(node: steps.Stop, course: Course) -> None:
    raise Ended(str(Phrase("The automation ends here.")))


@do.register
def _branch(node: steps.Branch, course: Course) -> None:
    course.follow(node.yes if _holds(node, course) else node.no)


def _holds(node: steps.Branch, course: Course) -> bool:
    test = node.test
    if isinstance(test, steps.Matches):
        args = {**course.key, "filter": test.filter.model_dump(mode="json", exclude_unset=True)}
        return course.step.run_query(facts.match_record, args, name=named(node))["matches"]
    contact_id = course.facts()["contact_id"]
    if contact_id is None:
        return False
    args = {"contact_id": contact_id, "since": course.began}
    return course.step.run_query(facts.has_replied, args, name=named(node))["replied"]


@query(permission=Permission.SYSTEM)
def get_plan(ctx: Context, *, version_id: Id) -> Plan:
    """Read the version that a run follows, and where its days begin."""
    stored = AutomationVersion.objects.filter(pk=version_id).values_list("definition", flat=True).first()
    if stored is None:
        raise NotFound("The automation was deleted.")
    return {"definition": stored, "time_zone": time_zone_of(ctx.schema)}


def run(step: Step, object: Object, version_id: int, record_id: int, reached: str = "") -> str:
    """Follow a version's steps for a record; returns how it ended. ``reached`` is the day that a date trigger met."""
    plan = step.run_query(get_plan, {"version_id": version_id}, name="plan")
    course = Course(step, object, record_id, plan["time_zone"])
    definition = Definition.model_validate(plan["definition"])
    if reached and isinstance(definition.trigger, steps.DateReached):
        course.reached = {"field": definition.trigger.field, "day": reached}
    try:
        course.follow(definition.steps)
    except Ended as ended:
        if not course.has_refusal:  # which stays to be read
            step.set_status(str(ended))
        return str(ended)
    return "Done."


@workflow("automations.contact", subject="contact", retention="90d", rests_when_held=True)
def contact_run(step: Step, *, automation_id: Id, version_id: Id, contact_id: Id, reached: str = "") -> str:
    """An automation for a contact."""
    return run(step, "contact", version_id, contact_id, reached)


@workflow("automations.company", subject="company", retention="90d", rests_when_held=True)
def company_run(step: Step, *, automation_id: Id, version_id: Id, company_id: Id, reached: str = "") -> str:
    """An automation for a company."""
    return run(step, "company", version_id, company_id, reached)


@workflow("automations.deal", subject="deal", retention="90d", rests_when_held=True)
def deal_run(step: Step, *, automation_id: Id, version_id: Id, deal_id: Id, reached: str = "") -> str:
    """An automation for a deal."""
    return run(step, "deal", version_id, deal_id, reached)


@workflow("automations.task", subject="task", retention="90d", rests_when_held=True)
def task_run(step: Step, *, automation_id: Id, version_id: Id, task_id: Id, reached: str = "") -> str:
    """An automation for a task."""
    return run(step, "task", version_id, task_id, reached)
