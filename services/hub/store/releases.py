"""SQL of releases and receipts."""

from collections.abc import Sequence

from services.hub.database.interface import Connection, Into, Row, Values, fetch_one
from services.hub.models import ReceiptRow, ReleasedSectionRow, ReleaseRow

RELEASES = Into(ReleaseRow)
SECTIONS = Into(ReleasedSectionRow)
RECEIPTS = Into(ReceiptRow, or_nothing=True)


async def one(connection: Connection, release: str) -> Row | None:
    """Return a release."""
    return await fetch_one(
        connection,
        "SELECT release, consent, recipient, asked, purpose, head, leaf_hash FROM releases "
        "WHERE release = $1",
        release,
    )


async def put(connection: Connection, row: Values, manifests: Sequence[str]) -> None:
    """Store a release (all columns in the table's order) and its sections in order."""
    await connection.insert(RELEASES, [row])
    await connection.insert(SECTIONS, [(row[0], at, one) for at, one in enumerate(manifests)])


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
