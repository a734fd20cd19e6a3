"""SQL of the directory: admitted facilities, their statements, auditors."""

from collections.abc import Sequence

from services.hub.database.interface import Connection, Into, Row, Values, fetch_one
from services.hub.models import AuditorRow, DirectoryStatementRow, FacilityRow

FACILITIES = Into(FacilityRow)
STATEMENTS = Into(DirectoryStatementRow, or_nothing=True)
AUDITORS = Into(AuditorRow)


async def card(connection: Connection, facility: str) -> bytes | None:
    """Return an admitted facility's key card."""
    row = await fetch_one(connection, "SELECT card FROM facilities WHERE facility = $1", facility)
    return None if row is None else bytes(row["card"])


async def statements(connection: Connection, facility: str) -> list[bytes]:
    """Return a facility's statements in the order they came."""
    rows = await connection.fetch(
        "SELECT statement FROM directory_statements WHERE facility = $1 "
        "ORDER BY recorded_at, digest",
        facility,
    )
    return [bytes(row["statement"]) for row in rows]


async def facility_of_key(connection: Connection, key_id: str) -> str | None:
    """Return the facility that once certified the key with this id."""
    row = await fetch_one(
        connection, "SELECT facility FROM directory_statements WHERE key_id = $1", key_id
    )
    return None if row is None else str(row["facility"])


async def auditor_of_key(connection: Connection, key_id: str) -> Row | None:
    """Return auditor id and raw public key (base64url) of an auditor's key."""
    return await fetch_one(
        connection, "SELECT auditor, ed25519 FROM auditors WHERE key_id = $1", key_id
    )


async def put_statements(connection: Connection, rows: Sequence[Values]) -> int:
    """Store statements (digest, facility, key id, statement, time); return how many are new."""
    return await connection.insert(STATEMENTS, rows)
