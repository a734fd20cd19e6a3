"""Everything one hub process holds: made once at start, handed to every request.

No module-level state: two hubs in one process do not know of each other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from keys.request_keys import RequestSigner
from schemas.wire.hub_api import HubCard
from services.hub.anonymous import AnonymousCounts
from services.hub.database.interface import Database
from services.hub.directory import HubDirectory
from services.hub.half_keys import HalfKeys
from services.hub.integrator import Integrator
from services.hub.settings import HubSettings
from services.hub.writer import Writer
from services.web.metrics import Metrics

Clock = Callable[[], int]
"""Seconds since the Unix epoch."""


@dataclass(frozen=True)
class Hub:
    """The parts of a running hub."""

    settings: HubSettings
    clock: Clock
    card: HubCard
    database: Database
    writer: Writer
    log: Integrator
    directory: HubDirectory
    signer: RequestSigner
    http_seed: bytes
    half_keys: HalfKeys
    anonymous: AnonymousCounts
    metrics: Metrics

    def target(self, scope: Mapping[str, Any]) -> str:
        """Return the URL that the caller of an ASGI scope must have signed.

        Never from the Host header.
        """
        path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
        return f"{self.settings.public_url}{path}{'?' if query else ''}{query}"
