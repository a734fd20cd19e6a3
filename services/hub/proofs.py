"""Proofs from the published log: evidence for one entry, consistency for a reader's checkpoint.

Reads tiles and never writes. PROTOCOL section 10.
"""

from exchange.audit import proof, tiles
from exchange.audit.errors import ProofError
from schemas.encoding import b64u
from schemas.wire.hub_api import Evidence
from services.hub.database.interface import Connection, Row
from services.hub.errors import RejectedError
from services.hub.integrator import Integrator


async def evidence(connection: Connection, log: Integrator, entry: Row) -> Evidence:
    """Return an integrated entry with what its leaf commits to and its proof.

    `entry`: a row with idx, leaf, salt and details; idx below the published size.
    """
    index, published = int(entry["idx"]), log.published
    wanted = tiles.inclusion_tiles(index, published.size)
    reader = tiles.hash_reader(await log.tiles.loader(connection, wanted), published.size)
    hashes = tiles.inclusion_proof(index, published.size, reader)
    return Evidence(
        index=index,
        leaf=b64u(entry["leaf"]),
        salt=b64u(entry["salt"]),
        details=b64u(entry["details"]),
        proof=proof.make(index, hashes, published.note),
    )


async def consistency(connection: Connection, log: Integrator, old: int, new: int) -> list[bytes]:
    """Return the proof that the tree of size `new` begins with that of `old`.

    Raises RejectedError unless old <= new <= published size.
    """
    if new > log.published.size:
        raise RejectedError("beyond-the-log")
    try:
        wanted = tiles.consistency_tiles(old, new)
        reader = tiles.hash_reader(await log.tiles.loader(connection, wanted), new)
        return tiles.consistency_proof(old, new, reader)
    except ProofError:
        raise RejectedError("sizes-not-in-order") from None
