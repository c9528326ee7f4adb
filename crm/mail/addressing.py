"""Where a mail server really is: a host name that a member wrote must not lead into the deployment's own network."""

import ipaddress
import socket

from django.conf import settings


class BadHost(Exception):
    """There is no such host, or it is not one to be connected to; the message says which."""


def public_address(host: str, port: int) -> str:
    """One address of the host. To be connected to as it is: the name could lead elsewhere a moment later."""
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise BadHost(f"There is no host {host}.") from error
    inside = [address for address in found if not ipaddress.ip_address(address).is_global]
    if inside and not settings.MAILBOXES_AT_PRIVATE_ADDRESSES:
        raise BadHost("This address lies inside the deployment's network.")
    return found[0]
