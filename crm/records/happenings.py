"""What happens to records, told to the areas above that keep a history of it, in the same transaction.

Imports point downward only: an area that wants to know listens when its app is ready.
"""

from collections.abc import Callable, Mapping
from typing import Any

from crm.records.models import Record
from realtime.functions import Context

#: ``changes`` is {field: (before, after)}; None stands for a record that was just created.
Changes = Mapping[str, tuple[Any, Any]] | None
Listener = Callable[[Context, Record, Changes], None]

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Call the listener with every record that is created or changed through ``crm.records.writes``."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(ctx: Context, record: Record, changes: Changes) -> None:
    """Tell the listeners; what they write commits with the change, and their failure undoes it."""
    for listener in _listeners:
        listener(ctx, record, changes)
