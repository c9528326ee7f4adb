"""Pages of sequences: the list, a sequence with its steps and contacts, and enrolling."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.contacts.queries import get_contact
from crm.sequences import enrollment_mutations, mutations, step_mutations
from crm.sequences.queries import get_enrollment, get_sequence, list_enrollments, list_sequences
from crm.web import choices
from crm.web.answers import done
from crm.web.form_pages import FormPage
from crm.web.forms.sequences import STEPS, EnrollForm, IntakeForm, RulesForm, SequenceForm, StepForm
from crm.web.numbers import whole
from crm.web.pages import PageRequest, ask, page, text_args
from crm.web.steps import delete_step, move_step
from realtime.functions import NotFound
from realtime.functions.call import call
from realtime.functions.registry import AnyFunction

FORM = require_http_methods(["GET", "HEAD", "POST"])


@page
@require_GET
def sequences(request: PageRequest) -> HttpResponse:
    """The sequences."""
    args = text_args(list_sequences, request.GET, {"cursor": "cursor", "state": "state"})
    ask(request.ctx, list_sequences, **args, limit=1)
    may_manage = scope_of(request.ctx).allows(Permission.SEQUENCE_MANAGE)
    context = {"args": {**args, "trail": request.GET.get("trail", "")[:4000]}, "may_manage": may_manage}
    return render(request, "sequences/list.html", context)


@page
@FORM
def sequence_new(request: PageRequest) -> HttpResponse:
    """Name a sequence."""
    form_page = FormPage(
        title=_("New sequence"),
        submit=_("Create sequence"),
        done=_("Sequence created."),
        function=mutations.create_sequence,
        back=reverse("sequences"),
        leads_to=lambda row: reverse("sequence", args=[row["id"]]),
        go=True,
    )
    return form_page.answer(request, SequenceForm(request.POST or None))


@page
@require_GET
def sequence(request: PageRequest, sequence_id: int) -> HttpResponse:
    """A sequence: its steps, and who is in it."""
    row = ask(request.ctx, get_sequence, sequence_id=sequence_id)
    args = text_args(list_enrollments, request.GET, {"cursor": "cursor", "state": "state"})
    args["trail"] = request.GET.get("trail", "")[:4000]
    return render(request, "sequences/page.html", {"sequence": row, "args": args})


@page
@FORM
def sequence_edit(request: PageRequest, sequence_id: int) -> HttpResponse:
    """Change its rules."""
    row = ask(request.ctx, get_sequence, sequence_id=sequence_id)
    form_page = _form_page(
        sequence_id, _("Rules"), _("Save"), mutations.update_sequence,
        lambda data: {"sequence_id": sequence_id, "changes": data},
    )  # fmt: skip
    return form_page.answer(request, RulesForm(request.ctx, request.POST or None, initial=row))


@page
@require_POST
def sequence_act(request: PageRequest, sequence_id: int, word: str) -> HttpResponse:
    """Publish, pause, archive or delete it."""
    acts: dict[str, tuple[AnyFunction, str]] = {
        "publish": (mutations.publish_sequence, _("The sequence is active.")),
        "pause": (mutations.pause_sequence, _("Paused: everybody stays where they are.")),
        "archive": (mutations.archive_sequence, _("Sequence archived.")),
        "delete": (mutations.delete_sequence, _("Sequence deleted.")),
    }
    if word not in acts:
        raise NotFound("There is nothing at this address.")
    function, text = acts[word]
    call(function, request.ctx, {"sequence_id": sequence_id})
    if word == "delete":
        return done(request, text, reverse("sequences"), go=True)
    return done(request, text, reverse("sequence", args=[sequence_id]))


@page
@FORM
def sequence_step_new(request: PageRequest, sequence_id: int) -> HttpResponse:
    """Add a step at a place."""
    kind = request.GET.get("kind", "email")
    if kind not in STEPS:
        raise NotFound("There is no such step.")
    ask(request.ctx, get_sequence, sequence_id=sequence_id)
    form = _step_form(request, kind)
    after = request.GET.get("after", "")
    place: dict[str, Any] = {"first": after == "first"} if (pk := whole(after)) is None else {"after": pk}
    form_page = _form_page(
        sequence_id, str(STEPS[kind][0]), pgettext("button", "Add step"), step_mutations.add_step,
        lambda _data: {"sequence_id": sequence_id, "step": form.step(), **place},
    )  # fmt: skip
    return form_page.answer(request, form)


@page
@FORM
def sequence_step(request: PageRequest, sequence_id: int, step_id: int) -> HttpResponse:
    """Change a step."""
    row = ask(request.ctx, get_sequence, sequence_id=sequence_id)
    stored = next((step for step in row["steps"] if step["id"] == step_id and not step["is_removed"]), None)
    if stored is None:
        raise NotFound("The sequence has no step with this id.")
    form = _step_form(request, stored["kind"], {**stored["params"], "template_id": stored["template_id"]})
    form_page = _form_page(
        sequence_id, str(STEPS[stored["kind"]][0]), _("Save"), step_mutations.update_step,
        lambda _data: {"sequence_id": sequence_id, "step_id": step_id, "step": form.step()},
        lead=_("It holds for everybody who comes to it from now on."),
    )  # fmt: skip
    return form_page.answer(request, form)


@page
@require_POST
def sequence_step_move(request: PageRequest, sequence_id: int, step_id: int) -> HttpResponse:
    """Move a step up or down."""
    step = {"sequence_id": sequence_id, "step_id": step_id}
    return move_step(request, step_mutations.move_step, step, reverse("sequence", args=[sequence_id]))


@page
@require_POST
def sequence_step_delete(request: PageRequest, sequence_id: int, step_id: int) -> HttpResponse:
    """Take a step out."""
    step = {"sequence_id": sequence_id, "step_id": step_id}
    return delete_step(request, step_mutations.delete_step, step, reverse("sequence", args=[sequence_id]))


@page
@FORM
def sequence_enroll(request: PageRequest, sequence_id: int) -> HttpResponse:
    """Enrol the contacts that conditions choose."""
    ctx = request.ctx
    ask(ctx, get_sequence, sequence_id=sequence_id)
    form = IntakeForm(ctx, request.POST or None)
    form_page = _form_page(
        sequence_id, _("Enrol contacts"), _("Enrol"), enrollment_mutations.enroll_contacts,
        lambda data: {"sequence_id": sequence_id, **data}, done=_begun,
        lead=_("All contacts that you may change and that meet the conditions begin, in the background."),
        template="automations/form.html",
    )  # fmt: skip
    return form_page.answer(request, form)


@page
@FORM
def contact_enroll(request: PageRequest, contact_id: int) -> HttpResponse:
    """Enrol one contact."""
    ask(request.ctx, get_contact, contact_id=contact_id)
    form_page = FormPage(
        title=_("Enrol in a sequence"),
        submit=_("Enrol"),
        done=_("Enrolled."),
        function=enrollment_mutations.enroll_contact,
        back=reverse("contact", args=[contact_id]),
        leads_to=lambda _row: reverse("contact", args=[contact_id]),
        arguments=lambda data: {"contact_id": contact_id, **data},
    )
    form = EnrollForm(request.POST or None, sequences=choices.sequence_choices(request.ctx))
    return form_page.answer(request, form)


@page
@require_POST
def enrollment_act(request: PageRequest, enrollment_id: int, word: str) -> HttpResponse:
    """Pause, resume or stop an enrollment, or pass over its step."""
    acts: dict[str, tuple[AnyFunction, str]] = {
        "pause": (enrollment_mutations.pause_enrollment, _("Paused.")),
        "resume": (enrollment_mutations.resume_enrollment, _("Goes on.")),
        "skip": (enrollment_mutations.skip_step, _("Step skipped.")),
        "stop": (enrollment_mutations.stop_enrollment, _("Stopped.")),
    }
    if word not in acts:
        raise NotFound("There is nothing at this address.")
    function, text = acts[word]
    row = call(function, request.ctx, {"enrollment_id": enrollment_id})
    return done(request, text, reverse("contact", args=[row["contact_id"]]))


@page
@require_GET
def enrollment(request: PageRequest, enrollment_id: int) -> HttpResponse:
    """Where a contact stands in a sequence, step by step."""
    row = ask(request.ctx, get_enrollment, enrollment_id=enrollment_id)
    return render(request, "sequences/enrollment.html", {"enrollment": row})


def _begun(found: Any) -> str:
    """How many contacts are looked at from now on."""
    if found["expected"] is None:
        return _("Enrolling more than 10,000 contacts in the background.")
    text = ngettext(
        "Enrolling %(count)s contact in the background.", "Enrolling %(count)s contacts in the background.",
        found["expected"],
    )  # fmt: skip
    return text % {"count": number_format(found["expected"], force_grouping=True)}


def _step_form(request: PageRequest, kind: str, stored: dict[str, Any] | None = None) -> StepForm:
    ctx = request.ctx
    templates = choices.template_choices(ctx) if kind == "email" else []
    members = choices.member_choices(ctx) if kind == "task" else []
    return StepForm(kind, request.POST or None, initial=stored, templates=templates, members=members)


def _form_page(
    sequence_id: int, title: str, submit: str, function: Any, arguments: Any, **more: Any
) -> FormPage:
    back = reverse("sequence", args=[sequence_id])
    return FormPage(
        title=title, submit=submit, function=function, back=back,
        leads_to=lambda _row: back, arguments=arguments, **{"done": _("Saved."), **more},
    )  # fmt: skip
