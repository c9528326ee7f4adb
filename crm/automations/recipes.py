"""Automations to begin with: drafts that do something useful as they are, in the words of whoever asks for one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.automations.definition import Definition
from crm.deals.models import Stage

RecipeKey = Literal["deal_won", "new_contact", "form_follow_up", "closing_soon", "gone_quiet"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A draft with its name and what it is for."""

    key: RecipeKey
    name: Any
    description: Any
    make: Callable[[], dict[str, Any]]


def recipe_of(key: RecipeKey) -> Recipe:
    """The recipe of that key."""
    return RECIPES[key]


def draft_of(key: RecipeKey) -> Definition:
    """A recipe's draft for the current tenant."""
    return Definition.model_validate(recipe_of(key).make())


def _deal_won() -> dict[str, Any]:
    won = Stage.objects.filter(kind="won").order_by("pipeline__position", "position", "id").first()
    trigger: dict[str, Any] = {"kind": "record_changed", "object": "deal", "field": "status", "after": "won"}
    if won is not None:
        trigger = {"kind": "stage_entered", "stage_id": won.pk}
    steps = [
        {"id": "task", "kind": "create_task", "title": _("Onboard {contact.full_name}"), "due_days": 1},
        {"id": "wait", "kind": "wait", "days": 2},
        {"id": "email", "kind": "send_email", "subject": _("How is it going, {contact.first_name}?"),
         "body": _("Hello {contact.first_name},\n\nis all as you hoped? Just answer this email.\n\n{owner.name}")},
        {"id": "pause", "kind": "wait", "days": 3},
        {"id": "ask", "kind": "branch", "test": {"kind": "replied"}, "no": [
            {"id": "tell", "kind": "notify", "to": "leader", "text": _("No answer from {contact.full_name}")}]},
    ]  # fmt: skip
    return {"trigger": trigger, "steps": steps}


def _new_contact() -> dict[str, Any]:
    steps = [
        {"id": "task", "kind": "create_task", "title": _("Call {contact.full_name}"), "due_days": 1},
        {"id": "tell", "kind": "notify", "to": "owner", "text": _("{contact.full_name} is new and yours")},
    ]
    return {"trigger": {"kind": "record_created", "object": "contact"}, "steps": steps}


def _form_follow_up() -> dict[str, Any]:
    steps = [
        {"id": "tell", "kind": "notify", "to": "owner", "text": _("{contact.full_name} sent a form")},
        {"id": "email", "kind": "send_email", "subject": _("Thank you, {contact.first_name}"),
         "body": _("Hello {contact.first_name},\n\nthank you for writing. I will be in touch soon.\n\n{owner.name}")},
        {"id": "wait", "kind": "wait", "days": 1},
        {"id": "task", "kind": "create_task", "title": _("Answer {contact.full_name}"), "due_days": 0},
    ]  # fmt: skip
    return {"trigger": {"kind": "form_sent"}, "steps": steps}


def _closing_soon() -> dict[str, Any]:
    trigger = {"kind": "date_reached", "object": "deal", "field": "close_date", "days": -3}
    tell = {
        "id": "tell",
        "kind": "notify",
        "to": "owner",
        "text": _("{deal.title} is to close in three days"),
    }
    return {"trigger": trigger, "only_if": {"field": "status", "op": "is", "value": "open"}, "steps": [tell]}


def _gone_quiet() -> dict[str, Any]:
    quiet = {"field": "last_activity_at", "op": "more_than_ago", "value": {"count": 30, "unit": "day"}}
    task = {
        "id": "task",
        "kind": "create_task",
        "title": _("Get in touch with {contact.full_name}"),
        "due_days": 7,
    }
    trigger = {"kind": "schedule", "object": "contact", "cron": "0 9 * * mon"}
    return {"trigger": trigger, "only_if": {"all": [quiet]}, "steps": [task]}


RECIPES: dict[RecipeKey, Recipe] = {
    recipe.key: recipe
    for recipe in (
        Recipe("deal_won", gettext_lazy("A good start"),
               gettext_lazy("A deal is won: a task, an email after two days, word to the leader if nobody answers."),
               _deal_won),
        Recipe("new_contact", gettext_lazy("Greet new contacts"),
               gettext_lazy("The owner of a new contact is notified and gets a task to call."), _new_contact),
        Recipe("form_follow_up", gettext_lazy("Answer forms"),
               gettext_lazy("Who sends a form is thanked at once, and called the day after."), _form_follow_up),
        Recipe("closing_soon", gettext_lazy("Deals about to close"),
               gettext_lazy("Owners hear of open deals three days before they are to close."), _closing_soon),
        Recipe("gone_quiet", gettext_lazy("Contacts gone quiet"),
               gettext_lazy("Every Monday, a task for each contact without any activity for 30 days."),
               _gone_quiet),
    )
}  # fmt: skip
assert tuple(RECIPES) == get_args(RecipeKey)
