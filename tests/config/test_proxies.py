"""Who the client is behind a proxy, for WSGI servers."""

from typing import Any

import pytest

from config.wsgi import behind_proxies

PROXIES = ["127.0.0.1", "::1", "10.0.0.0/8"]


@pytest.mark.parametrize(
    ("sender", "said", "client"),
    [
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.1.2.3", "203.0.113.7, 10.9.9.9", "203.0.113.7"),
        ("127.0.0.1", "127.0.0.1, 203.0.113.7", "203.0.113.7"),  # the client made the first one up
        ("127.0.0.1", "10.0.0.5", "127.0.0.1"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("203.0.113.9", "127.0.0.1", "203.0.113.9"),  # no proxy of ours: what it says does not count
        ("", "203.0.113.7", ""),  # a socket file
    ],
)
def test_the_client_is_the_last_one_that_is_no_proxy(sender: str, said: str | None, client: str) -> None:
    seen: list[str] = []

    def application(environ: dict[str, Any], _start_response: object) -> list[bytes]:
        seen.append(environ["REMOTE_ADDR"])
        return []

    environ = {"REMOTE_ADDR": sender} | ({"HTTP_X_FORWARDED_FOR": said} if said else {})
    behind_proxies(application, PROXIES)(environ, lambda *_: None)
    assert seen == [client]
