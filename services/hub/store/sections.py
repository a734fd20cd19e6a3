"""SQL of sections and attachments: ciphertext and its manifests."""

from collections.abc import Sequence

from services.hub.database.interface import Connection, Into, Row, Values, fetch_one
from services.hub.models import AttachmentRow, SectionRow

SECTIONS = Into(SectionRow, or_nothing=True)
ATTACHMENTS = Into(AttachmentRow, or_nothing=True)


async def versions(connection: Connection, sections: list[str]) -> Sequence[Row]:
    """Return what is stored of these sections, without bodies."""
    return await connection.fetch(
        "SELECT section, version, owner, case_id, scope_tag, digest FROM sections "
        "WHERE section IN_LIST($1)",
        sections,
    )


async def by_digest(connection: Connection, manifests: list[str]) -> Sequence[Row]:
    """Return what is stored under these manifest digests, without bodies."""
    return await connection.fetch(
        "SELECT section, version, owner, case_id, scope_tag, digest FROM sections "
        "WHERE digest IN_LIST($1)",
        manifests,
    )


async def tags_of(
    connection: Connection, sections: list[str], owner: str, case: str
) -> dict[str, str]:
    """Return the scope tags of these sections, as far as they are of this owner and case."""
    rows = await connection.fetch(
        "SELECT DISTINCT section, scope_tag FROM sections "
        "WHERE section IN_LIST($1) AND owner = $2 AND case_id = $3",
        sections,
        owner,
        case,
    )
    return {row["section"]: row["scope_tag"] for row in rows}


async def one(connection: Connection, section: str, version: int, owner: str) -> Row | None:
    """Return manifest and ciphertext of a section version, if it is `owner`'s."""
    return await fetch_one(
        connection,
        "SELECT digest, manifest, ciphertext FROM sections "
        "WHERE section = $1 AND version = $2 AND owner = $3",
        section,
        version,
        owner,
    )


async def put_attachment(connection: Connection, row: Values) -> bool:
    """Store that an attachment is there (owner, digest, size, time); say whether it is new."""
    return await connection.insert(ATTACHMENTS, [row]) == 1


async def missing_attachments(connection: Connection, owner: str, digests: list[str]) -> set[str]:
    """Return which of `digests` the owner has not uploaded."""
    rows = await connection.fetch(
        "SELECT digest FROM attachments WHERE owner = $1 AND digest IN_LIST($2)", owner, digests
    )
    return set(digests) - {row["digest"] for row in rows}


async def manifests(connection: Connection, digests: list[str]) -> dict[str, bytes]:
    """Return manifest statements by their digests, as far as they are there."""
    rows = await connection.fetch(
        "SELECT digest, manifest FROM sections WHERE digest IN_LIST($1)", digests
    )
    return {row["digest"]: bytes(row["manifest"]) for row in rows}
