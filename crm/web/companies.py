"""Pages about companies."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.companies import mutations
from crm.companies.queries import get_company
from crm.web.answers import done
from crm.web.choices import member_choices
from crm.web.form_pages import FormPage
from crm.web.forms.companies import CompanyEditForm, CompanyForm
from crm.web.listing import list_context
from crm.web.numbers import whole
from crm.web.overtaking import assign, change
from crm.web.pages import PageRequest, ask, page
from crm.web.tables import COMPANIES
from realtime.functions.call import call


@page
@require_GET
def company_list(request: PageRequest) -> HttpResponse:
    """The companies: searched, filtered, with the columns and in the order that the address says."""
    return render(request, "companies/list.html", list_context(request, COMPANIES, _("Name")))


@page
@require_http_methods(["GET", "HEAD", "POST"])
def company_new(request: PageRequest) -> HttpResponse:
    """Create a company."""
    form = CompanyForm(request.ctx, request.POST or None)
    form.offer("owner_id", [("", _("Me")), *member_choices(request.ctx)])
    form.drop_disabled()
    form_page = FormPage(
        title=_("New company"),
        submit=pgettext("button", "Create company"),
        done=_("Company created."),
        function=mutations.create_company,
        back=reverse("companies"),
        leads_to=lambda company: reverse("company", args=[company["id"]]),
        template="companies/new.html",
        made=True,
    )
    return form_page.answer(request, form)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def company(request: PageRequest, company_id: int) -> HttpResponse:
    """One company; what is posted are changes to its fields."""
    row = ask(request.ctx, get_company, company_id=company_id)
    if request.method != "POST":
        return render(request, "companies/page.html", {"company": row})
    form = CompanyEditForm(request.ctx, request.POST, row=row, auto_id="company_%s")
    form.keep_sent(request.POST)
    args, url = {"company_id": company_id}, reverse("company", args=[company_id])
    return change(
        request,
        form,
        mutations.update_company,
        args,
        lambda: ask(request.ctx.again(), get_company, **args),
        url,
    )


@page
@require_POST
def company_assign(request: PageRequest, company_id: int) -> HttpResponse:
    """Give the company to another member."""
    args = {"company_id": company_id, "owner_id": whole(request.POST.get("owner_id", ""))}
    assign(
        request,
        mutations.assign_company,
        args,
        lambda: ask(request.ctx.again(), get_company, company_id=company_id),
    )
    return done(request, _("Company assigned."), reverse("companies"))


@page
@require_POST
def company_archive(request: PageRequest, company_id: int) -> HttpResponse:
    """Put the company into the bin; its contacts stay."""
    call(mutations.archive_company, request.ctx, {"company_id": company_id})
    return done(request, _("Company moved to the bin."), reverse("companies"), go=True)


@page
@require_POST
def company_restore(request: PageRequest, company_id: int) -> HttpResponse:
    """Take the company out of the bin."""
    call(mutations.restore_company, request.ctx, {"company_id": company_id})
    return done(request, _("Company restored."), reverse("company", args=[company_id]))
