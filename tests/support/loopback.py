"""A guard on this interpreter's sockets: a test that would reach another host fails.

It hangs on CPython's audit events, so it sees every `connect` and `sendto` of Python code whatever
library makes it, and it can't be taken off again. It does not see sockets of native code (uvloop)
nor of child processes.
"""

import ipaddress
import socket
import sys
from typing import Any

_WATCHED = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


class OtherHostError(RuntimeError):
    """A test tried to reach beyond loopback."""


def is_loopback(address: object) -> bool:
    """Say whether a socket address is on this machine: a path, `localhost` or a loopback IP."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _WATCHED:
        return
    sock, address = arguments[0], arguments[1]
    if sock.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address):
        raise OtherHostError(f"tests stay on this machine; tried {address!r}")


def forbid_other_hosts() -> None:
    """Start the guard for the life of this interpreter."""
    sys.addaudithook(_watch)
