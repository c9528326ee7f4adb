"""One state of an answer, encoded once for everybody who gets it, whole or as a patch of the state before."""

from typing import Any

import orjson

_RESULT = b'"result":'


class Version:
    """The hash by which answers are compared, and the members of the change message that carry the answer."""

    __slots__ = ("_before", "_patch", "body", "hash")

    def __init__(self, hash: str, body: bytes) -> None:
        self.hash, self.body = hash, body
        self._before: Version | None = None
        self._patch: Version | None = None

    def follow(self, before: "Version") -> None:
        """Be the state after this one; the states before that are let go."""
        before._before = before._patch = None
        self._before = before

    def since(self, hash: str) -> "Version":
        """What to send to somebody who has the answer of that hash: a patch where there is a smaller one."""
        before = self._before
        if before is None or before.hash != hash:
            return self
        if self._patch is None:
            body = patch_body(before, self)
            self._patch = self if body is None or len(body) >= len(self.body) else Version(self.hash, body)
        return self._patch


def patch_body(before: Version, after: Version) -> bytes | None:
    """The members ``from`` and ``patch``; None for answers that are no results."""
    if not (before.body.startswith(_RESULT) and after.body.startswith(_RESULT)):
        return None
    patch = difference(orjson.loads(before.body[len(_RESULT) :]), orjson.loads(after.body[len(_RESULT) :]))
    return None if patch is None else b'"from":"%b","patch":%b' % (before.hash.encode(), orjson.dumps(patch))


def difference(before: Any, after: Any) -> dict[str, Any] | None:
    """The patch that turns one result into the other; None for results that can't be patched.

    ``lists``: by member ("" for a result that is a list itself) the changed and new ``rows``, and the ids in their
    ``order`` where that has changed. ``set`` and ``unset``: other members that are different, or gone.
    """
    if isinstance(before, list) and isinstance(after, list):
        rows = _of_lists(before, after)
        return None if rows is None else {"lists": {"": rows}}
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return None
    patch: dict[str, Any] = {"lists": {}, "set": {}, "unset": [name for name in before if name not in after]}
    for name, value in after.items():
        if name in before and before[name] == value:
            continue
        rows = _of_lists(before.get(name), value)
        if rows is None:
            patch["set"][name] = value
        else:
            patch["lists"][name] = rows
    return {name: part for name, part in patch.items() if part}


def _of_lists(before: Any, after: Any) -> dict[str, Any] | None:
    """The difference of two lists of rows; None for lists of something else."""
    old, new = _by_id(before), _by_id(after)
    if old is None or new is None:
        return None
    rows = [row for id, row in new.items() if old.get(id) != row]
    order = list(new)
    return {"rows": rows} if list(old) == order else {"order": order, "rows": rows}


def _by_id(rows: Any) -> dict[Any, Any] | None:
    if not isinstance(rows, list):
        return None
    found = {row["id"]: row for row in rows if isinstance(row, dict) and isinstance(row.get("id"), int | str)}
    return found if len(found) == len(rows) else None
