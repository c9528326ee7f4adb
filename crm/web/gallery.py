"""A page that shows every component of the design system, with made-up rows."""

from datetime import timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from crm.web.pages import PageRequest, page

STAGES = [
    "New",
    "Contacted",
    "Qualified",
    "Nurturing",
    "Viewing",
    "Offer",
    "Negotiation",
    "Won",
    "Past client",
    "Lost",
]
PEOPLE = [
    "Olivia Okafor",
    "Adam Aalto",
    "Lea Lindqvist",
    "Alice Abara",
    "Bob Brandt",
    "Vera Vogt",
    "Zoë Ümlaut",
    "李 小龙",
]
SWATCHES = ["canvas", "sunken", "raised", "hover", "active", "line", "text", "accent", "good", "warn", "bad"]


class ShortForm(forms.Form):
    name = forms.CharField(label="Full name")
    email = forms.EmailField(label="Email", required=False, help_text="Duplicates are noticed by it.")


class SampleForm(ShortForm):
    stage = forms.ChoiceField(label="Stage", choices=[(stage, stage) for stage in STAGES])
    phone = forms.CharField(label="Phone", required=False, disabled=True, initial="+1 415 555 0137")
    background = forms.CharField(label="Background", required=False, widget=forms.Textarea)
    consent = forms.BooleanField(label="May be called", required=False, help_text="Ask before you tick this.")


@page
@require_GET
def gallery(request: PageRequest) -> HttpResponse:
    """The components, for whoever builds pages."""
    form = SampleForm({"name": "Ada Lovelace", "email": "ada@", "stage": "Offer"}, auto_id="sample_%s")
    context = {
        "stages": STAGES,
        "people": PEOPLE,
        "swatches": SWATCHES,
        "rows": _rows(),
        "form": form,
        "short_form": ShortForm(auto_id="short_%s"),
    }
    return render(request, "gallery.html", context)


def _rows() -> list[dict[str, object]]:
    return [
        {
            "name": name,
            "stage": STAGES[place],
            "position": place,
            "company": "Hollis & Vane Partners" if place % 3 else "",
            "phone": f"+1 415 555 01{place}7",
            "owner": PEOPLE[(place * 3) % 5] if place % 4 else "",
            "at": timezone.now() - timedelta(minutes=7 ** (place + 1)),
        }
        for place, name in enumerate(PEOPLE)
    ]
