"""Renewal of the KEM key: a new one in time, when a person unlocks the node.

Older seeds stay in the keyring: what was sealed to them must stay openable. PROTOCOL section 3.
"""

from keys.randomness import new_seed
from schemas.wire.statement import KeyStatement, SignedStatement
from services.node import staff
from services.node.init import kem_statement
from services.node.node import Node
from services.node.store import partners as store

RENEW_AFTER = 60 * 86_400
"""Seconds after which an unlocked node certifies a new KEM key."""


async def renew_kem(node: Node) -> bool:
    """Certify a new KEM key if the newest is old; say whether it was. Raises LockedError."""
    async with node.db.read() as session:
        rows = await store.list_statements(session)
    issued = [_kem_issued(SignedStatement.model_validate_json(row.body)) for row in rows]
    if max(issued, default=0) + RENEW_AFTER > node.now():
        return False
    keys, seed = node.records(), new_seed()
    statement = kem_statement(node.facility, seed, keys.identity, node.now())
    # The seed first: nobody may seal to a key that could still be lost.
    await node.keys.add_kem_seed(seed)
    async with node.db.write() as session:
        await staff.add_statement(node, session, statement)
    return True


def _kem_issued(statement: SignedStatement) -> int:
    if statement.type != "key-statement":
        return 0
    key = KeyStatement.from_bytes(statement.payload_bytes())
    return key.issued_at if key.kind == "kem" else 0
