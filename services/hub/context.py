"""Everything one hub process holds: made once at start, handed to every request.

No module-level state: two hubs in one process do not know of each other.
"""

from collections.abc import Callable
from dataclasses import dataclass

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
