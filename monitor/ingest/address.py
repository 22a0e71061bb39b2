"""Which addresses a feed may lie at: the public ones, unless the operator allows others."""

import ipaddress
import re
import socket

_NUMERIC = re.compile(r"(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){0,3}")


class ForbiddenAddress(OSError):
    """A name leads to an address that is private, and those are not allowed."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet.

    Loopback, private, link-local (cloud metadata lives there), multicast and reserved ones do not, nor such a one
    wrapped in IPv6.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or _nat64(ip)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def is_private_by_name(host: str) -> bool:
    """Whether a host needs no resolver to be seen as private: a number in any of its spellings, or a local name.

    Behind a proxy this is all that can be looked at.
    """
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith((".localhost", ".local", ".internal", ".localdomain", ".home.arpa")):
        return True
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        pass
    else:
        return not is_public(name)
    try:  # 2130706433, 0x7f.1 and 127.1 are 127.0.0.1 to every resolver
        return bool(_NUMERIC.fullmatch(name)) and not is_public(socket.inet_ntoa(socket.inet_aton(name)))
    except OSError:
        return False


def _nat64(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    # RFC 6052: the well-known prefix holds an IPv4 address in its last 32 bits
    if ip in ipaddress.IPv6Network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None
