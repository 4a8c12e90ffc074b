"""Under which names the desk may be addressed.

A web page elsewhere can let its own name point to this machine (DNS rebinding) and would then be read by the browser as
one with the desk. Such a request still carries that page's name as its host, so names that are not ours are refused.
An address in numbers is nobody's name and cannot be pointed anywhere.
"""

from __future__ import annotations

import ipaddress
import re
import socket

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_NAME_AND_PORT = re.compile(r"(?:\[([0-9a-f:.]+)\]|([^\[\]:/]+))(?::[0-9]{1,5})?")
"""RFC 9110, 7.2: a name or an address, then perhaps a port; an IPv6 address in brackets. A path behind it is none."""


class Hosts:
    """The names of a desk that listens on `host` and is also called by `names`."""

    def __init__(self, host: str, names: tuple[str, ...] = ()) -> None:
        self._open_to_all = _is_unspecified(host)
        own = {socket.gethostname().lower(), socket.getfqdn().lower()} if self._open_to_all else {host.lower()}
        self._names = LOOPBACK | own | {name.lower() for name in names}

    def knows(self, header: str) -> bool:
        """Whether the Host header names this desk, with any port."""
        name = _without_port(header.lower())
        return bool(name) and (name in self._names or (self._open_to_all and _is_address(name)))


def _without_port(header: str) -> str:
    """The name; empty where the header is no name with a port."""
    found = _NAME_AND_PORT.fullmatch(header)
    return (found[1] or found[2].rstrip(".")) if found else ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_unspecified(host: str) -> bool:
    return host == "" or (_is_address(host) and ipaddress.ip_address(host).is_unspecified)
