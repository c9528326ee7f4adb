"""What can be done with many records at once, for each kind of record."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.permissions import Permission
from accounts.roles.policy import scope_of
from crm.companies.batch import batch_companies
from crm.contacts.batch import batch_contacts
from crm.deals.batch import batch_deals
from crm.sequences.enrollment_mutations import enroll_contacts
from crm.tasks.batch import batch_tasks
from crm.web.forms import bulk as forms
from crm.web.forms.sequences import BulkEnrollForm
from realtime.functions import Context
from realtime.functions.registry import AnyFunction

Given = dict[str, Any]


@dataclass(frozen=True, slots=True)
class BulkAction:
    """A bulk action: its button, its form and words, whom it is offered, and the batch item for one record."""

    name: str
    button: Any
    icon: str
    title: Any
    submit: Any
    form: type[forms.BulkForm]
    item: Callable[[int, Given], Given]
    done: Any
    needs: Permission
    #: Whether it is for what lies in the bin.
    is_for_bin: bool = False
    is_grave: bool = False
    #: What it calls with all of them, in place of a batch of items.
    many: Callable[[list[int], Given], tuple[AnyFunction, Given]] | None = None


BATCHES: dict[str, tuple[AnyFunction, Permission]] = {
    "contact": (batch_contacts, Permission.CONTACT_EDIT),
    "company": (batch_companies, Permission.COMPANY_EDIT),
    "deal": (batch_deals, Permission.DEAL_EDIT),
    "task": (batch_tasks, Permission.TASK_EDIT),
}


def _item(word: str, verb: str, *kept: str, **fixed: Any) -> Callable[[int, Given], Given]:
    """A batch item: the record, and the form's fields that the verb takes."""
    return lambda pk, given: {verb: {f"{word}_id": pk, **fixed, **{name: given[name] for name in kept}}}


def _change(word: str, field: str) -> Callable[[int, Given], Given]:
    return lambda pk, given: {"update": {f"{word}_id": pk, "changes": {field: given[field]}}}


def _assign(
    word: str, needs: Permission, title: Any, done: Any, form: Any = forms.BulkAssignForm
) -> BulkAction:
    item = _item(word, "assign", "owner_id")
    return BulkAction("assign", _("Assign"), "user-check", title, _("Assign"), form, item, done, needs)


def _archive(word: str, needs: Permission, done: Any) -> BulkAction:
    return BulkAction(
        "archive", _("To the bin"), "archive", _("Move to the bin?"), _("Move to the bin"), forms.BulkForm,
        _item(word, "archive"), done, needs, is_grave=True,
    )  # fmt: skip


def _restore(word: str, needs: Permission, done: Any) -> BulkAction:
    return BulkAction(
        "restore", _("Restore"), "rotate-ccw", _("Restore from the bin?"), _("Restore"), forms.BulkForm,
        _item(word, "restore"), done, needs, is_for_bin=True,
    )  # fmt: skip


