"""``/operator/runs/``: workflow runs of all tenants, without looking through them.

What failed or is blocked comes from one public table, the newest first; what waits or works from the due index, the
oldest timer first; one tenant's from its own indexes. Beside each row of a page stands what its run's row says, read
by id from the few schemas that the page names, in one statement.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actor import operator_context
from accounts.models import Tenant
from accounts.tenancy import tenant_context
from crm.web.numbers import whole
from crm.web.words import workflow_label
from realtime.functions import FunctionError, NotFound, translated
from realtime.functions.call import call
from realtime.functions.registry import AnyFunction
from workflows.models import Due, StuckRun
from workflows.registry import all_workflows
from workflows.runs import mutations
from workflows.runs.queries import list_runs
from workflows.sql import fetch
from workflows.watch import look

PAGE = 50
STATES = {
    "failed": _("Failed"),
    "blocked": _("Blocked"),
    "waiting": _("Waiting, the oldest timer first"),
    "working": _("At work"),
}
#: Only where a tenant is chosen: its own index by status knows them.
TENANT_STATES = {"paused": _("Paused"), "completed": _("Completed"), "cancelled": _("Cancelled")}
ACTIONS: dict[str, AnyFunction] = {
    "retry": mutations.retry_run,
    "cancel": mutations.cancel_run,
    "resume": mutations.resume_run,
}
# One range of the index on (lane, due_at) for each lane; the cursor is the last row's (due_at, id).
TIMERS = """
    SELECT due_at, id, tenant, ref, attempts FROM (
        {lanes}
    ) found ORDER BY due_at, id LIMIT %(limit)s
"""
LANE = """
    (SELECT due_at, id, tenant, ref, attempts FROM workflows_due
     WHERE state = 0 AND lane = {lane} AND kind = 'run' AND due_at >= %(at)s AND (due_at, id) > (%(at)s, %(id)s)
     ORDER BY due_at, id LIMIT %(limit)s)
"""
TIMERS = TIMERS.format(lanes=" UNION ALL ".join(LANE.format(lane=lane) for lane in (0, 1, 2)))
RUN = "SELECT %s, id, workflow, status, note, created_at FROM {schema}.runs_run WHERE id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for."""

    state: str
    tenant: str
    workflow: str
    after: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        """As sent; what is unknown is left out."""
        given = request.GET
        tenant = given.get("tenant", "")[:63]
        states = {**STATES, **TENANT_STATES} if tenant else STATES
        state = given.get("state", "failed")
        return cls(
            state if state in states else "failed",
            tenant,
            given.get("workflow", "")[:80],
            given.get("after", ""),
        )

    def address(self, **changes: str) -> str:
        """The page's address with some of it changed."""
        values = {"state": self.state, "tenant": self.tenant, "workflow": self.workflow, **changes}
        return "?" + urlencode({name: value for name, value in values.items() if value})


def all_runs(request: HttpRequest, site: Any) -> HttpResponse:
    """The page; a POST retries, resumes or cancels one run through its mutation."""
    if request.method == "POST":
        return _act(request)
    asked = Asked.of(request)
    rows, after = _rows(asked)
    context = {
        **site.each_context(request),
        "title": _("Workflow runs"),
        "asked": asked,
        "states": {**STATES, **(TENANT_STATES if asked.tenant else {})},
        "workflows": sorted({one.name for one in all_workflows()}),
        "rows": rows,
        "older": asked.address(after=after) if after else "",
        "first": asked.address() if asked.after else "",
        "health": look(),
        "here": request.get_full_path(),
    }
    return render(request, "operator/runs.html", context)


def _rows(asked: Asked) -> tuple[list[dict[str, Any]], str]:
    if asked.tenant:
        return _of_tenant(asked)
    return SOURCES[asked.state](asked)


def _of_tenant(asked: Asked) -> tuple[list[dict[str, Any]], str]:
    """By the tenant's own function, as its members' page is."""
    if not Tenant.objects.filter(schema_name=asked.tenant).exists():
        return [], ""
    status = {"working": "running"}.get(asked.state, asked.state)
    args = {
        "status": status,
        "workflow": asked.workflow or None,
        "cursor": asked.after or None,
        "limit": PAGE,
    }
    with tenant_context(asked.tenant):
        try:
            page = call(list_runs, operator_context(asked.tenant, 0), {n: v for n, v in args.items() if v})
        except FunctionError:  # a cursor of another list
            return [], ""
    rows = [{**row, "tenant": asked.tenant, "run_id": row["id"]} for row in page["data"]]
    return _shown(rows), page["next_cursor"] or ""


def _stuck(asked: Asked) -> tuple[list[dict[str, Any]], str]:
    """Runs that need somebody, the newest first."""
    found = StuckRun.objects.filter(status=asked.state)
    if asked.workflow:
        found = found.filter(workflow=asked.workflow)
    at, number = _cursor(asked.after)
    if at is not None:
        found = found.filter(at__lte=at).exclude(at=at, id__gte=number)
    values = ("at", "id", "tenant", "run_id", "workflow", "status", "detail")
    rows = list(found.order_by("-at", "-id").values(*values)[: PAGE + 1])
    return _shown(rows[:PAGE]), _next(rows, "at")


