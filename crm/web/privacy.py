"""What a person may ask for, on a contact's page: their data as a file, and to be forgotten."""

from typing import Any

import orjson
from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from crm.contacts.queries import get_contact
from crm.privacy import erasing, exporting
from crm.web.form_pages import FormPage
from crm.web.pages import PageRequest, ask, page
from realtime.functions.call import call, permit


class EraseForm(forms.Form):
    """The name confirms it."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


@page
@require_POST
def contact_export(request: PageRequest, contact_id: int) -> HttpResponse:
    """All that is held on a contact, as a file."""
    found = call(exporting.export_contact, request.ctx, {"contact_id": contact_id})
    body = orjson.dumps(found, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z)
    headers = {
        "Content-Disposition": f'attachment; filename="contact-{contact_id}.json"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(body, content_type="application/json", headers=headers)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def contact_erase(request: PageRequest, contact_id: int) -> HttpResponse:
    """Forget a person; writing their name confirms it."""
    permit(erasing.erase_contact, request.ctx)
    row: Any = ask(request.ctx, get_contact, contact_id=contact_id)
    shown = row["full_name"] or row.get("email") or row.get("phone") or _("No name")
    form_page = FormPage(
        title=_("Erase this person for good?"),
        lead=_(
            "Everything that hangs on the contact goes: timeline, tasks, files, mail, form entries. Deals stay without"
            " the name. This cannot be undone. To confirm, write: {name}"
        ).format(name=shown),
        submit=_("Erase for good"),
        destroys=True,
        done=_("The person is forgotten."),
        function=erasing.erase_contact,
        back=reverse("contact", args=[contact_id]),
        leads_to=lambda _row: reverse("contacts"),
        arguments=lambda data: {"contact_id": contact_id, **data},
        go=True,
    )
    return form_page.answer(request, EraseForm(request.POST or None))