CONTACT_ACTIONS = (
    _assign(
        "contact", Permission.CONTACT_ASSIGN, _("Assign contacts"),
        ngettext_lazy("%d contact assigned.", "%d contacts assigned."), forms.BulkPoolForm,
    ),
    BulkAction(
        "stage", _("Stage"), "target", _("Change the stage"), _("Change"), forms.BulkStageForm,
        _change("contact", "stage_id"), ngettext_lazy("%d contact changed.", "%d contacts changed."),
        Permission.CONTACT_EDIT,
    ),
    BulkAction(
        "tag", _("Tag"), "tag", _("Add a tag"), _("Add"), forms.BulkTagForm, _item("contact", "tag", "tag"),
        ngettext_lazy("%d contact tagged.", "%d contacts tagged."), Permission.CONTACT_EDIT,
    ),
    BulkAction(
        "untag", _("Untag"), "", _("Take a tag off"), _("Take off"), forms.BulkTagForm,
        _item("contact", "untag", "tag"), ngettext_lazy("%d contact changed.", "%d contacts changed."),
        Permission.CONTACT_EDIT,
    ),
    BulkAction(
        "enroll", _("Enrol"), "send", _("Enrol in a sequence"), _("Enrol"), BulkEnrollForm,
        lambda _pk, _given: {}, ngettext_lazy("%d contact enrolled.", "%d contacts enrolled."),
        Permission.SEQUENCE_ENROLL,
        many=lambda ids, given: (enroll_contacts, {"sequence_id": given["sequence_id"], "contact_ids": ids}),
    ),
    _archive(
        "contact", Permission.CONTACT_DELETE,
        ngettext_lazy("%d contact moved to the bin.", "%d contacts moved to the bin."),
    ),
    _restore(
        "contact", Permission.CONTACT_DELETE,
        ngettext_lazy("%d contact restored.", "%d contacts restored."),
    ),
)  # fmt: skip
COMPANY_ACTIONS = (
    _assign(
        "company", Permission.COMPANY_EDIT, _("Assign companies"),
        ngettext_lazy("%d company assigned.", "%d companies assigned."),
    ),
    BulkAction(
        "industry", _("Industry"), "building-2", _("Change the industry"), _("Change"), forms.BulkIndustryForm,
        _change("company", "industry"), ngettext_lazy("%d company changed.", "%d companies changed."),
        Permission.COMPANY_EDIT,
    ),
    _archive(
        "company", Permission.COMPANY_DELETE,
        ngettext_lazy("%d company moved to the bin.", "%d companies moved to the bin."),
    ),
    _restore(
        "company", Permission.COMPANY_DELETE,
        ngettext_lazy("%d company restored.", "%d companies restored."),
    ),
)  # fmt: skip
DEAL_ACTIONS = (
    _assign(
        "deal", Permission.DEAL_ASSIGN, _("Assign deals"),
        ngettext_lazy("%d deal assigned.", "%d deals assigned."),
    ),
    BulkAction(
        "stage", _("Stage"), "target", _("Move to a stage"), _("Move"), forms.BulkDealStageForm,
        _item("deal", "move", "stage_id"), ngettext_lazy("%d deal moved.", "%d deals moved."),
        Permission.DEAL_MOVE,
    ),
    BulkAction(
        "close", _("Expected close"), "calendar", _("Change the expected close"), _("Change"),
        forms.BulkCloseForm, _change("deal", "close_date"),
        ngettext_lazy("%d deal changed.", "%d deals changed."), Permission.DEAL_EDIT,
    ),
    BulkAction(
        "lose", _("Lost"), "circle-alert", _("Why were they lost?"), _("Mark as lost"), forms.BulkLostForm,
        _item("deal", "lose", "lost_reason_id"), ngettext_lazy("%d deal lost.", "%d deals lost."),
        Permission.DEAL_MOVE,
    ),
    _archive(
        "deal", Permission.DEAL_DELETE,
        ngettext_lazy("%d deal moved to the bin.", "%d deals moved to the bin."),
    ),
    _restore("deal", Permission.DEAL_DELETE, ngettext_lazy("%d deal restored.", "%d deals restored.")),
)  # fmt: skip
TASK_ACTIONS = (
    BulkAction(
        "complete", _("Complete"), "circle-check", _("Are they done?"), _("Complete"), forms.BulkForm,
        _item("task", "complete"), ngettext_lazy("%d task done.", "%d tasks done."), Permission.TASK_EDIT,
    ),
    BulkAction(
        "snooze", _("Put off"), "clock", _("Put off"), _("Put off"), forms.BulkSnoozeForm,
        _item("task", "snooze", "preset"), ngettext_lazy("%d task put off.", "%d tasks put off."),
        Permission.TASK_EDIT,
    ),
    _assign(
        "task", Permission.TASK_EDIT, _("Assign tasks"),
        ngettext_lazy("%d task assigned.", "%d tasks assigned."),
    ),
    _archive("task", Permission.TASK_DELETE, ngettext_lazy("%d task deleted.", "%d tasks deleted.")),
    _restore("task", Permission.TASK_DELETE, ngettext_lazy("%d task restored.", "%d tasks restored.")),
)  # fmt: skip
ACTIONS: dict[str, dict[str, BulkAction]] = {
    word: {action.name: action for action in actions}
    for word, actions in (
        ("contact", CONTACT_ACTIONS),
        ("company", COMPANY_ACTIONS),
        ("deal", DEAL_ACTIONS),
        ("task", TASK_ACTIONS),
    )
}


def call_of(word: str, action: BulkAction, ids: list[int], given: Given) -> tuple[AnyFunction, Given]:
    """The function that does it with all of them, and its arguments."""
    if action.many is not None:
        return action.many(ids, given)
    return BATCHES[word][0], {"items": [action.item(pk, given) for pk in ids]}


def offered_actions(ctx: Context, word: str, archived: bool) -> list[BulkAction]:
    """What the actor's role allows them to do with several, in the list or in the bin."""
    allows = scope_of(ctx).allows
    may_change = allows(BATCHES[word][1])
    return [
        action
        for action in ACTIONS[word].values()
        if action.is_for_bin == archived and allows(action.needs) and (may_change or action.many is not None)
    ]
