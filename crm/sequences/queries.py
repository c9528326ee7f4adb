"""Reading sequences, and where contacts stand in them."""

from collections.abc import Collection
from typing import Any, cast

from django.db.models import Count, F, Q, Sum

from accounts.permissions import Permission
from accounts.roles.policy import member_id_of, scope_of, visible_to
from crm.contacts.models import Contact
from crm.sequences.checks import problems_of
from crm.sequences.models import Enrollment, Figure, Intake, Sequence, SequenceStep, Visit
from crm.sequences.schemas import (
    EnrollmentDetail,
    EnrollmentRow,
    EnrollmentState,
    IntakeRow,
    SequenceDetail,
    SequenceRow,
    SequenceState,
    StepRow,
)
from realtime.functions import Context, Cursor, Id, Limit, NotFound, Page, query, take_page
from workflows.runs.models import Run

VIEW = Permission.SEQUENCE_VIEW
COUNTED = ("entered", "here", "sent", "done", "skipped", "replied", "stopped", "failed", "opened", "clicked")
ROW = ("id", "name", "description", "state", "updated_at", "version")
RULES = (
    "stop_on_reply", "stop_on_contact_stages", "stop_on_deal_stages", "opens_at", "closes_at", "days", "daily_limit",
    "pace_seconds", "sender_id", "sender__name",
)  # fmt: skip
ENROLLMENT = (
    "id", "contact_id", "sequence_id", "state", "stop_reason", "origin", "step_id", "next_at", "created_at",
    "finished_at", "version", "run_id",
)  # fmt: skip
RENAMED = {
    "sequence_name": F("sequence__name"),
    "step_kind": F("step__kind"),
    "step_position": F("step__position"),
    "enrolled_by_name": F("enrolled_by__name"),
}
#: What a contact goes by, the first that there is.
NAMES = {"full_name": F("contact__full_name"), "email": F("contact__email"), "phone": F("contact__phone")}
#: A contact's enrollments that are shown, the latest first.
MOST_OF_CONTACT = 50


@query(permission=VIEW)
def list_sequences(
    ctx: Context, *, state: SequenceState | None = None, cursor: Cursor | None = None, limit: Limit = 50
) -> Page[SequenceRow]:
    """List the sequences by name with their figures; archived ones only if asked for."""
    found = Sequence.objects.all()
    found = found.filter(state=state) if state else found.exclude(state=Sequence.State.ARCHIVED)
    rows, next_cursor = take_page(found.values(*ROW), order=("name", "id"), cursor=cursor, limit=limit)
    ids = [row["id"] for row in rows]
    figures = _figures_by_sequence(ids)
    live = SequenceStep.objects.filter(sequence__in=ids, removed_at__isnull=True).order_by()
    counts = dict(live.values_list("sequence").annotate(Count("id")))
    data: Any = [
        {**row, "step_count": counts.get(row["id"], 0), "figures": figures[row["id"]]} for row in rows
    ]
    return {"data": data, "next_cursor": next_cursor}


def _figures_by_sequence(ids: list[int]) -> dict[int, dict[str, int]]:
    """The figures of sequences, summed over their shards."""
    own = Q(step_id__isnull=True)
    sums: Any = (
        Figure.objects.filter(sequence_id__in=ids)
        .order_by()
        .values("sequence_id")
        .annotate(
            enrolled=Sum("entered", filter=own),
            active=Sum("here", filter=own),
            finished=Sum("done", filter=own),
            answered=Sum("replied", filter=own),
            ended=Sum("stopped", filter=own),
            mailed=Sum("sent", filter=~own),
        )
    )
    names = {"enrolled": "enrolled", "active": "active", "finished": "finished", "answered": "replied",
             "ended": "stopped", "mailed": "sent"}  # fmt: skip
    found = {pk: dict.fromkeys(names.values(), 0) for pk in ids}
    for row in sums:
        found[row["sequence_id"]] = {word: row[name] or 0 for name, word in names.items()}
    return found


@query(permission=VIEW)
def get_sequence(ctx: Context, *, sequence_id: Id) -> SequenceDetail:
    """Read a sequence with its rules, its steps with their figures, and what keeps it from being published."""
    row = Sequence.objects.filter(pk=sequence_id).values(*ROW, *RULES).first()
    if row is None:
        raise NotFound("There is no sequence with this id.")
    row["sender_name"] = row.pop("sender__name")
    steps = steps_of(sequence_id)
    found: Any = {
        **row, "figures": _figures_by_sequence([sequence_id])[sequence_id], "steps": steps,
        "problems": problems_of(row, steps),
    }  # fmt: skip
    return cast("SequenceDetail", found)


@query(permission=VIEW)
def list_steps(ctx: Context, *, sequence_id: Id) -> list[StepRow]:
    """List a sequence's steps in their order, each with its figures."""
    if not Sequence.objects.filter(pk=sequence_id).exists():
        raise NotFound("There is no sequence with this id.")
    return steps_of(sequence_id)


