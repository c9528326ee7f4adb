"""The words that the parts of the reactive engine exchange: a Change, a Snapshot, a Tick.

A position in the log is a PostgreSQL *snapshot*, never a serial number: ids are given out before
commit, so a reader that remembers "the highest id" skips the rows of a transaction that commits late.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """One row's change, or one marker (op "T" or "B") that stands for any change of the whole table.

    ``columns`` are the changed columns of an update; empty means all of them.
    ``old`` and ``new`` hold the matchable columns alone, as JSON values. ``kept`` has what other columns of an update
    were and became, as texts (``columns.kept_columns``); readers have to ask the log for it, no message has it.
    """

    id: int
    xid: int
    schema: str
    table: str
    op: str
    pk: int | str | None
    columns: frozenset[str]
    old: dict[str, object] | None
    new: dict[str, object] | None
    request_id: str | None = None
    actor: str | None = None
    kept: Mapping[str, tuple[str | None, str | None]] | None = None

    def to_message(self) -> list[Any]:
        """The change as a short list of plain values, for a message."""
        return [
            self.id, self.xid, self.schema, self.table, self.op, self.pk,
            sorted(self.columns), self.old, self.new, self.request_id, self.actor,
        ]  # fmt: skip

    @classmethod
    def from_message(cls, values: list[Any]) -> Change:
        """The change that ``to_message`` wrote."""
        id_, xid, schema, table, op, pk, columns, old, new, request_id, actor = values
        return cls(id_, xid, schema, table, op, pk, frozenset(columns), old, new, request_id, actor)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Which transactions are visible: PostgreSQL's pg_snapshot.

    All below ``xmin`` have ended, none from ``xmax`` on has begun, those in ``xip`` were running.
    """

    xmin: int
    xmax: int
    xip: frozenset[int] = frozenset()

    @classmethod
    def parse(cls, text: str) -> Snapshot:
        """The snapshot from PostgreSQL's text form, ``xmin:xmax:xip,xip``."""
        xmin, xmax, running = text.split(":")
        return cls(int(xmin), int(xmax), frozenset(int(xid) for xid in running.split(",") if xid))

    def text(self) -> str:
        """PostgreSQL's text form."""
        return f"{self.xmin}:{self.xmax}:{','.join(str(xid) for xid in sorted(self.xip))}"

    def sees(self, xid: int) -> bool:
        """Whether what this transaction committed is visible (an aborted one leaves nothing to see)."""
        if xid < self.xmin:
            return True
        return xid < self.xmax and xid not in self.xip

    def is_foreign(self, now: Snapshot) -> bool:
        """Whether it lies in the future: it came with a backup from another cluster, and means nothing here."""
        return self.xmax > now.xmax


@dataclass(frozen=True, slots=True)
class Tick:
    """What one schema's subscribers learn at one moment of the relay.

    ``number`` counts the relay's ticks in this epoch, ``sequence`` this schema's own; ``previous`` is
    its sequence before this one, for a gap to show. ``snapshot`` is the moment of the tick; ``exported``
    names it for SET TRANSACTION SNAPSHOT for about two seconds. ``changes`` of None: read them from the log.
    """

    epoch: str
    number: int
    schema: str
    sequence: int
    previous: int
    snapshot: Snapshot
    exported: str | None
    changes: tuple[Change, ...] | None

    def to_message(self) -> dict[str, Any]:
        """The tick as plain values for the channel layer."""
        changes = self.changes
        return {
            "epoch": self.epoch,
            "number": self.number,
            "schema": self.schema,
            "sequence": self.sequence,
            "previous": self.previous,
            "snapshot": self.snapshot.text(),
            "exported": self.exported,
            "changes": None if changes is None else [change.to_message() for change in changes],
        }

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Tick:
        """The tick that ``to_message`` wrote."""
        changes = message["changes"]
        return cls(
            epoch=message["epoch"],
            number=message["number"],
            schema=message["schema"],
            sequence=message["sequence"],
            previous=message["previous"],
            snapshot=Snapshot.parse(message["snapshot"]),
            exported=message["exported"],
            changes=None if changes is None else tuple(Change.from_message(values) for values in changes),
        )
