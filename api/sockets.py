"""Who opens a socket: as anywhere, and as anywhere whoever tries keys has to wait."""

from collections.abc import Mapping
from typing import Any

from accounts import authentication
from api.authentication import charge_address
from realtime.functions import Context, NotFound, Unauthenticated


def resolve_socket(
    scope: Mapping[str, Any], *, key: str = "", ticket: str = "", request_id: str = ""
) -> Context:
    """``accounts.authentication.resolve_socket``; RateLimited after too many keys and tickets that do not work.

    They are charged to the address's budget that the API uses, so that guessing here does not escape its limit.
    """
    try:
        return authentication.resolve_socket(scope, key=key, ticket=ticket, request_id=request_id)
    except (Unauthenticated, NotFound):
        headers = {name.lower() for name, _value in scope.get("headers", [])}
        if key or ticket or b"authorization" in headers:
            charge_address((scope.get("client") or [""])[0] or "")
        raise
