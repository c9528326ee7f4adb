"""What hangs on a contact: its forms, each a dialog on the contact's page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from crm.contacts import part_mutations, pool, relation_mutations, tagging
from crm.contacts.profile import get_profile
from crm.web import choices
from crm.web.answers import done, saved
from crm.web.form_pages import FormPage
from crm.web.forms.contact_parts import (
    AddressForm,
    CompanyRoleForm,
    ConsentForm,
    EmailForm,
    PhoneForm,
    RelationshipForm,
)
from crm.web.pages import PageRequest, ask, page
from realtime.functions import NotFound, invalid
from realtime.functions.call import call
from realtime.functions.registry import AnyFunction

FORM = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class PartPages:
    """The pages of one kind of part: its functions, the name of its id, its form and words."""

    add: AnyFunction
    update: AnyFunction
    delete: AnyFunction
    id: str
    form: type[forms.Form]
    new: Any
    edit: Any


KINDS = {
    "emails": PartPages(
        part_mutations.add_email, part_mutations.update_email, part_mutations.delete_email, "email_id", EmailForm,
        gettext_lazy("New email address"), gettext_lazy("Email address"),
    ),
    "phones": PartPages(
        part_mutations.add_phone, part_mutations.update_phone, part_mutations.delete_phone, "phone_id", PhoneForm,
        gettext_lazy("New phone number"), gettext_lazy("Phone number"),
    ),
    "addresses": PartPages(
        part_mutations.add_address, part_mutations.update_address, part_mutations.delete_address, "address_id",
        AddressForm, gettext_lazy("New address"), gettext_lazy("Address"),
    ),
}  # fmt: skip


@page
@FORM
def part_new(request: PageRequest, contact_id: int, kind: str) -> HttpResponse:
    """Add an email address, a phone number or a postal address."""
    pages = _pages(kind)
    form = pages.form(request.POST or None)
    for later in ("is_bad", "status"):
        form.fields.pop(later, None)
    given = {"contact_id": contact_id}
    return _form_page(pages.new, pages.add, contact_id, lambda cleaned: given | cleaned).answer(request, form)


@page
@FORM
def part_edit(request: PageRequest, contact_id: int, kind: str, part_id: int) -> HttpResponse:
    """Change one; the one that is used first stays that until another one is."""
    pages = _pages(kind)
    row = _row(request, contact_id, kind, part_id)
    form = pages.form(request.POST or None, initial={**row, "number": row.get("raw")})
    if row["is_primary"]:
        del form.fields["is_primary"]
    given = {"contact_id": contact_id, pages.id: part_id}

    def arguments(cleaned: dict[str, Any]) -> dict[str, Any]:
        changes = {
            name: value
            for name, value in cleaned.items()
            if value != form.initial.get(name) and (name != "is_primary" or value)
        }
        return {**given, "changes": changes}

    return _form_page(pages.edit, pages.update, contact_id, arguments).answer(request, form)


@page
@require_POST
def part_delete(request: PageRequest, contact_id: int, kind: str, part_id: int) -> HttpResponse:
    """Take one away."""
    pages = _pages(kind)
    call(pages.delete, request.ctx, {"contact_id": contact_id, pages.id: part_id})
    return saved(request, _back(contact_id))


@page
@FORM
def relationship_new(request: PageRequest, contact_id: int) -> HttpResponse:
    """Say whom the contact knows."""
    form = RelationshipForm(request.POST or None)
    offered: Any = form.fields["other_id"]
    offered.choices = choices.with_blank(choices.NONE, choices.contact_choices(request.ctx))

    def arguments(cleaned: dict[str, Any]) -> dict[str, Any]:
        if cleaned["other_id"] is None:
            raise invalid("other_id", "Choose a contact.", "required")
        return {"contact_id": contact_id, **cleaned}

    pages = _form_page(_("Related contact"), relation_mutations.add_relationship, contact_id, arguments)
    return pages.answer(request, form)


@page
@require_POST
def relationship_delete(request: PageRequest, contact_id: int, relationship_id: int) -> HttpResponse:
    """Take a relationship back."""
    args = {"contact_id": contact_id, "relationship_id": relationship_id}
    call(relation_mutations.delete_relationship, request.ctx, args)
    return saved(request, _back(contact_id))


@page
@FORM
def company_role_new(request: PageRequest, contact_id: int) -> HttpResponse:
    """Say that the contact belongs to a company."""
    form = CompanyRoleForm(request.POST or None)
    offered: Any = form.fields["company_id"]
    offered.choices = choices.with_blank(choices.NONE, choices.company_choices(request.ctx))

    def arguments(cleaned: dict[str, Any]) -> dict[str, Any]:
        if cleaned["company_id"] is None:
            raise invalid("company_id", "Choose a company.", "required")
        return {"contact_id": contact_id, **cleaned}

    pages = _form_page(_("Company"), relation_mutations.put_company_role, contact_id, arguments)
    return pages.answer(request, form)


@page
@require_POST
def company_role_delete(request: PageRequest, contact_id: int, company_id: int) -> HttpResponse:
    """Take the contact out of a company."""
    args = {"contact_id": contact_id, "company_id": company_id}
    call(relation_mutations.delete_company_role, request.ctx, args)
    return saved(request, _back(contact_id))


@page
@FORM
def consent_new(request: PageRequest, contact_id: int) -> HttpResponse:
    """Note what the contact agreed to."""
    given = {"contact_id": contact_id}
    pages = _form_page(
        _("Consent"), relation_mutations.record_consent, contact_id, lambda cleaned: given | cleaned
    )
    return pages.answer(request, ConsentForm(request.POST or None))


@page
@require_POST
def contact_tag(request: PageRequest, contact_id: int) -> HttpResponse:
    """Put a tag on the contact, or take one off."""
    function = tagging.untag_contact if "remove" in request.POST else tagging.tag_contact
    tag = request.POST.get("remove") or request.POST.get("tag", "")
    call(function, request.ctx, {"contact_id": contact_id, "tag": tag})
    return saved(request, _back(contact_id))


@page
@require_POST
def contact_claim(request: PageRequest, contact_id: int) -> HttpResponse:
    """Take the contact from the pool."""
    call(pool.claim_contact, request.ctx, {"contact_id": contact_id})
    return done(request, _("The contact is yours."), _back(contact_id), go=True)


def _pages(kind: str) -> PartPages:
    if kind not in KINDS:
        raise NotFound
    return KINDS[kind]


def _row(request: PageRequest, contact_id: int, kind: str, part_id: int) -> Any:
    for row in ask(request.ctx, get_profile, contact_id=contact_id).get(kind, ()):
        if row["id"] == part_id:
            return row
    raise NotFound("The contact has nothing of the kind with this id.")


def _back(contact_id: int) -> str:
    return reverse("contact", args=[contact_id])


def _form_page(
    title: Any, function: AnyFunction, contact_id: int, arguments: Callable[[dict[str, Any]], dict[str, Any]]
) -> FormPage:
    back = _back(contact_id)
    return FormPage(
        title=str(title),
        submit=_("Save"),
        done=_("Saved."),
        function=function,
        back=back,
        leads_to=lambda _result: back,
        arguments=arguments,
    )
