"""Unlocking, locking and the state of a node as it is shown.

Both are entries in the node's own log. PROTOCOL sections 10 and 11.
"""

import json

from keys.errors import KeyringError
from services.node import api, renewal
from services.node.node import Node
from services.node.store import outbox
from services.node.store.state import FORK, HUB_CHECKPOINT, REVOCATIONS, get_value
from services.node.store.tables import OutboxRow
from services.node.sync import HubState


async def unlock(node: Node, passphrase: str) -> None:
    """Open the record keyring and log it, the failed attempt as well. Raises KeyringError."""
    try:
        await node.keys.unlock(passphrase)
    except KeyringError:
        await _record(node, action="node.unlock", outcome="deny", reasons=["not-unlocked"])
        raise
    await _record(node, action="node.unlock")
    await renewal.renew_kem(node)
    node.wake.ring()


async def lock(node: Node) -> None:
    """Forget the record keys."""
    node.keys.lock()
    await _record(node, action="node.lock")


async def _record(node: Node, **fields: object) -> None:
    async with node.db.write() as session:
        await node.log.append(session, node.details(**fields))


async def status(node: Node, hub: HubState) -> api.StatusOut:
    """Return what there is to know without keys."""
    async with node.db.read() as session:
        waiting, refused = await outbox.count(session)
        revocations = await get_value(session, REVOCATIONS)
        checkpoint = await get_value(session, HUB_CHECKPOINT)
        forked = await get_value(session, FORK) is not None
    note = checkpoint.value.decode() if checkpoint else None
    return api.StatusOut(
        facility=node.facility,
        locked=node.keys.is_locked,
        outbox=api.OutboxOut(waiting=waiting, refused=refused),
        hub=api.HubOut(
            url=node.hub_card.url,
            reached_at=hub.reached_at,
            trouble="hub-log-forked" if forked else hub.trouble,
            log_size=int(note.split("\n")[1]) if note else None,
            checkpoint=note,
            revocations_at=revocations.at if revocations else None,
        ),
    )


def refused_out(row: OutboxRow) -> api.RefusedOut:
    """Return a refused outbox row as it is shown."""
    return api.RefusedOut(
        kind=row.kind,
        subject=row.subject,
        status=row.status or 0,
        slug=row.slug or "",
        reasons=json.loads(row.reasons),
    )
