"""What of an address tells one client from another."""

from __future__ import annotations

import ipaddress

IPV6_BITS = 64
"""Of an IPv6 address that stand for a client: each is given all of a /64 to choose from (RFC 6177)."""


def limited(address: str | None, *, named: bool) -> str | None:
    """The client of this address as it is counted; None if it is not.

    named    whether a proxy that is believed has said that it is this one
    """
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    found = getattr(found, "ipv4_mapped", None) or found
    if not named and (found.is_private or found.is_loopback or found.is_link_local):
        return None
    if found.version == 6:
        return str(ipaddress.ip_network((int(found), IPV6_BITS), strict=False).network_address)
    return str(found)