def steps_of(sequence_id: int) -> list[StepRow]:
    """The steps in their order; deleted ones only while contacts are at them."""
    sums = {name: Sum(name) for name in COUNTED}
    figures = Figure.objects.filter(sequence_id=sequence_id, step_id__isnull=False).order_by()
    values: Any = figures.values("step_id").annotate(**sums)
    counted: dict[int, dict[str, int]] = {row.pop("step_id"): row for row in values}
    rows: Any = SequenceStep.objects.filter(sequence=sequence_id).order_by("position", "id")
    found: list[Any] = []
    for row in rows.values("id", "position", "kind", "params", "template_id", "template__name", "removed_at"):
        own = {name: counted.get(row["id"], {}).get(name) or 0 for name in COUNTED}
        is_removed = row.pop("removed_at") is not None
        row["template_name"] = row.pop("template__name")
        if not is_removed or own["here"]:
            found.append({**row, "is_removed": is_removed, "figures": own})
    return found


@query(permission=VIEW)
def list_enrollments(
    ctx: Context,
    *,
    sequence_id: Id,
    state: EnrollmentState | None = None,
    cursor: Cursor | None = None,
    limit: Limit = 50,
) -> Page[EnrollmentRow]:
    """List the contacts that you may see who are or were in a sequence, the latest first."""
    if not Sequence.objects.filter(pk=sequence_id).exists():
        raise NotFound("There is no sequence with this id.")
    found = seen_enrollments(ctx).filter(sequence=sequence_id)
    if state is not None:
        found = found.filter(state=state)
    rows, next_cursor = take_page(
        found.values(*ENROLLMENT, **RENAMED, **NAMES), order=("-id",), cursor=cursor, limit=limit
    )
    return {"data": _rows(ctx, rows), "next_cursor": next_cursor}


@query(permission=VIEW)
def list_enrollments_of_contact(ctx: Context, *, contact_id: Id) -> list[EnrollmentRow]:
    """List the sequences that a contact is or was in, the latest first."""
    found = seen_enrollments(ctx).filter(contact=contact_id).order_by("-id")
    rows = list(found.values(*ENROLLMENT, **RENAMED, **NAMES)[:MOST_OF_CONTACT])
    contacts = visible_to(ctx, Permission.CONTACT_VIEW, Contact.objects.filter(pk=contact_id))
    if not rows and not contacts.exists():  # who sees an enrollment sees its contact
        raise NotFound("There is no contact with this id.")
    return _rows(ctx, rows)


@query(permission=VIEW)
def get_enrollment(ctx: Context, *, enrollment_id: Id) -> EnrollmentDetail:
    """Read where a contact stands in a sequence, and what became of the steps so far."""
    row = seen_enrollments(ctx).filter(pk=enrollment_id).values(*ENROLLMENT, **RENAMED, **NAMES).first()
    if row is None:
        raise NotFound("There is no enrollment with this id.")
    visits = Visit.objects.filter(enrollment=enrollment_id).order_by("id").values(
        "step_id", "state", "replied", "message_id", "note", "entered_at", "left_at",
        kind=F("step__kind"), position=F("step__position"),
    )  # fmt: skip
    found: Any = {**_rows(ctx, [row])[0], "visits": list(visits)}
    return cast("EnrollmentDetail", found)


@query(permission=VIEW)
def list_intakes(
    ctx: Context, *, sequence_id: Id, cursor: Cursor | None = None, limit: Limit = 50
) -> Page[IntakeRow]:
    """List what was enrolled by a filter, the latest first: your own, or everybody's if you manage sequences."""
    if not Sequence.objects.filter(pk=sequence_id).exists():
        raise NotFound("There is no sequence with this id.")
    found = Intake.objects.filter(sequence=sequence_id)
    if not scope_of(ctx).allows(Permission.SEQUENCE_MANAGE):
        found = found.filter(member=member_id_of(ctx))
    columns = (
        "id",
        "sequence_id",
        "expected",
        "found",
        "enrolled",
        "passed_over",
        "created_at",
        "finished_at",
        "error",
    )
    values = found.values(*columns, member_name=F("member__name"))
    rows, next_cursor = take_page(values, order=("-id",), cursor=cursor, limit=limit)
    return {"data": rows, "next_cursor": next_cursor}


def seen_enrollments(ctx: Context) -> Any:
    """The enrollments of contacts that the actor may see."""
    return visible_to(ctx, Permission.CONTACT_VIEW, Enrollment.objects.all())


def _rows(ctx: Context, rows: Any) -> list[Any]:
    """Rows as they are answered; with how the run stands for those who may see runs."""
    may_look = scope_of(ctx).allows(Permission.RUN_VIEW)
    statuses: dict[int, str] = {}
    run_ids = [row["run_id"] for row in rows if row["run_id"] is not None]
    if may_look and run_ids:
        statuses = dict(Run.objects.filter(pk__in=run_ids).values_list("pk", "status"))
    hidden = scope_of(ctx).hidden_fields("contact")
    for row in rows:
        row["contact_name"] = _name(row, hidden)
        row["run_id"] = row["run_id"] if may_look else None
        row["run_status"] = statuses.get(row["run_id"])
    return list(rows)


def _name(row: dict[str, Any], hidden: Collection[str]) -> str:
    """What the contact goes by, of what the actor's role may see; takes the columns out of the row."""
    found = [(name, row.pop(name)) for name in NAMES]
    parts = {"full_name": ("full_name", "first_name", "last_name")}
    shown = [text for name, text in found if text and not {*parts.get(name, (name,))} & set(hidden)]
    return str(shown[0]) if shown else ""
