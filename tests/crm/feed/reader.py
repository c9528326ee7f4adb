"""A reader of the feed that folds its pages, and the rows that it should then have."""

from dataclasses import dataclass, field
from typing import Any

import orjson

from accounts.tenancy import tenant_context
from crm.feed.sources import SOURCES
from realtime.functions.call import call
from realtime.functions.encoding import encode_json
from realtime.functions.transactions import reading
from tests.cast import Person

Rows = dict[str, dict[int, Any]]


@dataclass
class Reader:
    """One person's copy of the tables."""

    person: Person
    tables: list[str]
    limit: int = 200
    cursor: str | None = None
    rows: Rows = field(default_factory=dict)
    pages: list[dict[str, Any]] = field(default_factory=list)

    def read(self) -> list[dict[str, Any]]:
        """All pages until nothing is waiting; their changes."""
        changes: list[dict[str, Any]] = []
        while True:
            page = self.read_page()
            changes += page["changes"]
            if not page["has_more"]:
                return changes

    def read_page(self) -> dict[str, Any]:
        """One page, folded in."""
        page = self.ask()
        self.fold(page["changes"])
        self.cursor = page["cursor"]
        self.pages.append(page)
        return page

    def ask(self) -> dict[str, Any]:
        """What the function answers, as JSON carries it."""
        args = {"tables": self.tables, "after": self.cursor, "limit": self.limit}
        with tenant_context(self.person.schema):
            return orjson.loads(encode_json(call("feed.list_changes", self.person.context(), args)))

    def fold(self, changes: list[dict[str, Any]]) -> None:
        """As docs/feed.md tells it."""
        for change in changes:
            rows = self.rows.setdefault(change["table"], {})
            if change["op"] == "reset":
                rows.clear()
            elif change["op"] == "delete":
                rows.pop(change["id"], None)
            else:
                rows[change["id"]] = change["row"]

    def check(self) -> None:
        """The copy is what a fresh look shows."""
        assert {name: self.rows.get(name, {}) for name in self.tables} == visible_rows(
            self.person, self.tables
        )


def visible_rows(person: Person, tables: list[str]) -> Rows:
    """The rows that the person sees now."""
    with tenant_context(person.schema), reading():
        ctx = person.context()
        found = {name: SOURCES[name].rows(ctx, SOURCES[name].visible(ctx)) for name in tables}
    return {name: {row["id"]: orjson.loads(encode_json(row)) for row in rows} for name, rows in found.items()}
