"""The outbox: what the hub has yet to be told, told exactly as it was committed.

Told in order, except that what takes something back, and keys, overtake the rest.
`enqueue` belongs to the transaction of what it tells of; `drain` tells. Every call to the hub is
idempotent by the ids inside its body and signed afresh by the client, so that a lost answer, a
restart or an outage only means telling again. Works while the node is locked. PROTOCOL sections 8
and 11.
"""

import json
from collections.abc import Awaitable, Callable, Collection, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from schemas.identifiers import Digest, Id128
from schemas.wire.base import WireModel
from schemas.wire.hub_api import (
    ConsentIn,
    GrantsIn,
    MessageIn,
    ReceiptIn,
    RevocationByCodeIn,
    SectionsIn,
    StatementsIn,
    TokenIn,
)
from schemas.wire.statement import Grant
from services.hub_client.errors import (
    AnswerError,
    HubRefusal,
    HubUnavailableError,
    NoAnswerError,
)
from services.node.node import Node
from services.node.store import consents, messages, outbox
from services.node.store.tables import OutboxRow

_BODY = "outbox.body"
_RETRY = frozenset({"unauthenticated", "forbidden", "internal"})
"""Refusals that say nothing of the body: not admitted yet, a clock that is off, a fault there."""


_OTHER_KEY = "other-kem-key"
"""The hub's word for: sealed to a KEM key that the recipient has replaced."""


class AttachmentOut(WireModel):
    """An attachment to upload: the digest that names its file."""

    digest: Digest


class ReceiptOut(WireModel):
    """A receipt and the release that it belongs to."""

    release: Id128
    body: ReceiptIn


Tell = Callable[[Node, bytes], Awaitable[object]]


async def _attachment(node: Node, data: bytes) -> object:
    digest = AttachmentOut.from_bytes(data).digest
    return await node.hub.put_attachment(digest, node.folder.attachment(digest))


async def _receipt(node: Node, data: bytes) -> object:
    out = ReceiptOut.from_bytes(data)
    return await node.hub.send_receipt(out.release, out.body)


_TELL: dict[str, Tell] = {
    "directory": lambda node, data: node.hub.push_statements(StatementsIn.from_bytes(data)),
    "attachment": _attachment,
    "sections": lambda node, data: node.hub.push_sections(SectionsIn.from_bytes(data)),
    "consent": lambda node, data: node.hub.record_consent(ConsentIn.from_bytes(data)),
    "refusal": lambda node, data: node.hub.record_refusal(TokenIn.from_bytes(data)),
    "revocation": lambda node, data: node.hub.revoke(TokenIn.from_bytes(data)),
    "revocation-code": lambda node, data: node.hub.revoke_by_code(
        RevocationByCodeIn.from_bytes(data)
    ),
    "message": lambda node, data: node.hub.send_message(MessageIn.from_bytes(data)),
    "grants": lambda node, data: node.hub.record_grants(GrantsIn.from_bytes(data)),
    "receipt": _receipt,
    "revocation-receipt": lambda node, data: node.hub.send_revocation_receipt(
        ReceiptIn.from_bytes(data)
    ),
}
"""How each kind of outbox row is told."""


async def enqueue(
    node: Node, session: AsyncSession, kind: str, subject: str, body: WireModel
) -> int:
    """Add `body` to the outbox within the caller's transaction; return its position.

    `subject` is the id of what it is about.
    """
    data = body.to_bytes()
    sealed = node.keys.service.outbox.seal(_BODY, subject, data)
    return await outbox.add(
        session, kind=kind, subject=subject, sealed_body=sealed, size=len(data), now=node.now()
    )


async def drain(node: Node) -> int:
    """Tell the hub everything that waits; return how many things it took.

    Revocations and refusals overtake what is larger, and an unusable answer to one of them does not
    keep back the others. Raises HubUnavailableError, AnswerError, or HubRefusal where the hub
    refuses this node rather than a body; what is left then waits.
    """
    taken, aside, fault = 0, set[int](), None
    async with node.pushing:
        while rows := await _next(node, aside):
            try:
                taken += await _tell(node, rows)
            except (AnswerError, HubUnavailableError) as trouble:
                if rows[0].kind not in outbox.RETRACTIONS or isinstance(trouble, NoAnswerError):
                    raise
                aside.add(rows[0].position)
                fault = trouble
    if fault is not None:
        raise fault
    return taken


