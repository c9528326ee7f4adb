"""One page of the feed in the making."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast

from crm.feed.cursor import FeedCursor
from crm.feed.schemas import RowChange, Table
from crm.feed.sources import Row, Source
from realtime.changes.change import Change
from realtime.functions import Context

Op = Literal["insert", "update", "delete", "reset"]


@dataclass(slots=True)
class Touched:
    """What a window says of one row: its first state, whether it was ever in sight, its last change."""

    source: Source
    pk: int
    was_visible: bool
    old: Row | None
    in_sight: bool = False
    columns: set[str] = field(default_factory=set)
    last: Change | None = None
    at: datetime | None = None


class Reading:
    """Collects changes for one actor, and moves the cursor along."""

    def __init__(self, ctx: Context, sources: list[Source], cursor: FeedCursor, limit: int) -> None:
        self.ctx, self.cursor, self.limit = ctx, cursor, limit
        self.by_table = {source.table: source for source in sources}
        self.changes: list[RowChange] = []

    def compare_rules(self) -> None:
        """Begin anew with each table that is new here, or whose rows the actor now sees by other rules."""
        cursor, sources = self.cursor, self.by_table.values()
        known, cursor.rules = cursor.rules, {source.name: source.digest(self.ctx) for source in sources}
        cursor.loading = {name: last for name, last in cursor.loading.items() if name in cursor.rules}
        for source in sources:
            if known.get(source.name) != cursor.rules[source.name]:
                self._reset(source)

    def tell(self, changes: list[tuple[Change, datetime]]) -> None:
        """Tell what became of the touched rows, in the order of their last changes."""
        touched: dict[tuple[str, int], Touched] = {}
        for change, at in changes:
            source = self.by_table[change.table]
            if change.op in ("B", "T"):
                self._reset(source, at)
            elif self._concerns(source, change):
                self._touch(touched, source, change, at)
        rows = self._present(touched)
        for key, row in touched.items():
            if self.cursor.loading.get(row.source.name) != 0:
                self._tell_row(row, rows.get(key))

    def load(self) -> None:
        """Read on in the tables that are read from the beginning, as far as the page has room."""
        for source in self.by_table.values():
            room = self.limit - len(self.changes)
            last = self.cursor.loading.get(source.name)
            if last is None or room <= 0:
                continue
            rows = source.rows(self.ctx, source.visible(self.ctx).filter(pk__gt=last), room + 1)
            for row in rows[:room]:
                self._add("insert", source, row["id"], row=row)
            if len(rows) > room:
                self.cursor.loading[source.name] = rows[room - 1]["id"]
            else:
                del self.cursor.loading[source.name]

    def _concerns(self, source: Source, change: Change) -> bool:
        """Whether the reader has, or may have, the row: one beyond what is loaded comes when its turn does."""
        return isinstance(change.pk, int) and change.pk <= self.cursor.loading.get(source.name, change.pk)

    def _touch(
        self, touched: dict[tuple[str, int], Touched], source: Source, change: Change, at: datetime
    ) -> None:
        pk = cast("int", change.pk)
        before = change.old is not None and source.sees(self.ctx, change.old)
        after = change.new is not None and source.sees(self.ctx, change.new)
        row = touched.pop((source.name, pk), None) or Touched(source, pk, before, change.old)
        row.in_sight |= before or after
        row.columns |= change.columns
        row.last, row.at = change, at
        touched[source.name, pk] = row  # at the end: the order is that of the last changes

    def _present(self, touched: dict[tuple[str, int], Touched]) -> dict[tuple[str, int], Row]:
        """The touched rows that are in sight now: one statement a table."""
        wanted: dict[str, list[int]] = {}
        for name, pk in touched:
            wanted.setdefault(name, []).append(pk)
        found: dict[tuple[str, int], Row] = {}
        for source in self.by_table.values():
            if ids := wanted.get(source.name):
                rows = source.rows(self.ctx, source.visible(self.ctx).filter(pk__in=ids))
                found |= {(source.name, row["id"]): row for row in rows}
        return found

    def _tell_row(self, touched: Touched, row: Row | None) -> None:
        """Told by what is so now; what was so in between decides no more than whether it needs telling."""
        source = touched.source
        old = source.old_values(self.ctx, touched.old) if touched.was_visible and touched.old else None
        if row is None:
            if touched.in_sight:
                self._add("delete", source, touched.pk, old=old, touched=touched)
            return
        changed = source.changed(row, touched.columns) if touched.was_visible else []
        if touched.was_visible and not changed:
            return  # of hidden columns alone
        self._add(
            "update" if touched.was_visible else "insert", source, touched.pk, row, old, changed, touched
        )

    def _reset(self, source: Source, at: datetime | None = None) -> None:
        if self.cursor.loading.get(source.name) != 0:
            self.cursor.loading[source.name] = 0
            self._add("reset", source, None, at=at)

    def _add(
        self,
        op: Op,
        source: Source,
        pk: int | None,
        row: Row | None = None,
        old: Row | None = None,
        changed: list[str] | None = None,
        touched: Touched | None = None,
        at: datetime | None = None,
    ) -> None:
        last = touched.last if touched is not None else None
        told: dict[str, Any] = {
            "op": op,
            "table": cast("Table", source.name),
            "id": pk,
            "changed": changed or [],
        }
        told |= {"old": old, "row": row, "at": touched.at if touched is not None else at}
        told |= {"actor": last.actor if last else None, "request_id": last.request_id if last else None}
        self.changes.append(cast("RowChange", told))
