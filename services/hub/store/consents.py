"""SQL of consents, refusals, revocations and heads."""

from collections.abc import Sequence

from services.hub.database.interface import Connection, Into, Row, Values, fetch_one
from services.hub.models import ConsentRow, HeadRow, RefusalRow, RevocationReceiptRow

CONSENTS = Into(ConsentRow)
REFUSALS = Into(RefusalRow)
HEADS = Into(HeadRow)
RECEIPTS = Into(RevocationReceiptRow, or_nothing=True)
COLUMNS = (
    "consent, issuer, recipient, token, token_digest, signer_key, expires_at, revoked_at, "
    "revocation, suspended, releases_used"
)


BESIDES = (
    "(SELECT count(*) FROM refusals r WHERE r.issuer = c.issuer AND r.case_id = c.case_id) "
    "AS refusals, "
    "(SELECT max(h.counter) FROM heads h WHERE h.consent = c.consent) AS head_counter, "
    "(SELECT h.statement FROM heads h WHERE h.consent = c.consent ORDER BY h.counter DESC LIMIT 1) "
    "AS head_statement"
)


async def one(connection: Connection, consent: str, *, lock: bool = False) -> Row | None:
    """Return a consent with its head that holds and how many refusals there are in its case.

    With `lock`, nobody else changes it until the transaction ends.
    """
    sql = f"SELECT {COLUMNS}, {BESIDES} FROM consents c WHERE consent = $1"  # noqa: S608 - constant
    return await fetch_one(connection, f"{sql} FOR_UPDATE" if lock else sql, consent)


async def of_party(connection: Connection, facility: str, after: str, limit: int) -> Sequence[Row]:
    """Return consents that a facility issued or received, after an id, in the order of ids."""
    return await connection.fetch(
        f"SELECT {COLUMNS} FROM consents "  # noqa: S608 - constant
        "WHERE (issuer = $1 OR recipient = $1) AND consent > $2 ORDER BY consent LIMIT $3",
        facility,
        after,
        limit,
    )


async def how_many(connection: Connection, issuer: str, recipient: str, since: int) -> int:
    """Return how many consents of a pair were still in force after a time."""
    row = await fetch_one(
        connection,
        "SELECT count(*) AS n FROM consents "
        "WHERE issuer = $1 AND recipient = $2 AND expires_at > $3",
        issuer,
        recipient,
        since,
    )
    assert row is not None  # count(*) always gives a row
    return int(row["n"])


async def by_revocation_hash(connection: Connection, revocation_hash: str) -> Sequence[Row]:
    """Return the consents that a revocation code ends, locked."""
    return await connection.fetch(
        f"SELECT {COLUMNS} FROM consents WHERE revocation_hash = $1 FOR_UPDATE",  # noqa: S608
        revocation_hash,
    )


async def revoked(connection: Connection, facility: str, since: int, limit: int) -> Sequence[Row]:
    """Return id and revocation token of a facility's revoked consents, the newest first.

    Leaves out those that were both revoked and expired before `since`.
    """
    return await connection.fetch(
        "SELECT consent, revocation FROM consents "
        "WHERE (issuer = $1 OR recipient = $1) AND revoked_at IS NOT NULL "
        "AND (revoked_at > $2 OR expires_at > $2) ORDER BY revoked_at DESC, consent LIMIT $3",
        facility,
        since,
        limit,
    )


async def put(connection: Connection, row: Values) -> None:
    """Store a consent (all columns in the table's order)."""
    await connection.insert(CONSENTS, [row])


async def resume(connection: Connection, consent: str) -> None:
    """End a consent's suspension."""
    await connection.execute("UPDATE consents SET suspended = 0 WHERE consent = $1", consent)


async def count_release(connection: Connection, consent: str) -> None:
    """Count one release."""
    await connection.execute(
        "UPDATE consents SET releases_used = releases_used + 1 WHERE consent = $1", consent
    )


async def revoke(connection: Connection, consent: str, at: int, token: str | None) -> None:
    """Mark a consent revoked."""
    await connection.execute(
        "UPDATE consents SET revoked_at = $2, revocation = $3 WHERE consent = $1",
        consent,
        at,
        token,
    )


async def refusal(connection: Connection, jti: str) -> str | None:
    """Return a recorded refusal's token."""
    row = await fetch_one(connection, "SELECT token FROM refusals WHERE refusal = $1", jti)
    return None if row is None else str(row["token"])


async def refusals(connection: Connection, issuer: str, case: str) -> list[str]:
    """Return the tokens of all refusals in a case."""
    rows = await connection.fetch(
        "SELECT token FROM refusals WHERE issuer = $1 AND case_id = $2 "
        "ORDER BY recorded_at, refusal",
        issuer,
        case,
    )
    return [row["token"] for row in rows]


async def put_refusal(connection: Connection, row: Values) -> None:
    """Store a refusal (all columns in the table's order)."""
    await connection.insert(REFUSALS, [row])


async def head_at(connection: Connection, consent: str, counter: int) -> Row | None:
    """Return the head with this counter."""
    return await fetch_one(
        connection,
        "SELECT counter, digest, statement FROM heads WHERE consent = $1 AND counter = $2",
        consent,
        counter,
    )


async def put_head(connection: Connection, row: Values) -> None:
    """Store a head (all columns in the table's order)."""
    await connection.insert(HEADS, [row])


async def put_revocation_receipt(connection: Connection, row: Values) -> bool:
    """Store a revocation receipt; say whether it is new."""
    return await connection.insert(RECEIPTS, [row]) == 1
