"""Pages about tasks."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.tasks import finishing, mutations
from crm.tasks.queries import get_task, list_tasks
from crm.web import choices
from crm.web.answers import done, invalid_edit, saved, send
from crm.web.form_pages import FormPage
from crm.web.forms.records import may
from crm.web.forms.tasks import AssigneeForm, QuickForm, SnoozeForm, TaskForm
from crm.web.listing import STATE, list_context
from crm.web.numbers import whole
from crm.web.overtaking import begun_from
from crm.web.pages import PageRequest, ask, page, text_args
from crm.web.presets import preset
from crm.web.tables import TASKS, USUAL
from realtime.functions.call import call

#: What the table shows unless its address says otherwise.
OPEN = USUAL["task"]
#: What the page shows besides all open tasks.
SHOWN_PARTS = {"overdue", "today", "upcoming", "undated", "done"}


@page
@require_GET
def task_list(request: PageRequest) -> HttpResponse:
    """The member's tasks or everybody's, open or done; as a table if the address asks for a view."""
    if STATE & request.GET.keys():
        initial = None if request.GET.get("archived") or request.GET.get("view") == "all" else OPEN
        return render(request, "tasks/table.html", list_context(request, TASKS, _("Title"), initial))
    args = text_args(list_tasks, request.GET, {"cursor": "cursor"})
    context = {
        "whose": "all" if request.GET.get("whose") == "all" else "mine",
        "show": request.GET.get("show") if request.GET.get("show") in SHOWN_PARTS else "open",
        "args": {**args, "trail": request.GET.get("trail", "")[:4000]},
        "may_create": scope_of(request.ctx).allows(Permission.TASK_CREATE),
    }
    return render(request, "tasks/list.html", context)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def task_new(request: PageRequest) -> HttpResponse:
    """Create a task, about a contact or a deal if the address names one."""
    form = TaskForm(request.ctx, request.POST or None)
    for later in ("version", "touched"):
        del form.fields[later]
    preset(request, form)
    form.offer("owner_id", [("", _("Me")), *choices.member_choices(request.ctx)])
    form.drop_disabled()
    form_page = FormPage(
        title=_("New task"),
        submit=pgettext("button", "Create task"),
        done=_("Task created."),
        function=mutations.create_task,
        back=reverse("tasks"),
        leads_to=lambda task: reverse("tasks"),
        arguments=lambda cleaned: {
            **form.arguments(),
            **({"owner_id": cleaned["owner_id"]} if cleaned.get("owner_id") else {}),
        },
        template="tasks/form.html",
    )
    return form_page.answer(request, form)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def task(request: PageRequest, task_id: int) -> HttpResponse:
    """Change a task."""
    row: Any = ask(request.ctx, get_task, task_id=task_id)
    if request.method != "POST" and not may(request.ctx, Permission.TASK_EDIT, row):
        return render(request, "tasks/page.html", {"row": {**row, "may_edit": False}, "now": request.ctx.now})
    form = TaskForm(request.ctx, request.POST or None, row=row)
    form.fields.pop("owner_id", None)
    form.drop_disabled()
    form_page = FormPage(
        title=_("Edit task"),
        submit=_("Save"),
        done=lambda task: _saved(request, task),
        function=mutations.update_task,
        back=reverse("tasks"),
        leads_to=lambda task: reverse("tasks"),
        arguments=lambda cleaned: {"task_id": task_id, "changes": form.arguments(), **begun_from(request)},
        read=lambda: ask(request.ctx.again(), get_task, task_id=task_id),
        template="tasks/form.html",
    )
    return form_page.answer(request, form)


def _saved(request: PageRequest, row: Any) -> str:
    """Somebody may have completed it while the form was open."""
    if row["done_at"] is None or row["done_by_id"] == request.ctx.actor.id:
        return _("Task saved.")
    return _("Task saved. %(who)s has completed it.") % {"who": row["done_by_name"] or _("Somebody")}


@page
@require_POST
def task_complete(request: PageRequest, task_id: int) -> HttpResponse:
    """Mark the task as done."""
    row: Any = ask(request.ctx, get_task, task_id=task_id)
    ctx = request.ctx.again()
    found = call(finishing.complete_task, ctx, {"task_id": task_id})
    if row["done_at"] is not None or found["done_by_id"] != ctx.actor.id:
        who = {"who": found["done_by_name"] or _("Somebody")}
        return done(request, _("%(who)s had done this already.") % who, _back(request))
    return done(request, _completed(found), _back(request))


def _completed(row: Any) -> str:
    return _("Done. The next one is in the list.") if row["followed_by_id"] else _("Task done.")


@page
@require_POST
def task_reopen(request: PageRequest, task_id: int) -> HttpResponse:
    """Take the completion back."""
    call(finishing.reopen_task, request.ctx, {"task_id": task_id})
    return done(request, _("Task reopened."), _back(request))


@page
@require_http_methods(["GET", "HEAD", "POST"])
def task_snooze(request: PageRequest, task_id: int) -> HttpResponse:
    """Put the task off: to a preset, or to a time that a form asks for."""
    if preset_name := request.POST.get("preset"):
        found = call(finishing.snooze_task, request.ctx, {"task_id": task_id, "preset": preset_name})
        text = _("Put off until %(time)s.") % {
            "time": date_format(localtime(found["due_at"]), "WEEKDAY_TIME_FORMAT")
        }
        return done(request, text, _back(request))
    row: Any = ask(request.ctx, get_task, task_id=task_id)
    form_page = FormPage(
        title=_("Put off"),
        submit=_("Put off"),
        done=_("Put off."),
        function=finishing.snooze_task,
        back=reverse("tasks"),
        leads_to=lambda task: reverse("tasks"),
        arguments=lambda cleaned: {"task_id": task_id, **cleaned},
        lead=row["title"],
    )
    return form_page.answer(request, SnoozeForm(request.POST or None, initial={"until": row.get("due_at")}))


@page
@require_POST
def task_quick(request: PageRequest) -> HttpResponse:
    """Create a task for oneself from a line and a day."""
    form = QuickForm(request.POST)
    if form.is_valid():
        today = localtime(request.ctx.now).date()
        days = form.cleaned_data["due"]
        args = {
            "title": form.cleaned_data["title"],
            "due_date": today + timedelta(int(days)) if days else None,
        }
        if send(request, form, mutations.create_task, args) is not None:
            return saved(request, reverse("tasks"))
    return invalid_edit(request, form, reverse("tasks"))


@page
@require_http_methods(["GET", "HEAD", "POST"])
def task_assign(request: PageRequest, task_id: int) -> HttpResponse:
    """Give the task to another member."""
    row: Any = ask(request.ctx, get_task, task_id=task_id)
    owners = choices.with_present(choices.member_choices(request.ctx), row["owner_id"], row["owner_name"])
    form_page = FormPage(
        title=_("Give to somebody"),
        submit=_("Give"),
        done=_("Task assigned."),
        function=mutations.assign_task,
        back=reverse("tasks"),
        leads_to=lambda task: reverse("tasks"),
        arguments=lambda cleaned: {"task_id": task_id, **cleaned},
        lead=row["title"],
    )
    return form_page.answer(request, AssigneeForm(request.POST or None, initial=row, owners=owners))


@page
@require_POST
def task_archive(request: PageRequest, task_id: int) -> HttpResponse:
    """Put the task into the bin."""
    call(mutations.archive_task, request.ctx, {"task_id": task_id})
    return done(request, _("Task deleted."), _back(request))


def _back(request: PageRequest) -> str:
    """Where the form stood: the list, or the contact's page."""
    contact = whole(request.POST.get("contact", ""))
    return reverse("contact", args=[contact]) if contact else reverse("tasks")
