"""Which fields a role may be kept from: found in the models, so that a new column needs no entry here."""

from collections.abc import Callable, Iterable
from functools import cache

from accounts.roles.teams import owned_models

#: Without these a row could not be shown, ordered or kept from anybody at all.
ALWAYS_SHOWN = frozenset(
    """id owner_id team_id version created_at updated_at archived_at full_name first_name last_name name title
    last_activity_at claimed_at pipeline_id stage_entered_at closed_at status done_at done_by_id custom_values
    follows_id next_task_owner_id next_task_team_id""".split()  # noqa: SIM905 - so many words are read as text
)
#: Made from another field, and hidden with it.
DERIVED = {
    "phone_e164": "phone",
    "company_name": "company_id",
    "emails": "email",
    "phones": "phone",
    "companies": "company_id",
    "contact_name": "contact_id",
    "stage_name": "stage_id",
    "mentioned": "body",
    "due_date": "due_at",
    "deal_title": "deal_id",
    "next_task_due_at": "next_task",
    "open_deal_value": "open_deal_count",
    "open_deal_currency": "open_deal_count",
    "weighted": "amount",
}
NEEDED = {
    "deal": frozenset({"stage_id"}),
    "activity": frozenset(
        {
            "kind",
            "subject",
            "contact_id",
            "deal_id",
            "company_id",
            "actor_id",
            "occurred_at",
            "source",
            "external_id",
        }
    ),
}


def is_hidden(field: str, hidden: frozenset[str]) -> bool:
    """Whether a field, or the one that it is made from, is hidden."""
    return field in hidden or DERIVED.get(field) in hidden


@cache
def editable_fields() -> dict[str, tuple[str, ...]]:
    """Object word -> its fields that can be hidden or made read-only."""
    return {
        model._meta.model_name or "": tuple(
            field.attname
            for field in model._meta.concrete_fields
            if field.attname not in {*ALWAYS_SHOWN, *DERIVED, *NEEDED.get(model._meta.model_name or "", ())}
        )
        for model in owned_models()
    }


#: Of an object's word the names of further fields, which are rows rather than columns.
Provider = Callable[[str], Iterable[tuple[str, str]]]
_providers: list[Provider] = []


def provide(provider: Provider) -> None:
    """Let roles be kept from more fields: the provider answers (name, label) pairs for an object's word."""
    if provider not in _providers:
        _providers.append(provider)


def more_fields(object: str) -> list[tuple[str, str]]:
    """(name, label) of the fields that are no columns."""
    return [pair for provider in _providers for pair in provider(object)]


def is_editable(object: str, field: str) -> bool:
    """Whether there is such a field and a role may be kept from it."""
    known = editable_fields().get(object, ())
    return field in known or any(name == field for name, _label in more_fields(object))
