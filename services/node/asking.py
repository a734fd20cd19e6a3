"""Asking for one release while its caller waits; the hub's refusal is the caller's answer."""

import json
from collections.abc import Sequence

from schemas.wire.token import Purpose
from services.hub_client.errors import HubRefusal
from services.node import opening, releases
from services.node.node import Node
from services.node.store import releases as store
from services.node.store.tables import ReleaseRow
from services.node.sync import receive_patiently


async def ask_now(
    node: Node, consent: str, purpose: Purpose, sections: Sequence[str]
) -> ReleaseRow:
    """Ask for a release and open it; return what came of it.

    Needs an unlocked node. Raises HubRefusal if the hub says no; what could not be asked now (the
    hub is away) stays wanted and is asked for by the next round.
    """
    node.records()
    async with node.db.write() as session:
        release = releases.want(session, node, consent, purpose, sections)
    await receive_patiently(node, release)
    await opening.open_received(node, release)
    node.wake.ring()
    row = await releases.get(node, release)
    if row.state == store.REFUSED:
        raise HubRefusal(row.status or 0, row.slug or "", json.loads(row.reasons))
    return row
