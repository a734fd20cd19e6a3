"""The auditor's way to the hub: her key, the pinned hub, a mirror to bring up to date.

Owns only the joining of these; requests are signed and answers verified by `services.hub_client`.
PROTOCOL sections 8 and 10.
"""

from collections.abc import Callable
from pathlib import Path

import httpx

from exchange.audit.checkpoint import HubLogKeys
from exchange.audit.mirrored import Progress
from schemas.wire.hub_api import HubCard
from services.auditor.folder import MirrorFolder
from services.auditor.key import AuditorKey
from services.auditor.mirror import MirrorUpdate, update_mirror
from services.hub_client.client import HubClient


async def mirror_hub(
    path: Path,
    key: AuditorKey,
    hub_card: HubCard,
    http: httpx.AsyncClient,
    *,
    clock: Callable[[], int],
    progress: Progress | None = None,
) -> MirrorUpdate:
    """Bring the mirror in `path` up to the hub's newest checkpoint; see `update_mirror`.

    `clock` gives seconds. Raises MirrorError; HubClientError if the hub refuses, is not there, or
    something else answers in its place.
    """
    hub = HubClient(http, hub_card, seed=key.seed, clock=clock)
    keys = HubLogKeys.from_card(hub_card)
    return await update_mirror(MirrorFolder(path), hub, keys, progress)
