"""SQL of releases and receipts."""

from collections.abc import Sequence

from services.hub.batch import BatchConnection
from services.hub.database.interface import Connection, Into, Row, Values, fetch_one
from services.hub.models import ReceiptRow, ReleasedSectionRow, ReleaseRow

RELEASES = Into(ReleaseRow, or_nothing=True)
SECTIONS = Into(ReleasedSectionRow, or_nothing=True)
RECEIPTS = Into(ReceiptRow, or_nothing=True)


async def one(connection: Connection, release: str) -> Row | None:
    """Return a release."""
    return await fetch_one(
        connection,
        "SELECT release, consent, recipient, asked, purpose, head, leaf_hash FROM releases "
        "WHERE release = $1",
        release,
    )


async def with_evidence(connection: Connection, release: str) -> Row | None:
    """Return a release with its head and its audit entry."""
    return await fetch_one(
        connection,
        "SELECT r.release, r.consent, r.recipient, r.purpose, h.statement AS head_statement, "
        "e.idx, e.leaf, e.salt, e.details FROM releases r "
        "JOIN heads h ON h.consent = r.consent AND h.counter = r.head "
        "JOIN log_entries e ON e.leaf_hash = r.leaf_hash WHERE r.release = $1",
        release,
    )


def put_later(connection: BatchConnection, row: Values, manifests: Sequence[str]) -> None:
    """Store a new release (all columns in the table's order) and its sections in order."""
    connection.insert_later(RELEASES, [row])
    connection.insert_later(SECTIONS, [(row[0], at, one) for at, one in enumerate(manifests)])


async def sections(connection: Connection, release: str, inline: int) -> Sequence[Row]:
    """Return a release's sections in order with grant and half-key.

    Ciphertexts of more than `inline` bytes are left out.
    """
    return await connection.fetch(
        "SELECT s.section, s.scope_tag, s.digest, s.manifest, "
        "CASE WHEN length(s.ciphertext) <= $2 THEN s.ciphertext END AS ciphertext, "
        "g.statement AS grant_statement, g.half_key, g.erase_at "
        "FROM released_sections r JOIN sections s ON s.digest = r.manifest "
        "JOIN releases x ON x.release = r.release "
        "JOIN grants g ON g.consent = x.consent AND g.manifest = r.manifest "
        "WHERE r.release = $1 ORDER BY r.position",
        release,
        inline,
    )


async def ciphertext(connection: Connection, manifest: str) -> bytes:
    """Return the ciphertext of a section version that is there."""
    rows = await connection.fetch("SELECT ciphertext FROM sections WHERE digest = $1", manifest)
    return bytes(rows[0]["ciphertext"])


async def put_receipt(connection: Connection, row: Values) -> bool:
    """Store a receipt; say whether it is new."""
    return await connection.insert(RECEIPTS, [row]) == 1
