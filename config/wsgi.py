"""WSGI entry: HTTP without sockets, half the CPU a request of ASGI."""

import os
from collections.abc import Callable, Iterable
from ipaddress import ip_address, ip_network
from typing import Any

from django.core.wsgi import get_wsgi_application

from config import env

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def behind_proxies(application: Wsgi, proxies: list[str]) -> Wsgi:
    """The application with the client's address in place of the proxy's, as uvicorn does it for ASGI.

    ``proxies`` are addresses and networks. Each proxy appends whom it heard from to X-Forwarded-For, so that the last
    one in it that is no proxy of ours is the client: what stands before, the client may have made up.
    """
    networks = [ip_network(text, strict=False) for text in proxies]

    def is_proxy(address: str) -> bool:
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in networks)

    def forwarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if is_proxy(environ.get("REMOTE_ADDR", "")):
            said = [text.strip() for text in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
            environ["REMOTE_ADDR"] = next(
                (address for address in reversed(said) if address and not is_proxy(address)),
                environ["REMOTE_ADDR"],
            )
        return application(environ, start_response)

    return forwarded


application: Wsgi = get_wsgi_application()
if env.flag("TRUST_PROXY"):
    application = behind_proxies(application, env.words("FORWARDED_ALLOW_IPS", "127.0.0.1,::1"))
