"""SQL of grants and their half-keys."""

from collections.abc import Sequence

from services.hub.database.interface import Connection, Into, Row, Values
from services.hub.models import GrantRow

REPLACED = ", ".join(
    f"{name} = excluded.{name}"
    for name in ("digest", "statement", "half_key", "erase_at", "recorded_at")
)
GRANTS = Into(GrantRow, upsert=f" ON CONFLICT (consent, manifest) DO UPDATE SET {REPLACED}")


async def digests(connection: Connection, consent: str, manifests: list[str]) -> dict[str, str]:
    """Return the digests of the grants that hold, by manifest."""
    rows = await connection.fetch(
        "SELECT manifest, digest FROM grants WHERE consent = $1 AND manifest IN_LIST($2)",
        consent,
        manifests,
    )
    return {row["manifest"]: row["digest"] for row in rows}


async def put(connection: Connection, rows: Sequence[Values]) -> None:
    """Store grants (all columns in the table's order); a newer one replaces an older."""
    await connection.insert(GRANTS, rows)


async def of_head(connection: Connection, consent: str, manifests: list[str]) -> Sequence[Row]:
    """Return the sections behind a head's manifests, with half-keys where there are any."""
    return await connection.fetch(
        "SELECT s.section, s.scope_tag, s.digest, s.manifest, g.half_key, g.erase_at "
        "FROM sections s LEFT JOIN grants g ON g.consent = $1 AND g.manifest = s.digest "
        "WHERE s.digest IN_LIST($2)",
        consent,
        manifests,
    )


async def destroy_of(connection: Connection, consent: str) -> int:
    """Destroy the half-keys of one consent; return how many there were."""
    return await connection.execute(
        "UPDATE grants SET half_key = NULL WHERE consent = $1 AND half_key IS NOT NULL", consent
    )


async def destroy_due(connection: Connection, now: int) -> int:
    """Destroy the half-keys whose time has come; return how many there were."""
    return await connection.execute(
        "UPDATE grants SET half_key = NULL WHERE erase_at <= $1 AND half_key IS NOT NULL", now
    )


async def half_keys(connection: Connection) -> Sequence[Row]:
    """Return every half-key there is, to be sealed anew."""
    return await connection.fetch(
        "SELECT consent, manifest, half_key FROM grants WHERE half_key IS NOT NULL"
    )


async def reseal(connection: Connection, rows: Sequence[Values]) -> None:
    """Store half-keys (sealed, consent, manifest) in place of those before."""
    await connection.update_many(
        "UPDATE grants SET half_key = $1 WHERE consent = $2 AND manifest = $3", rows
    )
