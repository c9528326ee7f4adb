"""Who in this process wants to know at once that rows of a public table have changed, wherever they were written.

For what a process keeps of them for a few seconds. It is a hint, as ticks are: only a process that has had a socket
hears it, and not while Redis is away; so whatever is kept must also lapse by itself.
"""

from collections.abc import Callable

from django.db import models

from realtime.changes.change import Tick

_listeners: dict[str, list[Callable[[], None]]] = {}


def on_public_change(listener: Callable[[], None], *tables: type[models.Model]) -> None:
    """Call the listener (quickly, it runs on the event loop) after each commit that changes one of the tables."""
    for table in tables:
        _listeners.setdefault(table._meta.db_table, []).append(listener)


def tell_listeners(tick: Tick) -> None:
    """Call those whom a tick of the public schema concerns; all of them if it does not say what has changed."""
    touched = set(_listeners) if tick.changes is None else {change.table for change in tick.changes}
    for listener in dict.fromkeys(each for table in touched for each in _listeners.get(table, ())):
        listener()
