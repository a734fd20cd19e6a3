"""Makes anew what was sealed to a KEM key that its recipient has replaced meanwhile.

The hub refuses such grants and messages. An unlocked node fetches the recipient's introduction
again and seals once more; nobody has to send or approve anything twice. PROTOCOL section 5.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from exchange.consent import Deny
from exchange.grants import GrantRecipient
from services.node import grants, messages, partners
from services.node.errors import NotTrustedError
from services.node.keyholder import RecordKeys
from services.node.node import Node
from services.node.store import consents as consent_store
from services.node.store import messages as message_store
from services.node.store.tables import ConsentRow


async def repair(node: Node) -> int:
    """Seal again what is to be sealed again; return how much that was. Raises LockedError."""
    async with node.db.read() as session:
        unsent = await message_store.list_unsent(session)
        ungranted = await consent_store.ungranted(session, node.now())
    repaired = 0
    for facility in {row.partner for row in unsent} | {row.partner for row in ungranted}:
        try:
            recipient = partners.reader(await partners.verified(node, facility))
        except NotTrustedError:
            continue
        mine = [row for row in unsent if row.partner == facility]
        theirs = [row for row in ungranted if row.partner == facility]
        repaired += await _repair(
            node, recipient, [row.message for row in mine], [row.jti for row in theirs]
        )
    return repaired


async def _repair(
    node: Node,
    recipient: GrantRecipient,
    unsent: Sequence[str],
    ungranted: Sequence[str],
) -> int:
    """Seal again what still is to be: the hub was asked meanwhile, so every row is read anew."""
    keys, repaired = node.records(), 0
    async with node.db.write() as session:
        if recipient.facility not in await partners.pins(session):
            return 0
        for jti in ungranted:
            consent = await consent_store.get_consent(session, jti)
            if consent is not None and consent.revoked_at is None and consent.head_of is None:
                await _grant(session, node, keys, consent)
                repaired += 1
        for message in unsent:
            row = await message_store.get_message(session, message)
            if row is not None and row.state == message_store.UNSENT:
                await messages.send_again(node, session, keys, recipient, row)
                repaired += 1
    return repaired


async def _grant(session: AsyncSession, node: Node, keys: RecordKeys, consent: ConsentRow) -> None:
    vouched, decision = await grants.decide_own(session, node, consent)
    if not isinstance(decision, Deny):
        to = await grants.recipient(session, node, vouched)
        await grants.grant_consent(node, session, keys, consent, vouched, decision, to)
