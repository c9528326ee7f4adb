"""Pages about contacts."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.contacts import mutations
from crm.contacts.pool import list_pool
from crm.contacts.queries import get_contact
from crm.web.answers import done
from crm.web.choices import member_choices
from crm.web.form_pages import FormPage
from crm.web.forms.contacts import ContactEditForm, ContactForm, ContactOwnerForm
from crm.web.forms.records import may
from crm.web.listing import list_context
from crm.web.numbers import whole
from crm.web.overtaking import assign, change
from crm.web.pages import PageRequest, ask, page
from crm.web.presets import preset
from crm.web.tables import CONTACTS
from realtime.functions import Forbidden, NotFound
from realtime.functions.call import call, permit


@page
@require_GET
def contact_list(request: PageRequest) -> HttpResponse:
    """The contacts: searched, filtered, with the columns and in the order that the address says."""
    context = list_context(request, CONTACTS, _("Name, email or phone"))
    allows = scope_of(request.ctx).allows
    context["may_claim"] = allows(Permission.CONTACT_CLAIM)
    context["may_edit"] = allows(Permission.CONTACT_EDIT)
    return render(request, "contacts/list.html", context)


@page
@require_GET
def contact_pool(request: PageRequest) -> HttpResponse:
    """Contacts that nobody owns."""
    permit(list_pool, request.ctx)
    context = {"cursor": request.GET.get("cursor", "")[:600], "trail": request.GET.get("trail", "")[:4000]}
    return render(request, "contacts/pool.html", context)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def contact_new(request: PageRequest) -> HttpResponse:
    """Create a contact, of a company if the address names one."""
    form = ContactForm(request.ctx, request.POST or None)
    preset(request, form)
    form.offer("owner_id", [("", _("Me")), *member_choices(request.ctx)])
    form.drop_disabled()
    form_page = FormPage(
        title=_("New contact"),
        submit=pgettext("button", "Create contact"),
        done=_("Contact created."),
        function=mutations.create_contact,
        back=reverse("contacts"),
        leads_to=lambda contact: reverse("contact", args=[contact["id"]]),
        template="contacts/new.html",
        made=True,
    )
    return form_page.answer(request, form)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: PageRequest, contact_id: int) -> HttpResponse:
    """One contact; what is posted are changes to its fields."""
    if request.method == "POST":
        return _change(request, contact_id)
    row = ask(request.ctx, get_contact, contact_id=contact_id)
    return render(request, "contacts/page.html", {"contact": row})


@page
@require_GET
def contact_cell(request: PageRequest, contact_id: int, field: str) -> HttpResponse:
    """The field of one cell of the table, to be changed there; what it sends are changes to the contact."""
    row = ask(request.ctx, get_contact, contact_id=contact_id)
    is_owner = field == "owner_id"
    to = Permission.CONTACT_ASSIGN if is_owner else Permission.CONTACT_EDIT
    if row["archived_at"] or not may(request.ctx, to, row):
        raise Forbidden("You may see this record but not do this with it.")
    form_class = ContactOwnerForm if is_owner else ContactEditForm
    form: Any = form_class(request.ctx, row=row, auto_id="cell_%s")
    if field not in CONTACTS.edits or field not in form.fields or form.fields[field].disabled:
        raise NotFound
    action = reverse("contact_assign" if is_owner else "contact", args=[contact_id])
    return render(request, "contacts/_cell.html", {"contact": row, "bound": form[field], "action": action})


def _change(request: PageRequest, contact_id: int) -> HttpResponse:
    url = reverse("contact", args=[contact_id])
    row: Any = ask(request.ctx, get_contact, contact_id=contact_id)
    form = ContactEditForm(request.ctx, request.POST, row=row, auto_id="contact_%s")
    form.keep_sent(request.POST)
    args = {"contact_id": contact_id}
    return change(
        request,
        form,
        mutations.update_contact,
        args,
        lambda: ask(request.ctx.again(), get_contact, **args),
        url,
    )


@page
@require_POST
def contact_assign(request: PageRequest, contact_id: int) -> HttpResponse:
    """Give the contact to another member."""
    named = {"contact_id": contact_id}
    args = {**named, "owner_id": whole(request.POST.get("owner_id", ""))}
    assign(request, mutations.assign_contact, args, lambda: ask(request.ctx.again(), get_contact, **named))
    return done(request, _("Contact assigned."), reverse("contacts"))


@page
@require_POST
def contact_archive(request: PageRequest, contact_id: int) -> HttpResponse:
    """Put the contact into the bin."""
    call(mutations.archive_contact, request.ctx, {"contact_id": contact_id})
    return done(request, _("Contact moved to the bin."), reverse("contacts"), go=True)


@page
@require_POST
def contact_restore(request: PageRequest, contact_id: int) -> HttpResponse:
    """Take the contact out of the bin."""
    call(mutations.restore_contact, request.ctx, {"contact_id": contact_id})
    return done(request, _("Contact restored."), reverse("contact", args=[contact_id]))