async def _next(node: Node, aside: Collection[int]) -> Sequence[OutboxRow]:
    async with node.db.read() as session:
        rows = await outbox.next_batch(session, most=node.settings.batch_rows, aside=aside)
    if not rows or rows[0].kind != "sections":
        return rows[:1]
    total, fitting = 0, 0
    for row in rows:
        total += row.size
        if fitting and total > node.settings.batch_bytes:
            break
        fitting += 1
    return rows[:fitting]


async def _tell(node: Node, rows: Sequence[OutboxRow]) -> int:
    """Tell some rows in one call; if that is refused and they are many, each by itself."""
    try:
        await _TELL[rows[0].kind](node, _body(node, rows))
    except HubRefusal as refusal:
        if refusal.slug in _RETRY:
            raise
        if len(rows) > 1:
            return sum([await _tell(node, [row]) for row in rows])
        await _refused(node, rows[0], refusal)
        return 0
    except OSError:
        # The file of an attachment is gone: nothing that waits behind it must suffer for that.
        await _refused(node, rows[0], HubRefusal(410, "file-missing"))
        return 0
    await _delivered(node, rows)
    return len(rows)


def _body(node: Node, rows: Sequence[OutboxRow]) -> bytes:
    vault = node.keys.service.outbox
    bodies = [vault.open(_BODY, row.subject, row.sealed_body) for row in rows]
    if len(bodies) == 1:
        return bodies[0]
    pushes = [SectionsIn.from_bytes(body) for body in bodies]
    return SectionsIn(sections=[one for push in pushes for one in push.sections]).to_bytes()


async def _delivered(node: Node, rows: Sequence[OutboxRow]) -> None:
    async with node.db.write() as session:
        await outbox.remove(session, [row.position for row in rows])
        for row in rows:
            await consents.set_hub_state(session, row.kind, row.subject, "recorded")
    if rows[0].kind == "grants":
        # The half-keys were in the body: they are not to linger in the write-ahead log.
        await node.db.truncate_log()


async def _refused(node: Node, row: OutboxRow, refusal: HubRefusal) -> None:
    """Keep what was refused out of the queue's way; what a newer KEM key mends is made again."""
    async with node.db.write() as session:
        if _OTHER_KEY in refusal.reasons and await _to_be_made_again(session, node, row):
            await outbox.remove(session, [row.position])
            return
        await outbox.mark_refused(
            session,
            row.position,
            status=refusal.status,
            slug=refusal.slug,
            reasons=json.dumps(list(refusal.reasons)),
        )
        await consents.set_hub_state(session, row.kind, row.subject, "refused")


async def _to_be_made_again(session: AsyncSession, node: Node, row: OutboxRow) -> bool:
    """Note that grants or a message were sealed to an outdated key; `repair` makes them anew."""
    if row.kind == "grants":
        await consents.forget_granted(session, row.subject, _granted(_body(node, [row])))
    elif row.kind == "message":
        await messages.mark_unsent(session, row.subject)
    else:
        return False
    return True


def _granted(body: bytes) -> list[str]:
    """Return the manifests that a body's grants are about."""
    grants = GrantsIn.from_bytes(body).grants
    return [Grant.from_bytes(one.grant.payload_bytes()).manifest for one in grants]


async def tell_now(node: Node, *positions: int) -> str:
    """Try to have the hub's word on outbox rows while their caller waits.

    Returns `delivered` or `queued`; raises HubRefusal if the hub refused one of these very rows.
    """
    await node.push_for(drain(node), node.settings.answer_seconds)
    async with node.db.read() as session:
        for position in positions:
            row = await outbox.refused_for(session, position)
            if row is not None:
                raise HubRefusal(row.status or 0, row.slug or "", json.loads(row.reasons))
        waiting = [await outbox.is_waiting(session, position) for position in positions]
    return "queued" if any(waiting) else "delivered"
