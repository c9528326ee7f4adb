"""A form as a page of its own; a script shows the same page as a dialog."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crm.web.answers import done, invalid_form, is_enhanced, send
from realtime.functions.call import permit
from realtime.functions.registry import AnyFunction


@dataclass(frozen=True, slots=True)
class FormPage:
    """One form: its words, the mutation that it calls and where it leads.

    ``arguments`` turns the cleaned data into the mutation's arguments, ``leads_to`` its result into an address.
    ``go`` leads there at once, ``made`` offers to.
    """

    title: str
    submit: str
    done: str
    function: AnyFunction
    back: str
    leads_to: Callable[[Any], str]
    arguments: Callable[[dict[str, Any]], Mapping[str, object]] = dict
    lead: str = ""
    go: bool = False
    made: bool = False
    template: str = "form_page.html"

    def answer(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        """Show the form, or send it and answer with what came of it. Whoever may not send it does not see it."""
        permit(self.function, request.ctx)  # type: ignore[attr-defined]
        context = {"page": self, "layout": "dialog.html" if is_enhanced(request) else "app.html"}
        if request.method != "POST":
            return render(request, self.template, {**context, "form": form})
        if form.is_valid():
            result = send(request, form, self.function, self.arguments(form.cleaned_data))
            if result is not None:
                return done(request, self.done, self.leads_to(result), go=self.go, made=self.made)
        return invalid_form(request, form, self.template, context)
