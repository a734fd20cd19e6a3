"""Where a process may listen: beyond this machine only with TLS. PROTOCOL section 8.

Owns the refusal to serve plain HTTP on any address but loopback. A process behind a TLS proxy says
so explicitly.
"""

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from services.web.errors import TransportError


@dataclass(frozen=True, slots=True)
class Listener:
    """Where to listen, and how the way there is protected."""

    host: str
    port: int
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    behind_proxy: bool = False


def is_loopback(host: str) -> bool:
    """Say whether `host` is an address of this machine alone; names other than localhost aren't."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def require_protected(listener: Listener) -> None:
    """Refuse a listener that others could reach without TLS. Raises TransportError."""
    if (listener.tls_certificate is None) != (listener.tls_key is None):
        raise TransportError("a TLS certificate and its key must be given together")
    protected = listener.tls_certificate is not None or listener.behind_proxy
    if not protected and not is_loopback(listener.host):
        raise TransportError(
            f"refusing to serve plain HTTP on {listener.host}: give a TLS certificate and key, "
            "listen on 127.0.0.1, or set behind_proxy where a TLS proxy stands in front"
        )