def _timers(asked: Asked) -> tuple[list[dict[str, Any]], str]:
    """Runs that wait, the one whose timer is (or was) due first on top."""
    at, number = _cursor(asked.after)
    values = {"at": at or datetime.min.replace(tzinfo=UTC), "id": number, "limit": PAGE + 1}
    names = ("due_at", "id", "tenant", "run_id", "attempts")
    rows = [dict(zip(names, row, strict=True)) for row in fetch(TIMERS, values)]
    return _of_workflow(asked, _shown(rows[:PAGE])), _next(rows, "due_at")


def _working(asked: Asked) -> tuple[list[dict[str, Any]], str]:
    """Runs that workers hold right now: as many as there are workers' turns."""
    found = Due.objects.filter(state=Due.State.LEASED, kind="run").order_by("lease_until")
    rows: Any = found.values("due_at", "id", "tenant", "attempts", "lease_until", "ref")[:PAGE]
    return _of_workflow(asked, _shown([{**row, "run_id": row["ref"]} for row in rows])), ""


SOURCES: dict[str, Callable[[Asked], tuple[list[dict[str, Any]], str]]] = {
    "failed": _stuck,
    "blocked": _stuck,
    "waiting": _timers,
    "working": _working,
}


def _shown(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """With each run's own row, and what may be done with it."""
    runs = _read({(row["tenant"], row["run_id"]) for row in rows if "created_at" not in row})
    found = []
    for row in rows:
        whole = {**row, **runs.get((row["tenant"], row["run_id"]), {})}
        name = whole.get("workflow", "")
        ways = {"failed": ("retry",), "blocked": ("cancel",), "paused": ("resume", "cancel")}
        status = whole.get("status", "")
        over = status in ("", "completed", "cancelled", "cancelling")
        may = () if over else ways.get(status, ("cancel",))
        found.append({**whole, "label": workflow_label(name) if name else "", "ways": may})
    return found


def _read(wanted: set[tuple[str, int]]) -> dict[tuple[str, int], dict[str, Any]]:
    """The runs' rows by tenant and id: one statement, a look-up by key in each schema that is named."""
    by_schema: dict[str, list[int]] = {}
    for schema, run_id in sorted(wanted):
        by_schema.setdefault(schema, []).append(run_id)
    known = set(Tenant.objects.filter(schema_name__in=by_schema).values_list("schema_name", flat=True))
    parts, values = [], []
    for schema in known:
        parts.append(RUN.format(schema=connection.ops.quote_name(schema)))
        values += [schema, by_schema[schema]]
    names = ("workflow", "status", "note", "created_at")
    rows = fetch(" UNION ALL ".join(parts), values) if parts else []
    return {(row[0], row[1]): dict(zip(names, row[2:], strict=True)) for row in rows}


def _of_workflow(asked: Asked, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The due index does not know workflows: of a page's rows those that are meant."""
    return [row for row in rows if asked.workflow in ("", row.get("workflow"))]


def _next(rows: list[dict[str, Any]], name: str) -> str:
    if len(rows) <= PAGE:
        return ""
    last = rows[PAGE - 1]
    return f"{last[name].isoformat()}~{last['id']}"


def _cursor(text: str) -> tuple[datetime | None, int]:
    """A row's time and id; nothing for what was written by hand."""
    moment, _tilde, number = text.partition("~")
    try:
        return datetime.fromisoformat(moment), int(number)
    except ValueError:
        return None, 0


def _act(request: HttpRequest) -> HttpResponse:
    """Retry, resume or cancel one run, as the operator, audited in its tenant."""
    function = ACTIONS.get(request.POST.get("action", ""))
    tenant = Tenant.objects.filter(schema_name=request.POST.get("tenant", "")).first()
    number = whole(request.POST.get("run_id", ""))
    try:
        if function is None or tenant is None or number is None:
            raise NotFound("There is no run with this id.")
        schema = tenant.schema_name
        with tenant_context(schema):
            call(function, operator_context(schema, request.user.pk or 0), {"run_id": number})
        _log(request, tenant, f"{function.name} {number}")
        messages.success(request, gettext("Done."))
    except FunctionError as error:
        messages.error(request, translated(error.detail))
    back = request.POST.get("back", "")
    path = reverse("operator:runs")
    return HttpResponseRedirect(back if back.startswith(f"{path}?") else path)


def _log(request: HttpRequest, tenant: Tenant, note: str) -> None:
    kind = ContentType.objects.get_for_model(Tenant)
    LogEntry.objects.create(
        user_id=request.user.pk or 0,
        content_type=kind,
        object_id=str(tenant.pk),
        object_repr=str(tenant)[:200],
        action_flag=CHANGE,
        change_message=note,
    )
