"""Many changes in one call, each by itself: one that is refused leaves the others alone."""

from collections.abc import Mapping
from typing import Annotated, Any

from django.db import DataError, IntegrityError, transaction
from pydantic import Field

from accounts.permissions import Permission
from crm.contacts.mutations import (
    archive_contact,
    assign_contact,
    create_contact,
    restore_contact,
    update_contact,
)
from crm.contacts.pool import claim_contact
from crm.contacts.schemas import BatchResult
from crm.contacts.tagging import tag_contact, untag_contact
from crm.contacts.upsert import upsert_contact
from realtime.functions import Context, FunctionError, InvalidInput, Phrase, invalid, mutation
from realtime.functions.call import explained, permit
from realtime.functions.registry import AnyFunction

#: The one key of an item -> the function whose arguments its value holds.
VERBS: Mapping[str, AnyFunction] = {
    "create": create_contact,
    "update": update_contact,
    "upsert": upsert_contact,
    "assign": assign_contact,
    "claim": claim_contact,
    "tag": tag_contact,
    "untag": untag_contact,
    "archive": archive_contact,
    "restore": restore_contact,
}
Items = Annotated[list[dict[str, Any]], Field(min_length=1, max_length=200)]


@mutation(permission=Permission.CONTACT_EDIT)
def batch_contacts(ctx: Context, *, items: Items) -> list[BatchResult]:
    """Do up to 200 things with contacts, with a result for each; one that is refused leaves the others alone.

    An item has one key, which says what to do, and its arguments: ``{"create": {"first_name": "Ada"}}``,
    ``{"update": {"contact_id": 3, "changes": {...}, "version": 2}}``,
    ``{"upsert": {"match": "email", "values": {...}}}``; or assign, claim, tag, untag, archive, restore with a
    ``contact_id``.
    """
    return [_result(ctx, index, item) for index, item in enumerate(items)]


def _result(ctx: Context, index: int, item: dict[str, Any]) -> BatchResult:
    """Do one item; what it wrote and noted is gone if it is refused."""
    noted = len(ctx.notes)
    try:
        with transaction.atomic():
            row = _do(ctx, item)
    except FunctionError as error:
        del ctx.notes[noted:]
        return _refused(index, error)
    return {
        "index": index,
        "id": row["id"],
        "version": row["version"],
        "created": "create" in item or bool(row.get("created")),
        "error": None,
    }


def _do(ctx: Context, item: dict[str, Any]) -> Any:
    if len(item) != 1 or not item.keys() <= VERBS.keys():
        raise invalid(
            "", Phrase("An item has one key, one of: %(verbs)s.", verbs=", ".join(VERBS)), "unknown_verb"
        )
    ((verb, given),) = item.items()
    if not isinstance(given, dict):
        raise invalid(verb, "Give an object that holds the arguments.", "dict_type")
    function = VERBS[verb]
    permit(function, ctx)
    arguments = function.args_from_values(given)
    try:
        # In a transaction of its own, so that a violated constraint leaves the others alone.
        with transaction.atomic():
            return function(ctx, **{name: getattr(arguments, name) for name in type(arguments).model_fields})
    except IntegrityError as error:
        raise explained(function, error) from error
    except DataError as error:
        raise InvalidInput("A value is out of the range that can be stored.") from error


def _refused(index: int, error: FunctionError) -> BatchResult:
    return {
        "index": index,
        "id": None,
        "version": None,
        "created": False,
        "error": {
            "status": error.status,
            "code": error.code,
            "title": str(error.title),
            "detail": str(error.detail),
            "errors": [{name: str(text) for name, text in each.items()} for each in error.errors],
        },
    }
