"""What has been found once and may be forgotten."""

from collections import OrderedDict
from collections.abc import Hashable
from contextlib import suppress
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """So many values by key; the oldest goes first. Threads may share it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, key: Hashable) -> Value | None:
        """The value, if it is kept."""
        return self._values.get(key)

    def put(self, key: Hashable, value: Value) -> None:
        """Keep the value."""
        self._values[key] = value
        if len(self._values) > self._most:
            with suppress(KeyError):
                self._values.popitem(last=False)

    def clear(self) -> None:
        """Keep nothing."""
        self._values.clear()
