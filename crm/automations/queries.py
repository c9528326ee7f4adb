"""Reading automations."""

from typing import Any, cast

from accounts.permissions import Permission
from accounts.roles.policy import visible_to
from crm.automations.checks import problems_of
from crm.automations.definition import object_of, read
from crm.automations.models import Automation, AutomationRun, AutomationVersion
from crm.automations.records import KINDS
from crm.automations.schemas import AutomationDetail, AutomationRow, AutomationRunRow
from realtime.functions import Context, Cursor, Id, Limit, NotFound, Page, Phrase, query, take_page
from workflows.runs.models import Run

COLUMNS = (
    "id", "name", "description", "draft", "is_on", "is_changed", "current__number", "updated_at", "version", "token",
    "started", "last_started_at", "trouble",
)  # fmt: skip
#: The latest versions that a page shows.
MOST_VERSIONS = 50


@query(permission=Permission.AUTOMATION_VIEW)
def list_automations(ctx: Context, *, cursor: Cursor | None = None, limit: Limit = 50) -> Page[AutomationRow]:
    """List the automations by name."""
    rows, next_cursor = take_page(
        Automation.objects.values(*COLUMNS), order=("name", "id"), cursor=cursor, limit=limit
    )
    data: Any = [_row(row) for row in rows]
    return {"data": data, "next_cursor": next_cursor}


@query(permission=Permission.AUTOMATION_VIEW)
def get_automation(ctx: Context, *, automation_id: Id) -> AutomationDetail:
    """Read an automation with its draft, what keeps it from being published, and its versions."""
    row = Automation.objects.filter(pk=automation_id).values(*COLUMNS).first()
    if row is None:
        raise NotFound("There is no automation with this id.")
    problems = problems_of(ctx, read(row["draft"]))
    versions = AutomationVersion.objects.filter(automation=automation_id).order_by("-number")
    found: Any = {
        **_row(row),
        "definition": row["draft"],
        "problems": [said for _step, said in problems],
        "step_problems": [{"step": step, "detail": said} for step, said in problems],
        "published_problems": _of_published(ctx, row),
        "webhook_path": f"/api/v1/hooks/in/{row['token']}" if row["token"] else "",
        "versions": [
            {"number": number, "published_at": at, "published_by": by}
            for number, at, by in versions.values_list("number", "published_at", "published_by__name")[
                :MOST_VERSIONS
            ]
        ],
    }
    return cast("AutomationDetail", found)


def _of_published(ctx: Context, row: dict[str, Any]) -> list[str]:
    """What is wrong with the version that runs, such as a stage that is gone, while the draft differs."""
    if not row["is_on"] or not row["is_changed"]:
        return []
    stored = AutomationVersion.objects.filter(automation=row["id"], number=row["current__number"])
    return [
        said
        for found in stored.values_list("definition", flat=True)
        for _s, said in problems_of(ctx, read(found))
    ]


def _row(row: dict[str, Any]) -> dict[str, Any]:
    trigger = read({"trigger": row["draft"]["trigger"]}).trigger
    return {
        **{
            name: row[name]
            for name in (
                "id",
                "name",
                "description",
                "is_on",
                "is_changed",
                "updated_at",
                "version",
                "started",
                "last_started_at",
                "trouble",
            )
        },
        "trigger": trigger.kind,
        "object": object_of(trigger),
        "number": row["current__number"],
    }


@query(permission=Permission.AUTOMATION_VIEW)
def list_automation_runs(
    ctx: Context, *, automation_id: Id, cursor: Cursor | None = None, limit: Limit = 50
) -> Page[AutomationRunRow]:
    """List the records that went through an automation, the latest first; those that you may not see have no name."""
    if not Automation.objects.filter(pk=automation_id).exists():
        raise NotFound("There is no automation with this id.")
    found = AutomationRun.objects.filter(automation=automation_id)
    rows, next_cursor = take_page(
        found.values("id", "run_id", "number", "object", "record_id", "record_name", "started_at", "chain"),
        order=("-id",),
        cursor=cursor,
        limit=limit,
    )
    states = Run.objects.in_bulk([row["run_id"] for row in rows if row["run_id"] is not None])
    seen, loops = _seen(ctx, rows), _loops(rows)
    data: Any = [
        {**row, **_named(row, seen), **_state(states.get(row["run_id"])), **loops.get(row["id"], {})}
        for row in rows
    ]
    for row in data:
        del row["chain"]
    return {"data": data, "next_cursor": next_cursor}


def _seen(ctx: Context, rows: Any) -> set[tuple[str, int]]:
    """The records of the rows that the actor may see: a query for each kind among them."""
    seen: set[tuple[str, int]] = set()
    for word in {row["object"] for row in rows}:
        ids = [row["record_id"] for row in rows if row["object"] == word]
        visible = visible_to(ctx, Permission(f"{word}.view"), KINDS[word].model.objects.filter(pk__in=ids))
        seen |= {(word, pk) for pk in visible.values_list("pk", flat=True)}
    return seen


def _loops(rows: Any) -> dict[int, dict[str, str]]:
    """Of the rows without a run, which automations had led to one another."""
    held = {row["id"]: row["chain"] for row in rows if row["run_id"] is None}
    if not held:
        return {}
    ids = {pk for chain in held.values() for pk in chain}
    names = dict(Automation.objects.filter(pk__in=ids).values_list("pk", "name"))
    return {
        key: {"note": str(Phrase("Automations set each other off: %(names)s",
                                 names=" → ".join(names.get(pk, "…") for pk in chain)))}
        for key, chain in held.items()
    }  # fmt: skip


def _named(row: dict[str, Any], seen: set[tuple[str, int]]) -> dict[str, str]:
    """A record in sight that has no name goes by its number."""
    is_seen = (row["object"], row["record_id"]) in seen
    return {"record_name": (row["record_name"] or f"#{row['record_id']}") if is_seen else ""}


def _state(run: Run | None) -> dict[str, Any]:
    """How the run stands; one that was over long ago is no longer kept."""
    if run is None:
        return {"status": None, "note": "", "finished_at": None}
    return {"status": run.status, "note": run.note, "finished_at": run.finished_at}
