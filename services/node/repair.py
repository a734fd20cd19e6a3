"""Makes anew what was sealed to a KEM key that its recipient has replaced meanwhile.

The hub refuses such grants and messages. An unlocked node fetches the recipient's introduction
again and seals once more; nobody has to send or approve anything twice. PROTOCOL section 5.
"""

from collections.abc import Sequence

from exchange.consent import Deny
from exchange.grants import GrantRecipient
from services.node import grants, messages, partners
from services.node.errors import NotTrustedError
from services.node.node import Node
from services.node.store import consents as consent_store
from services.node.store import messages as message_store
from services.node.store.tables import ConsentRow, MessageRow


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
        repaired += await _repair(node, recipient, mine, theirs)
    return repaired


async def _repair(
    node: Node,
    recipient: GrantRecipient,
    unsent: Sequence[MessageRow],
    ungranted: Sequence[ConsentRow],
) -> int:
    keys = node.records()
    async with node.db.write() as session:
        for stale in ungranted:
            consent = await session.merge(stale)
            vouched, decision = await grants.decide_own(session, node, consent)
            if not isinstance(decision, Deny):
                to = await grants.recipient(session, node, vouched)
                await grants.grant_consent(node, session, keys, consent, vouched, decision, to)
        for message in unsent:
            row = await session.merge(message)
            await messages.send_again(node, session, keys, recipient, row)
    return len(unsent) + len(ungranted)
