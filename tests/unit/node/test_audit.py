"""The node's own log: one tree across transactions, verified again after each step. PROTOCOL 10."""

from pathlib import Path

import pytest

from exchange.audit import checkpoint
from exchange.audit.checkpoint import HubLogKeys
from exchange.audit.tree import leaf_hash, node_hash
from keys.lognotes import LogSigner
from schemas.wire.hub_api import AuditDetails
from services.node.audit import NodeLog, log_origin
from services.node.store import log
from services.node.store.database import Database, open_engine
from services.node.store.migrate import migrate
from services.node.store.state import LOG_CHECKPOINT, get_value

NOW = 1_790_000_000
SIGNER = LogSigner(log_origin("F-0123456789"), bytes(32), bytes(32))


def details() -> AuditDetails:
    return AuditDetails(
        action="node.open", outcome="permit", reasons=[], actor="F-0123456789", at=NOW
    )


def root(hashes: list[bytes]) -> bytes:
    """Return the RFC 6962 root, straight from its definition."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(root(hashes[:split]), root(hashes[split:]))


async def verify(db: Database) -> int:
    """Check the whole log; return its size."""
    async with db.read() as session:
        rows = await log.list_entries(session, start=0, most=10_000)
        row = await get_value(session, LOG_CHECKPOINT)
    assert row is not None
    said = checkpoint.verify(row.value.decode(), HubLogKeys.of_signer(SIGNER))
    assert [one.position for one in rows] == list(range(said.size))
    assert said.root == root([leaf_hash(one.leaf) for one in rows])
    return said.size


async def test_log_verifies_after_every_step_and_past_a_full_tile(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "node.db")
    await migrate(engine)
    db, nodelog = Database(engine), NodeLog(SIGNER)
    size = 0
    for count in (1, 1, 2, 5, 120, 126, 1, 1, 260, 3):
        async with db.write() as session:
            await nodelog.append(session, *(details() for _ in range(count)))
        size += count
        assert await verify(db) == size
    await db.close()


async def test_entry_of_a_failed_transaction_is_not_in_the_log(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "node.db")
    await migrate(engine)
    db, nodelog = Database(engine), NodeLog(SIGNER)
    async with db.write() as session:
        await nodelog.append(session, details())

    async def fail() -> None:
        async with db.write() as session:
            await nodelog.append(session, details())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await verify(db) == 1
    await db.close()
