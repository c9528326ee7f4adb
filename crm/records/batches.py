"""Many changes in one call, each in a savepoint of its own: one that is refused leaves the others alone."""

from collections.abc import Mapping
from typing import Annotated, Any

from django.db import DataError, IntegrityError, transaction
from pydantic import Field

from crm.records.schemas import BatchResult
from realtime.functions import Context, FunctionError, InvalidInput, Phrase, invalid
from realtime.functions.call import explained, permit
from realtime.functions.registry import AnyFunction

#: An item has one key, which says what to do; its value holds the arguments of that function.
Items = Annotated[list[dict[str, Any]], Field(min_length=1, max_length=200)]


def run_batch(
    ctx: Context, verbs: Mapping[str, AnyFunction], items: list[dict[str, Any]]
) -> list[BatchResult]:
    """Do each item by its verb's function, with that function's own permission; a result each, in order."""
    return [_result(ctx, verbs, index, item) for index, item in enumerate(items)]


def _result(ctx: Context, verbs: Mapping[str, AnyFunction], index: int, item: dict[str, Any]) -> BatchResult:
    noted = len(ctx.notes)
    try:
        with transaction.atomic():
            row = _do(ctx, verbs, item)
    except FunctionError as error:
        del ctx.notes[noted:]
        return {"index": index, "id": None, "version": None, "error": _told(error)}
    return {"index": index, "id": row["id"], "version": row["version"], "error": None}


def _do(ctx: Context, verbs: Mapping[str, AnyFunction], item: dict[str, Any]) -> Any:
    if len(item) != 1 or not item.keys() <= verbs.keys():
        known = ", ".join(verbs)
        raise invalid("", Phrase("An item has one key, one of: %(verbs)s.", verbs=known), "unknown_verb")
    ((verb, given),) = item.items()
    if not isinstance(given, dict):
        raise invalid(verb, "Give an object that holds the arguments.", "dict_type")
    function = verbs[verb]
    permit(function, ctx)
    arguments = function.args_from_values(given)
    try:
        return function(ctx, **{name: getattr(arguments, name) for name in type(arguments).model_fields})
    except IntegrityError as error:
        raise explained(function, error) from error
    except DataError as error:
        raise InvalidInput("A value is out of the range that can be stored.") from error


def _told(error: FunctionError) -> dict[str, Any]:
    return {
        "status": error.status,
        "code": error.code,
        "detail": str(error.detail),
        "errors": [{name: str(text) for name, text in each.items()} for each in error.errors],
    }
