"""Email on pages: writing to a contact, the inbox, and one thread."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.contacts.queries import get_contact
from crm.files.storing import store
from crm.mail import mutations, queries, templates
from crm.web.answers import done, invalid_edit, saved, send
from crm.web.form_pages import FormPage
from crm.web.forms.mail import EmailForm, ReplyForm
from crm.web.numbers import whole
from crm.web.pages import PageRequest, ask, page, text_args
from realtime.functions.call import call, permit


@page
@require_GET
def inbox(request: PageRequest) -> HttpResponse:
    """The threads, the last one first."""
    args = text_args(queries.list_threads, request.GET, {"unread": "unread", "cursor": "cursor"})
    ask(request.ctx, queries.list_threads, **args, limit=1)
    context = {"args": args, "mine": "mine" in request.GET, "trail": request.GET.get("trail", "")[:4000]}
    return render(request, "mailing/inbox.html", context)


@page
@require_GET
def thread(request: PageRequest, thread_id: int) -> HttpResponse:
    """One thread with its mails."""
    row = ask(request.ctx, queries.get_thread, thread_id=thread_id)
    return render(request, "mailing/thread.html", {"thread": row})


@page
@require_POST
def thread_read(request: PageRequest, thread_id: int) -> HttpResponse:
    """Note that the thread was looked at."""
    call(mutations.mark_thread_read, request.ctx, {"thread_id": thread_id})
    url = reverse("thread", args=[thread_id])
    return saved(request, url) if "seen" in request.POST else done(request, _("Marked as read."), url)


@page
@require_POST
def thread_reply(request: PageRequest, thread_id: int) -> HttpResponse:
    """Answer in the thread."""
    row = ask(request.ctx, queries.get_thread, thread_id=thread_id)
    form = ReplyForm(request.POST, request.FILES)
    url = reverse("thread", args=[thread_id])
    if form.is_valid():
        args = {**form.arguments(), "contact_id": row["contact_id"], "uploads": _stored(request)}
        if send(request, form, mutations.send_message, args) is not None:
            return done(request, _("The email is on its way."), url)
    return invalid_edit(request, form, url)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def email_new(request: PageRequest, contact_id: int) -> HttpResponse:
    """Write an email to a contact."""
    row = ask(request.ctx, get_contact, contact_id=contact_id)
    form_page = FormPage(
        title=_("Email to %(name)s") % {"name": row.get("full_name") or row.get("email") or _("No name")},
        submit=_("Send"),
        done=_("The email is on its way."),
        function=mutations.send_message,
        back=reverse("contact", args=[contact_id]),
        leads_to=lambda _sent: reverse("contact", args=[contact_id]),
        arguments=lambda _cleaned: {
            "contact_id": contact_id,
            "uploads": _stored(request),
            **form.arguments(),
        },
        template="mailing/email.html",
    )
    choices = [(each["id"], each["name"]) for each in ask(request.ctx, templates.list_templates)]
    fill = reverse("email_fill", args=[contact_id])
    form = EmailForm(request.POST or None, request.FILES or None, templates=choices, fill=fill)
    return form_page.answer(request, form)


def _stored(request: PageRequest) -> list[dict[str, str]]:
    """The files of the form, stored for the mail; whoever may not send one stores none."""
    permit(mutations.send_message, request.ctx)
    files: list[Any] = request.FILES.getlist("attachments")
    return [
        {"upload": store(request.ctx, each, each.name or ""), "filename": each.name or ""} for each in files
    ]


@page
@require_GET
def email_fill(request: PageRequest, contact_id: int) -> HttpResponse:
    """A template filled in for a contact, as JSON: what the form shows when one chooses it."""
    template_id = whole(request.GET.get("template_id", ""))
    found: Any = ask(request.ctx, templates.preview_mail, contact_id=contact_id, template_id=template_id)
    missing = ", ".join(found["missing"])
    words = _("Empty for this contact: %(fields)s") % {"fields": missing} if missing else ""
    return JsonResponse({"subject": found["subject"], "body": found["body"], "missing": words})
