"""Where a host that a member named really is: it must not lead into the deployment's own network.

The answer is to be connected to as it is: the name could lead elsewhere a moment later.
"""

import ipaddress
import socket


class NoSuchHost(Exception):
    """There is no host of this name, for now at least."""


class InsideHost(Exception):
    """It is a host of the deployment's own network, or of this machine."""


def public_address(host: str, port: int, *, allow_inside: bool) -> str:
    """One network address of the host. NoSuchHost, or InsideHost unless that is allowed."""
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise NoSuchHost(f"There is no host {host}.") from error
    if not allow_inside and any(not ipaddress.ip_address(address).is_global for address in found):
        raise InsideHost("This address lies inside the deployment's network.")
    return found[0]
