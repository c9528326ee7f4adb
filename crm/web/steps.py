"""What the builders of sequences and automations have in common: steps that go up, down and away."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.utils.translation import gettext as _

from crm.web.answers import done, saved
from crm.web.pages import PageRequest
from realtime.functions.call import call
from realtime.functions.registry import AnyFunction


def move_step(
    request: PageRequest, function: AnyFunction, step: Mapping[str, object], url: str
) -> HttpResponse:
    """Move a step up or down, as the button says; ``step`` are the arguments that name it."""
    by = -1 if request.POST.get("by") == "-1" else 1
    call(function, request.ctx, {**step, "by": by})
    return saved(request, url)


def delete_step(
    request: PageRequest, function: AnyFunction, step: Mapping[str, object], url: str
) -> HttpResponse:
    """Take a step out."""
    call(function, request.ctx, step)
    return done(request, _("Step deleted."), url)
