"""Pages of automations: the list, the builder, a dry run, and what a run is started for by hand."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from accounts.roles.policy import scope_of, visible_to
from crm.automations import mutations, trial
from crm.automations.queries import get_automation, list_automations
from crm.automations.records import KINDS
from crm.automations.routing import list_routing_rules
from crm.filters.catalogs import Finder, catalog_of
from crm.filters.fields import Kind
from crm.web import choices
from crm.web.answers import done
from crm.web.form_pages import FormPage
from crm.web.forms.automations import STEPS, AutomationForm, NewAutomationForm, StepForm, TriggerForm
from crm.web.pages import PageRequest, ask, page, text_args
from crm.web.steps import delete_step, move_step
from realtime.functions import Context, NotFound
from realtime.functions.call import call
from realtime.functions.registry import AnyFunction

FORM = require_http_methods(["GET", "HEAD", "POST"])
#: What a trigger of another kind is about at first.
OBJECT_OF = {"stage_entered": "deal", "date_reached": "deal"}
#: Which lists stand for ids in conditions.
NAMES = {
    "members": choices.member_choices,
    "contact_stages": choices.contact_stage_choices,
    "deal_stages": choices.deal_stage_choices,
}


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
    """Name an automation and choose what starts it."""
    form_page = FormPage(
        title=_("New automation"),
        submit=_("Create automation"),
        done=_("Automation created."),
        function=mutations.create_automation,
        back=reverse("automations"),
        leads_to=lambda row: reverse("automation", args=[row["id"]]),
        arguments=lambda data: _new_arguments(request.ctx, data),
        go=True,
    )
    return form_page.answer(request, NewAutomationForm(request.POST or None))


def _new_arguments(ctx: Context, data: dict[str, Any]) -> dict[str, Any]:
    trigger: dict[str, Any] = {"kind": data.pop("kind")}
    if trigger["kind"] == "stage_entered":
        stages = _flat(choices.deal_stage_choices(ctx))
        trigger["stage_id"] = stages[0][0]
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
    ctx = request.ctx
    row = ask(ctx, get_automation, automation_id=automation_id)
    stored = row["definition"]["trigger"]
    kind = request.GET.get("kind", stored["kind"])
    dates = kind == "date_reached"
    object = row["object"] if kind == stored["kind"] else OBJECT_OF.get(kind, "contact")
    form = TriggerForm(
        kind,
        request.POST or None,
        initial=stored if kind == stored["kind"] else None,
        stages=choices.deal_stage_choices(ctx),
        fields=field_choices(ctx, object, dates=dates),
        forms_=choices.form_choices(ctx),
        finder=list(Finder(ctx, catalog_of(object))),
        names=names_of(ctx),
        filter=row["definition"].get("only_if") if kind == stored["kind"] else None,
    )
    form_page = _form_page(
        automation_id, _("What starts it"), _("Save"), mutations.set_trigger,
        lambda _data: {"automation_id": automation_id, "trigger": form.trigger(), "only_if": form.filter()},
    )  # fmt: skip
    return form_page.answer(request, form)


@page
@FORM
def automation_step_new(request: PageRequest, automation_id: int) -> HttpResponse:
    """Add a step at a place."""
    kind = request.GET.get("kind", "create_task")
    if kind not in STEPS:
        raise NotFound("There is no such step.")
    row = ask(request.ctx, get_automation, automation_id=automation_id)
    form = _step_form(request, kind, row["object"])
    place = {name: request.GET[name] for name in ("after", "within", "way") if request.GET.get(name)}
    form_page = _form_page(
        automation_id, str(STEPS[kind][0]), _("Add step"), mutations.add_step,
        lambda _data: {"automation_id": automation_id, "step": form.step(), **place},
    )  # fmt: skip
    return form_page.answer(request, form)


@page
@FORM
def automation_step(request: PageRequest, automation_id: int, step_key: str) -> HttpResponse:
    """Change a step."""
    row = ask(request.ctx, get_automation, automation_id=automation_id)
    stored = find_step(row["definition"]["steps"], step_key)
    form = _step_form(request, stored["kind"], row["object"], stored)
    form_page = _form_page(
        automation_id, str(STEPS[stored["kind"]][0]), _("Save"), mutations.update_step,
        lambda _data: {"automation_id": automation_id, "step": form.step(step_key)},
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
@require_POST
def automation_act(request: PageRequest, automation_id: int, word: str) -> HttpResponse:
    """Publish it, turn it on or off, or delete it."""
    acts: dict[str, tuple[AnyFunction, str]] = {
        "publish": (mutations.publish_automation, _("Published and on.")),
        "on": (mutations.turn_on, _("The automation is on.")),
        "off": (mutations.turn_off, _("The automation is off.")),
        "delete": (mutations.delete_automation, _("Automation deleted.")),
    }
    if word not in acts:
        raise NotFound("There is nothing at this address.")
    function, text = acts[word]
    call(function, request.ctx, {"automation_id": automation_id})
    if word == "delete":
        return done(request, text, reverse("automations"), go=True)
    return done(request, text, reverse("automation", args=[automation_id]))


class RecordForm(forms.Form):
    """A record of the automation's kind."""

    def __init__(self, *args: Any, records: choices.Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["record_id"] = forms.TypedChoiceField(label=_("Record"), choices=records, coerce=int)


@page
@FORM
def automation_start(request: PageRequest, automation_id: int) -> HttpResponse:
    """Start it for a record, or only say what it would do."""
    row = ask(request.ctx, get_automation, automation_id=automation_id)
    form = RecordForm(request.POST or None, records=_recent(request.ctx, row["object"]))
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
    record_id = request.GET.get("record_id", "")
    chosen = int(record_id) if record_id.isdecimal() else (records[0][0] if records else None)
    found = None
    if chosen is not None:
        found = call(trial.try_automation, request.ctx, {"automation_id": automation_id, "record_id": chosen})
    context = {
        "automation": row, "records": records, "chosen": chosen, "trial": found, "steps": STEPS,
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


def field_choices(ctx: Context, object: str, *, dates: bool = False) -> choices.Choices:
    """The record's own fields, or those of them that are dates."""
    wanted = (Kind.DATE, Kind.MOMENT) if dates else tuple(Kind)
    fields = Finder(ctx, catalog_of(object))
    return [(field.key, str(field.label)) for field in fields if field.kind in wanted and not field.through]


def names_of(ctx: Context) -> dict[str, choices.Choices]:
    """What stands for ids in conditions."""
    return {offer: find(ctx) for offer, find in NAMES.items()}


def _step_form(
    request: PageRequest, kind: str, object: str, stored: dict[str, Any] | None = None
) -> StepForm:
    ctx = request.ctx
    offers = {
        "members": choices.member_choices(ctx),
        "stages": choices.deal_stage_choices(ctx),
        "rules": [(row["id"], row["name"]) for row in call(list_routing_rules, ctx)],
        "fields": field_choices(ctx, object),
        "teams": choices.team_choices(ctx) if kind == "claim_pool" else [],
        "sequences": choices.sequence_choices(ctx) if "enroll" in kind else [],
    }
    stored = stored or {}
    test = stored.get("test", {})
    return StepForm(
        kind,
        request.POST or None,
        initial=StepForm.initial_of(stored) if stored else None,
        offers=offers,
        finder=list(Finder(ctx, catalog_of(object))),
        names=names_of(ctx),
        filter=stored.get("filter") or test.get("filter"),
    )


def _form_page(automation_id: int, title: str, submit: str, function: Any, arguments: Any) -> FormPage:
    back = reverse("automation", args=[automation_id])
    return FormPage(
        title=title, submit=submit, done=_("Saved."), function=function, back=back,
        leads_to=lambda _row: back, arguments=arguments, template="automations/form.html",
    )  # fmt: skip


def _recent(ctx: Context, object: Any) -> choices.Choices:
    """The records that one may choose among: the latest that the actor sees."""

    kind = KINDS[object]
    live = visible_to(ctx, Permission(f"{object}.view"), kind.model.objects.filter(archived_at=None))
    rows = live.order_by("-id").values_list("pk", kind.name)[:50]
    return [(pk, name or f"#{pk}") for pk, name in rows]


def _flat(listed: list[Any]) -> choices.Choices:
    return [pair for entry in listed for pair in (entry[1] if isinstance(entry[1], list) else [entry])]
