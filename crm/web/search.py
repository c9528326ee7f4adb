"""The search page, and what the command palette offers while somebody types."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from crm.search.queries import search_records
from crm.web.fragments.search import groups_of
from crm.web.pages import PageRequest, ask, page, text_args

MOST_ASKED = 500


@page
@require_GET
def search(request: PageRequest) -> HttpResponse:
    """Everything that is found, a group a kind; ``kind`` shows more of one."""
    asked = request.GET.get("q", "").replace("\x00", " ")[:MOST_ASKED].strip()
    kinds = text_args(search_records, request.GET, {"kind": "kinds"}).get("kinds") or [""]
    return render(request, "search/page.html", {"asked": asked, "kind": kinds[0]})


@page
@require_GET
def suggest(request: PageRequest) -> HttpResponse:
    """The options of the palette for what has been typed so far, as a piece of HTML."""
    asked = request.GET.get("q", "").replace("\x00", " ")[:MOST_ASKED].strip()
    found = ask(request.ctx, search_records, q=asked)
    return render(request, "search/_options.html", {"asked": asked, "groups": groups_of(found["groups"])})
