"""Where a host that a member named really is: it must not lead into the deployment's own network.

The answer is to be connected to as it is: the name could lead elsewhere a moment later.
"""

import ipaddress
import socket

#: IPv6 networks whose last 32 bits are an IPv4 address: NAT64 (RFC 6052; RFC 8215 is private anyway), compatible.
STAND_FOR_IPV4 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))


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
    if not allow_inside and any(is_inside(address) for address in found):
        raise InsideHost("This address lies inside the deployment's network.")
    return found[0]


def is_inside(text: str) -> bool:
    """Whether an address is anything but a public host's. An IPv6 address that stands for an IPv4 one (mapped, 6to4,
    Teredo, NAT64) is as public as that one."""
    address = ipaddress.ip_address(text.partition("%")[0])
    meant = [address]
    if isinstance(address, ipaddress.IPv6Address):
        low = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        meant += [
            found for found in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())) if found
        ]
        meant += [low] if any(address in network for network in STAND_FOR_IPV4) else []
        if address.ipv4_mapped is not None:
            meant.remove(address)
    return any(not one.is_global or one.is_multicast for one in meant)
