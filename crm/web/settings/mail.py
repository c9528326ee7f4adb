"""Email settings: templates, the member's mailbox, addresses that get no email."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.contacts.queries import list_contacts
from crm.mail import mailboxes, suppressions, templates
from crm.web.answers import done
from crm.web.form_pages import FormPage
from crm.web.forms.mail import MailboxEditForm, MailboxForm, SuppressionForm, TemplateForm
from crm.web.pages import PageRequest, ask, page, text_args
from realtime.functions import Conflict, NotFound
from realtime.functions.call import call, permit

FORM = require_http_methods(["GET", "HEAD", "POST"])


@page
@require_GET
def mail_templates(request: PageRequest) -> HttpResponse:
    """The templates that the member may use."""
    permit(templates.list_templates, request.ctx)
    return render(request, "settings/mail_templates.html")


@page
@FORM
def mail_template_new(request: PageRequest) -> HttpResponse:
    """Make a template."""
    form = _template_form(request)
    return _template_page(request, _("New template"), templates.create_template, form.arguments).answer(
        request, form
    )


@page
@FORM
def mail_template_edit(request: PageRequest, template_id: int) -> HttpResponse:
    """Change a template."""
    row: Any = ask(request.ctx, templates.get_template, template_id=template_id)
    form = _template_form(request, row)

    def arguments() -> dict[str, Any]:
        given = {name: new for name, new in form.arguments().items() if row[name] != new}
        return {"template_id": template_id, "changes": given}

    return _template_page(request, _("Change the template"), templates.update_template, arguments).answer(
        request, form
    )


def _template_form(request: PageRequest, row: Any = None) -> TemplateForm:
    """The form; only who may change shared templates can share one."""
    form = TemplateForm(request.POST or None, initial=row)
    if not scope_of(request.ctx).allows(Permission.MAIL_TEMPLATE_MANAGE):
        del form.fields["shared"]
    return form


def _template_page(request: PageRequest, title: str, function: Any, arguments: Any) -> FormPage:
    # The template's own page lists the merge fields beside the form.
    request.merge_fields = ask(request.ctx, templates.list_merge_fields)  # type: ignore[attr-defined]  # for the template
    return FormPage(
        title=title,
        submit=_("Save"),
        done=_("Template saved."),
        function=function,
        back=reverse("settings_mail_templates"),
        leads_to=lambda _row: reverse("settings_mail_templates"),
        arguments=lambda _cleaned: arguments(),
        template="mailing/template.html",
    )


@page
@require_POST
def mail_template_preview(request: PageRequest) -> HttpResponse:
    """What is being written as the latest contact in sight would get it, as JSON."""
    rows = ask(request.ctx, list_contacts, limit=1)["data"]
    if not rows:
        raise Conflict("There is no contact to show it for: add one first.")
    given = {name: request.POST.get(name, "").replace("\r\n", "\n") for name in ("subject", "body")}
    found: Any = call(templates.preview_mail, request.ctx.again(), {"contact_id": rows[0]["id"], **given})
    missing = ", ".join(found["missing"])
    return JsonResponse(
        {
            "subject": found["subject"],
            "body": found["body"],
            "name": _("As %(name)s would get it") % {"name": rows[0].get("full_name") or _("No name")},
            "missing": _("Empty for this contact: %(fields)s") % {"fields": missing} if missing else "",
        }
    )


@page
@require_POST
def mail_template_delete(request: PageRequest, template_id: int) -> HttpResponse:
    """Delete a template."""
    call(templates.delete_template, request.ctx, {"template_id": template_id})
    return done(request, _("Template deleted."), reverse("settings_mail_templates"))


@page
@require_GET
def mailbox(request: PageRequest) -> HttpResponse:
    """One's own mailboxes, and how they fare."""
    permit(mailboxes.list_mailboxes, request.ctx)
    return render(request, "settings/mailbox.html")


@page
@FORM
def mailbox_new(request: PageRequest) -> HttpResponse:
    """Connect a mailbox."""
    form = MailboxForm(request.POST or None)
    form_page = _mailbox_page(_("Connect your mailbox"), _("Connect"), mailboxes.create_mailbox, dict)
    return form_page.answer(request, form)


@page
@FORM
def mailbox_edit(request: PageRequest, mailbox_id: int) -> HttpResponse:
    """Change how a mailbox is reached."""
    row = next((row for row in ask(request.ctx, mailboxes.list_mailboxes) if row["id"] == mailbox_id), None)
    if row is None:
        raise NotFound("You have no mailbox with this id.")
    form = MailboxEditForm(request.POST or None, initial=row)

    def arguments(_cleaned: Any) -> dict[str, Any]:
        return {"mailbox_id": mailbox_id, "changes": form.changes()}

    form_page = _mailbox_page(row["address"], _("Save"), mailboxes.update_mailbox, arguments)
    return form_page.answer(request, form)


def _mailbox_page(title: str, submit: str, function: Any, arguments: Any) -> FormPage:
    return FormPage(
        title=title,
        submit=submit,
        done=_("It is being looked at now."),
        function=function,
        back=reverse("settings_mailbox"),
        leads_to=lambda _row: reverse("settings_mailbox"),
        arguments=arguments,
    )


@page
@require_POST
def mailbox_check(request: PageRequest, mailbox_id: int) -> HttpResponse:
    """Look into a mailbox now."""
    call(mailboxes.check_mailbox, request.ctx, {"mailbox_id": mailbox_id})
    return done(request, _("It is being looked at now."), reverse("settings_mailbox"))


@page
@require_POST
def mailbox_delete(request: PageRequest, mailbox_id: int) -> HttpResponse:
    """Take a mailbox away."""
    call(mailboxes.delete_mailbox, request.ctx, {"mailbox_id": mailbox_id})
    return done(request, _("Mailbox removed."), reverse("settings_mailbox"))


@page
@require_GET
def suppression_list(request: PageRequest) -> HttpResponse:
    """The addresses that get no email."""
    args = text_args(suppressions.list_suppressions, request.GET, {"q": "search", "cursor": "cursor"})
    ask(request.ctx, suppressions.list_suppressions, **args, limit=1)
    context = {"args": args, "trail": request.GET.get("trail", "")[:4000]}
    return render(request, "settings/suppressions.html", context)


@page
@FORM
def suppression_new(request: PageRequest) -> HttpResponse:
    """Put an address on the list."""
    form_page = FormPage(
        title=_("Send no more email to"),
        submit=_("Add"),
        done=_("The address gets no more email."),
        function=suppressions.create_suppression,
        back=reverse("settings_suppressions"),
        leads_to=lambda _row: reverse("settings_suppressions"),
    )
    return form_page.answer(request, SuppressionForm(request.POST or None))


@page
@require_POST
def suppression_delete(request: PageRequest, suppression_id: int) -> HttpResponse:
    """Take an address off the list."""
    call(suppressions.delete_suppression, request.ctx, {"suppression_id": suppression_id})
    return done(request, _("Taken off the list."), reverse("settings_suppressions"))
