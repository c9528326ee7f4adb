"""Pages of automations: the list, the builder, a dry run, and what a run is started for by hand."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from accounts.roles.policy import scope_of, visible_to
from crm.automations import mutations, secret, trial
from crm.automations.queries import get_automation, list_automations
from crm.automations.reach import get_reach
from crm.automations.recipes import RECIPES
from crm.automations.records import KINDS
from crm.automations.versions import get_automation_version
from crm.web import choices
from crm.web.answers import done, send
from crm.web.automation_words import Words
from crm.web.form_pages import FormPage
from crm.web.forms.automation_steps import ABOUT_STEPS, STEPS, StepForm
from crm.web.forms.automations import (
    ABOUT_TRIGGERS,
    TRIGGERS,
    AutomationForm,
    NewAutomationForm,
    TriggerForm,
)
from crm.web.pages import PageRequest, ask, page, text_args
from crm.web.steps import delete_step, move_step
from realtime.functions import Context, NotFound
from realtime.functions.call import call, permit
from realtime.functions.registry import AnyFunction

#: Which records a select looks up while one types, beyond the latest.
LOOKUP_OF = {"contact": "contacts", "company": "companies", "deal": "deals"}
FORM = require_http_methods(["GET", "HEAD", "POST"])


@page
@require_GET
def automations(request: PageRequest) -> HttpResponse:
    """The automations."""
    args = text_args(list_automations, request.GET, {"cursor": "cursor"})
    ask(request.ctx, list_automations, **args, limit=1)
    may_manage = scope_of(request.ctx).allows(Permission.AUTOMATION_MANAGE)
    context = {"args": {**args, "trail": request.GET.get("trail", "")[:4000]}, "may_manage": may_manage}
    return render(request, "automations/list.html", context)


@page
@FORM
def automation_new(request: PageRequest) -> HttpResponse:
    """Name an automation and choose what it begins with."""
    form_page = FormPage(
        title=_("New automation"),
        submit=pgettext("button", "Create automation"),
        done=_("Automation created."),
        function=mutations.create_automation,
        back=reverse("automations"),
        leads_to=lambda row: reverse("automation", args=[row["id"]]),
        arguments=lambda data: _new_arguments(request.ctx, data),
        go=True,
    )
    begin = request.GET.get("begin")
    initial = {"begin": begin, "name": RECIPES[begin].name} if begin in RECIPES else {}
    return form_page.answer(request, NewAutomationForm(request.POST or None, initial=initial))


def _new_arguments(ctx: Context, data: dict[str, Any]) -> dict[str, Any]:
    begin = data.pop("begin")
    kind = begin.removeprefix("on:")
    if kind == begin:
        return {
            **data,
            "recipe": begin,
            "description": data["description"] or str(RECIPES[begin].description),
        }
    trigger: dict[str, Any] = {"kind": kind}
    if kind == "stage_entered":
        trigger["stage_id"] = _flat(choices.deal_stage_choices(ctx))[0][0]
    return {**data, "trigger": trigger}


@page
@require_GET
def automation(request: PageRequest, automation_id: int) -> HttpResponse:
    """The builder."""
    row = ask(request.ctx, get_automation, automation_id=automation_id)
    args = {"cursor": request.GET.get("cursor"), "trail": request.GET.get("trail", "")[:4000]}
    return render(request, "automations/page.html", {"automation": row, "args": args})


@page
@FORM
def automation_edit(request: PageRequest, automation_id: int) -> HttpResponse:
    """Change what it is called."""
    row = ask(request.ctx, get_automation, automation_id=automation_id)
    form_page = _form_page(
        automation_id, _("Rename automation"), _("Save"), mutations.update_automation,
        lambda data: {"automation_id": automation_id, "changes": data},
    )  # fmt: skip
    return form_page.answer(request, AutomationForm(request.POST or None, initial=row))


@page
@FORM
def automation_trigger(request: PageRequest, automation_id: int) -> HttpResponse:
    """Change what starts it, and which records it takes."""
    row = ask(request.ctx, get_automation, automation_id=automation_id)
    stored = row["definition"]["trigger"]
    kind = request.GET.get("kind", stored["kind"])
    if kind not in TRIGGERS:
        raise NotFound("There is no such trigger.")
    known = {**stored, "only_if": row["definition"].get("only_if")} if kind == stored["kind"] else {}
    form = TriggerForm(request.ctx, kind, _given(request, known), request.POST or None)
    form_page = _form_page(
        automation_id, str(TRIGGERS[kind][0]), _("Save"), mutations.set_trigger,
        lambda data: {"automation_id": automation_id, "trigger": form.trigger(), "only_if": data["only_if"]},
        lead=str(ABOUT_TRIGGERS[kind]),
    )  # fmt: skip
    return form_page.answer(request, form)


def _given(request: PageRequest, stored: dict[str, Any]) -> dict[str, Any]:
    """What is stored, with what was chosen in the form so far: a choice that changes the form asks for it again."""
    sent = request.POST or request.GET
    if not sent.get("anew") and not request.POST:
        return stored
    return {name: value for name, value in sent.items() if name not in ("anew", "kind")}


@page
@FORM
def automation_step_new(request: PageRequest, automation_id: int) -> HttpResponse:
    """Add a step at a place."""
    kind = request.GET.get("kind", "create_task")
    if kind not in STEPS:
        raise NotFound("There is no such step.")
    row = ask(request.ctx, get_automation, automation_id=automation_id)
    form = StepForm(request.ctx, kind, row["object"], _given(request, {}), request.POST or None)
    place = {name: request.GET[name] for name in ("after", "within", "way") if request.GET.get(name)}
    form_page = _form_page(
        automation_id, str(STEPS[kind][0]), pgettext("button", "Add step"), mutations.add_step,
        lambda _data: {"automation_id": automation_id, "step": form.step(), **place},
        lead=str(ABOUT_STEPS.get(kind, "")),
    )  # fmt: skip
    return form_page.answer(request, form)


@page
@FORM
def automation_step(request: PageRequest, automation_id: int, step_key: str) -> HttpResponse:
    """Change a step."""
    row = ask(request.ctx, get_automation, automation_id=automation_id)
    stored = find_step(row["definition"]["steps"], step_key)
    kind = stored["kind"]
    form = StepForm(request.ctx, kind, row["object"], _given(request, stored), request.POST or None)
    form_page = _form_page(
        automation_id, str(STEPS[kind][0]), _("Save"), mutations.update_step,
        lambda _data: {"automation_id": automation_id, "step": form.step(step_key)},
        lead=str(ABOUT_STEPS.get(kind, "")),
    )  # fmt: skip
    return form_page.answer(request, form)


@page
@require_POST
def automation_step_move(request: PageRequest, automation_id: int, step_key: str) -> HttpResponse:
    """Move a step up or down."""
    step = {"automation_id": automation_id, "step_key": step_key}
    return move_step(request, mutations.move_step, step, reverse("automation", args=[automation_id]))


@page
@require_POST
def automation_step_delete(request: PageRequest, automation_id: int, step_key: str) -> HttpResponse:
    """Take a step out."""
    step = {"automation_id": automation_id, "step_key": step_key}
    return delete_step(request, mutations.delete_step, step, reverse("automation", args=[automation_id]))


@page
@FORM
def automation_publish(request: PageRequest, automation_id: int) -> HttpResponse:
    """Publish the draft; of one that goes by the clock, say first how many records it takes."""
    row = ask(request.ctx, get_automation, automation_id=automation_id)
    form_page = FormPage(
        title=_("Publish"),
        submit=_("Publish"),
        done=_("Published and on."),
        function=mutations.publish_automation,
        back=reverse("automation", args=[automation_id]),
        leads_to=lambda _row: reverse("automation", args=[automation_id]),
        arguments=lambda _data: {"automation_id": automation_id},
        template="automations/publish.html",
    )
    form = PublishForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        permit(mutations.publish_automation, request.ctx)
        form.reach = ask(request.ctx, get_reach, automation_id=automation_id)
        form.said = Words(request.ctx, row["object"]).trigger(row["definition"]["trigger"])
    return form_page.answer(request, form)


class PublishForm(forms.Form):
    """Nothing to fill in: what will happen is said."""

    reach: Any = None
    said = ""


@page
@FORM
def automation_signing(request: PageRequest) -> HttpResponse:
    """The secret that calls to other programs are signed with: shown to whoever asks for it, and renewed."""
    permit(secret.renew_signing_secret, request.ctx)
    found, form = None, RenewForm(initial={"overlap_hours": 24})
    if request.method == "POST" and request.POST.get("do") == "renew":
        form = RenewForm(request.POST)
        if form.is_valid():
            found = send(request, form, secret.renew_signing_secret, form.cleaned_data)
    elif request.method == "POST":
        found = call(secret.reveal_signing_secret, request.ctx, {})
    context = {"form": form, "secret": found}
    answer = render(request, "automations/signing.html", context, status=422 if form.errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer


class RenewForm(forms.Form):
    """How long the former secret signs beside the new one."""

    overlap_hours = forms.TypedChoiceField(
        label=gettext_lazy("The former one signs, too"), coerce=int,
        choices=[
            (24, gettext_lazy("for a day more")), (72, gettext_lazy("for three days more")),
            (168, gettext_lazy("for a week more")), (0, gettext_lazy("no longer: somebody else knows it")),
        ],
    )  # fmt: skip


@page
@require_POST
def automation_act(request: PageRequest, automation_id: int, word: str) -> HttpResponse:
    """Turn it on or off, copy or delete it."""
    acts: dict[str, tuple[AnyFunction, str]] = {
        "on": (mutations.turn_on, _("The automation is on.")),
        "off": (mutations.turn_off, _("The automation is off.")),
        "copy": (mutations.copy_automation, _("Copied. The copy is off.")),
        "delete": (mutations.delete_automation, _("Automation deleted.")),
    }
    if word not in acts:
        raise NotFound("There is nothing at this address.")
    function, text = acts[word]
    found = call(function, request.ctx, {"automation_id": automation_id})
    if word == "delete":
        return done(request, text, reverse("automations"), go=True)
    if word == "copy":
        return done(request, text, reverse("automation", args=[found["id"]]), go=True)
    return done(request, text, reverse("automation", args=[automation_id]))


@page
@require_GET
def automation_versions(request: PageRequest, automation_id: int) -> HttpResponse:
    """What was published, by whom, and how it differs from the version before."""
    row = ask(request.ctx, get_automation, automation_id=automation_id)
    sent = request.GET.get("number", "")
    number = int(sent) if sent.isdecimal() and len(sent) < 9 else (row["number"] or 0)
    version = ask(request.ctx, get_automation_version, automation_id=automation_id, number=number)
    words = Words(request.ctx, row["object"])
    context = {
        "automation": row, "version": version, "lines": [words.difference(one) for one in version["differences"]],
        "may_manage": scope_of(request.ctx).allows(Permission.AUTOMATION_MANAGE),
        "layout": "dialog.html" if request.headers.get("X-Enhance") else "app.html",
    }  # fmt: skip
    return render(request, "automations/versions.html", context)


@page
@require_POST
def automation_restore(request: PageRequest, automation_id: int, number: int) -> HttpResponse:
    """Take a version back into the draft."""
    call(mutations.restore_version, request.ctx, {"automation_id": automation_id, "number": number})
    back = reverse("automation", args=[automation_id])
    return done(request, _("Taken back into the draft. Publish it to make it count."), back)


class RecordForm(forms.Form):
    """A record of the automation's kind."""

    def __init__(self, *args: Any, object: str, records: choices.Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if object in LOOKUP_OF:
            field: forms.TypedChoiceField = choices.LookupField(_("Record"), LOOKUP_OF[object])
            field.required, field.choices = True, records
        else:
            field = forms.TypedChoiceField(label=_("Record"), choices=records, coerce=int)
        self.fields["record_id"] = field


@page
@FORM
def automation_start(request: PageRequest, automation_id: int) -> HttpResponse:
    """Start it for a record, or only say what it would do."""
    row = ask(request.ctx, get_automation, automation_id=automation_id)
    form = RecordForm(request.POST or None, object=row["object"], records=_recent(request.ctx, row["object"]))
    form_page = FormPage(
        title=_("Start for a record"),
        submit=_("Start"),
        done=_("Started."),
        function=mutations.start_automation,
        back=reverse("automation", args=[automation_id]),
        leads_to=lambda _row: reverse("automation", args=[automation_id]),
        arguments=lambda data: {"automation_id": automation_id, **data},
        lead=_(
            "Its conditions are not asked; a record that is going through it already does not start again."
        ),
    )
    return form_page.answer(request, form)


@page
@require_GET
def automation_try(request: PageRequest, automation_id: int) -> HttpResponse:
    """What the draft would do with a record."""
    row = ask(request.ctx, get_automation, automation_id=automation_id)
    records = _recent(request.ctx, row["object"])
    sent = request.GET.get("record_id", "")
    chosen = int(sent) if sent.isdecimal() and len(sent) < 19 else (records[0][0] if records else None)
    found = None
    if chosen is not None:
        found = call(trial.try_automation, request.ctx, {"automation_id": automation_id, "record_id": chosen})
        records = choices.with_present(records, chosen, found["record_name"])
    steps = [{**step, "icon": STEPS[step["kind"]][1]} for step in found["steps"]] if found else []
    context = {
        "automation": row, "records": records, "chosen": chosen, "trial": found, "steps": steps,
        "lookup": LOOKUP_OF.get(row["object"], ""),
        "layout": "dialog.html" if request.headers.get("X-Enhance") else "app.html",
    }  # fmt: skip
    return render(request, "automations/try.html", context)


def find_step(listed: list[Any], key: str) -> dict[str, Any]:
    """A step of a stored definition; NotFound without one."""
    for step in listed:
        if step["id"] == key:
            return dict(step)
        for way in ("yes", "no"):
            try:
                return find_step(step.get(way, []), key)
            except NotFound:
                continue
    raise NotFound("The automation has no step with this id.")


def _form_page(
    automation_id: int, title: str, submit: str, function: Any, arguments: Any, lead: str = ""
) -> FormPage:
    back = reverse("automation", args=[automation_id])
    return FormPage(
        title=title, submit=submit, done=_("Saved."), function=function, back=back,
        leads_to=lambda _row: back, arguments=arguments, lead=lead,
        template="automations/form.html",
    )  # fmt: skip


def _recent(ctx: Context, object: Any) -> choices.Choices:
    """The records to choose from: the latest that the actor sees."""

    kind = KINDS[object]
    live = visible_to(ctx, Permission(f"{object}.view"), kind.model.objects.filter(archived_at=None))
    rows = live.order_by("-id").values_list("pk", kind.name)[:50]
    return [(pk, name or f"#{pk}") for pk, name in rows]


def _flat(listed: list[Any]) -> choices.Choices:
    return [pair for entry in listed for pair in (entry[1] if isinstance(entry[1], list) else [entry])]
