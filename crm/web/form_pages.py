"""A form as a page of its own; a script shows the same page as a dialog."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.middleware import context_of
from crm.web.answers import add_errors, done, invalid_form, is_enhanced
from crm.web.overtaking import overtaken
from realtime.functions import FunctionError, PreconditionFailed
from realtime.functions.call import call, permit
from realtime.functions.registry import AnyFunction


@dataclass(frozen=True, slots=True)
class FormPage:
    """One form: its words, the mutation that it calls and where it leads.

    ``arguments`` turns the cleaned data into the mutation's arguments, ``leads_to`` its result into an address.
    ``go`` leads there at once, ``made`` offers to.
    """

    title: str
    submit: str
    done: str | Callable[[Any], str]
    function: AnyFunction
    back: str
    leads_to: Callable[[Any], str]
    arguments: Callable[[dict[str, Any]], Mapping[str, object]] = dict
    lead: str = ""
    go: bool = False
    made: bool = False
    #: What is sent cannot be taken back: the button says so.
    destroys: bool = False
    #: Calls the function in another way than plainly.
    send: Callable[[Mapping[str, object]], Any] | None = None
    #: Finds the record as it is when somebody was faster: the form lets one choose.
    read: Callable[[], Any] | None = None
    template: str = "form_page.html"

    def answer(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        """Show the form, or send it and answer with what came of it. Whoever may not send it does not see it."""
        permit(self.function, context_of(request))
        context = {"page": self, "layout": "dialog.html" if is_enhanced(request) else "app.html"}
        if request.method != "POST":
            return render(request, self.template, {**context, "form": form})
        if form.is_valid():
            try:
                result = self._sent(request, self.arguments(form.cleaned_data))
                text = self.done if isinstance(self.done, str) else self.done(result)
                return done(request, text, self.leads_to(result), go=self.go, made=self.made)
            except PreconditionFailed as error:
                self._tell(form, error)
                if self.read is not None and is_enhanced(request):
                    return overtaken(request, form, error, self.read(), self.back)
            except FunctionError as error:
                add_errors(form, error)
        return invalid_form(request, form, self.template, context)

    def _sent(self, request: HttpRequest, args: Mapping[str, object]) -> Any:
        return call(self.function, context_of(request), args) if self.send is None else self.send(args)

    def _tell(self, form: forms.Form, error: PreconditionFailed) -> None:
        """Who was faster, and what they did; a plain form that is sent again then knows of it."""
        add_errors(form, error)
        if self.read is not None:
            data: Any = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict, as the form was sent
            data["version"] = str(self.read()["version"])
            form.data = data
