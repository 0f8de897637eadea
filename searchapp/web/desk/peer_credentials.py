"""The user of the process at the other end of a local TCP connection, on Linux.

An unconfigured proxy passes on requests that look like those of a local browser, but it runs as another user:
`www-data`, `nginx`, `caddy`. See proc(5) on /proc/net/tcp.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_ESTABLISHED = "01"


def is_another_user(environ: Mapping[str, object]) -> bool:
    """Whether the client's process is known to belong to another user than this one.

    environ     of a request over TCP from this machine, with REMOTE_PORT and SERVER_PORT

    False where that is unknown: no Linux, no such connection in this network's namespace.
    """
    try:
        ports = int(str(environ["REMOTE_PORT"])), int(str(environ["SERVER_PORT"]))
    except (KeyError, ValueError):
        return False
    return any(user != os.getuid() for user in _users(*ports))


def _users(local: int, remote: int) -> Iterator[int]:
    """The user id of each connection from one port to another."""
    for table in _TABLES:
        try:
            rows = table.read_text("ascii").splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            _, here, there, state, _, _, _, user, *_ = row.split()
            if state == _ESTABLISHED and (_port(here), _port(there)) == (local, remote):
                yield int(user)


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)
