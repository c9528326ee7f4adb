"""A client of the live protocol that folds transitions into state, as every client has to."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.processes import PATIENCE


class LiveClient:
    """One socket. A thread reads it; ``answers`` is what a screen would show."""

    def __init__(
        self,
        address: str,
        *,
        key: str = "",
        hello: bool = True,
        patches: bool = False,
        came_with: tuple[str, int] | None = None,
        **options: Any,
    ) -> None:
        url = address.replace("http://", "ws://") + "/ws"
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        headers |= options.pop("headers", {})
        # No limits of the library's own: on a slow machine a server may be silent for long.
        patient = {"open_timeout": PATIENCE, "ping_interval": None, "max_size": None}
        self._opened = connect(url, additional_headers=headers, **patient | options)
        self.socket = self._opened.__enter__()
        self.answers: dict[str, Any] = {}
        self.messages: list[dict[str, Any]] = []
        self.transitions: list[dict[str, Any]] = []
        #: All answers as they stood after each transition.
        self.folded: list[dict[str, Any]] = []
        self.acks: set[str] = set()
        self.close_code: int | None = None
        self.hashes: dict[str, str] = {}
        #: How many changes came as patches.
        self.patched = 0
        self.on_change: Callable[[str, dict[str, Any]], None] = lambda id, change: None
        self._numbers = 0
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        if hello:
            before = {"epoch": came_with[0], "tick": came_with[1]} if came_with else {}
            self.send(type="hello", protocol=1, patches=patches, **before)
            self.wait(lambda: any(message["type"] == "ready" for message in self.messages))

    @property
    def is_reading(self) -> bool:
        """Whether messages can still come."""
        return self._thread.is_alive()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave."""
        self._opened.__exit__(None, None, None)
        self._thread.join(PATIENCE)

    def send(self, **message: Any) -> None:
        """Send a message as JSON."""
        self.socket.send(json.dumps(message))

    def subscribe(self, id: str, function: str, hash: str = "", **args: Any) -> Any:
        """Follow a query and return its first answer."""
        self.send(type="subscribe", queries=[{"id": id, "function": function, "args": args, "hash": hash}])
        self.wait(lambda: id in self.answers)
        return self.answers[id]

    def call(self, function: str, key: str | None = None, **args: Any) -> dict[str, Any]:
        """Call a function; the result message, once the acknowledgement has come, too."""
        id = self.number()
        self.send(type="call", id=id, function=function, args=args, idempotency_key=key)
        self.wait(lambda: self.reply("result", id) is not None)
        answer = self.reply("result", id) or {}
        if answer.get("xid") is not None:
            self.wait(lambda: id in self.acks)
        return answer

    @property
    def place(self) -> tuple[str, int]:
        """The epoch and the tick of the last transition."""
        return self.transitions[-1]["epoch"], self.transitions[-1]["tick"]

    @property
    def is_resumed(self) -> bool:
        """Whether the server has followed every change since the place that was said with hello."""
        return any(message.get("resumed") is True for message in self.messages)

    def sync(self) -> None:
        """Wait until all answers include everything that is committed by now."""
        id = self.number()
        self.send(type="sync", id=id)
        self.wait(lambda: id in self.acks)

    def number(self) -> str:
        """A fresh id."""
        self._numbers += 1
        return f"#{self._numbers}"

    def reply(self, type: str, id: str | None) -> dict[str, Any] | None:
        """The message of that type and id, if it has come."""
        found = (message for message in self.messages if message["type"] == type and message.get("id") == id)
        return next(found, None)

    def refusal(self, id: str | None = None) -> dict[str, Any]:
        """The error that a wrong message got."""
        self.wait(lambda: self.reply("error", id) is not None)
        found: dict[str, Any] = (self.reply("error", id) or {})["error"]
        return found

    def wait(self, condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait until the condition holds; AssertionError with what has come if it does not."""
        end = time.monotonic() + seconds
        with self._news:
            while not condition():
                left = end - time.monotonic()
                if left <= 0 or self.close_code is not None:
                    raise AssertionError(f"waited in vain; closed {self.close_code}; {self.messages[-3:]}")
                self._news.wait(min(left, 0.5))

    def wait_closed(self, seconds: float = PATIENCE) -> int:
        """The code that the server closed with."""
        end = time.monotonic() + seconds
        with self._news:
            while self.close_code is None and time.monotonic() < end:
                self._news.wait(0.5)
        assert self.close_code is not None, "still open"
        return self.close_code

    def _read(self) -> None:
        try:
            for text in self.socket:
                with self._news:
                    self._take(json.loads(text))
                    self._news.notify_all()
        except ConnectionClosed:
            pass
        with self._news:
            self.close_code = self.socket.close_code
            self._news.notify_all()

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] != "transition":
            self.messages.append(message)
            return
        self.transitions.append(message)
        for change in message["changes"]:
            self.on_change(change["id"], change)
            if "patch" in change:
                assert change["from"] == self.hashes[change["id"]]
                self.patched += 1
                self.answers[change["id"]] = patched(self.answers[change["id"]], change["patch"])
            elif not change.get("unchanged"):
                self.answers[change["id"]] = change.get("result", change.get("html", change.get("error")))
            else:
                self.answers.setdefault(change["id"], "unchanged")
            self.hashes[change["id"]] = change["hash"]
        self.folded.append(dict(self.answers))
        self.acks.update(message["acks"])


def patched(result: Any, patch: dict[str, Any]) -> Any:
    """The result after the patch, as every client has to make it."""
    if "" in patch.get("lists", {}):
        return _patched_list(result, patch["lists"][""])
    lists = {name: _patched_list(result[name], change) for name, change in patch.get("lists", {}).items()}
    members = result | lists | patch.get("set", {})
    return {name: value for name, value in members.items() if name not in patch.get("unset", [])}


def _patched_list(rows: list[Any], change: dict[str, Any]) -> list[Any]:
    by_id = {row["id"]: row for row in rows + change["rows"]}
    return [by_id[id] for id in change.get("order", [row["id"] for row in rows])]
