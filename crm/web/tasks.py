"""Pages about tasks."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.tasks import finishing, mutations
from crm.tasks.queries import get_task, list_tasks
from crm.web import choices
from crm.web.answers import done
from crm.web.form_pages import FormPage
from crm.web.forms.tasks import TaskForm
from crm.web.pages import PageRequest, ask, page, text_args
from crm.web.presets import preset
from realtime.functions.call import call


@page
@require_GET
def task_list(request: PageRequest) -> HttpResponse:
    """The member's tasks or everybody's, open or done."""
    args = text_args(list_tasks, request.GET, {"cursor": "cursor"})
    context = {
        "whose": "all" if request.GET.get("whose") == "all" else "mine",
        "show": "done" if request.GET.get("show") == "done" else "open",
        "args": {**args, "trail": request.GET.get("trail", "")[:4000]},
        "may_create": scope_of(request.ctx).allows(Permission.TASK_CREATE),
    }
    return render(request, "tasks/list.html", context)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def task_new(request: PageRequest) -> HttpResponse:
    """Create a task, about a contact or a deal if the address names one."""
    form = TaskForm(request.ctx, request.POST or None)
    preset(request, form)
    form.offer("owner_id", [("", _("Me")), *choices.member_choices(request.ctx)])
    form.drop_disabled()
    form_page = FormPage(
        title=_("New task"),
        submit=_("Create task"),
        done=_("Task created."),
        function=mutations.create_task,
        back=reverse("tasks"),
        leads_to=lambda task: reverse("tasks"),
    )
    return form_page.answer(request, form)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def task(request: PageRequest, task_id: int) -> HttpResponse:
    """Change a task."""
    row: Any = ask(request.ctx, get_task, task_id=task_id)
    form = TaskForm(request.ctx, request.POST or None, row=row)
    form.fields.pop("owner_id", None)
    form.drop_disabled()
    form_page = FormPage(
        title=_("Edit task"),
        submit=_("Save"),
        done=_("Task saved."),
        function=mutations.update_task,
        back=reverse("tasks"),
        leads_to=lambda task: reverse("tasks"),
        arguments=lambda cleaned: {"task_id": task_id, "changes": cleaned},
    )
    return form_page.answer(request, form)


@page
@require_POST
def task_complete(request: PageRequest, task_id: int) -> HttpResponse:
    """Mark the task as done."""
    call(finishing.complete_task, request.ctx, {"task_id": task_id})
    return done(request, _("Task done."), _back(request))


@page
@require_POST
def task_reopen(request: PageRequest, task_id: int) -> HttpResponse:
    """Take the completion back."""
    call(finishing.reopen_task, request.ctx, {"task_id": task_id})
    return done(request, _("Task reopened."), _back(request))


@page
@require_POST
def task_archive(request: PageRequest, task_id: int) -> HttpResponse:
    """Put the task into the bin."""
    call(mutations.archive_task, request.ctx, {"task_id": task_id})
    return done(request, _("Task deleted."), _back(request))


def _back(request: PageRequest) -> str:
    """Where the form stood: the list, or the contact's page."""
    contact = request.POST.get("contact", "")
    return reverse("contact", args=[int(contact)]) if contact.isdecimal() else reverse("tasks")
