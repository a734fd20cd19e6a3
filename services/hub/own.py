"""An owner's own sections and attachments: recording uploads, reading back for a restore."""

from schemas.encoding import b64u
from schemas.wire.hub_api import AttachmentStored, SectionIn
from schemas.wire.statement import SignedStatement
from services.hub.calls import Call
from services.hub.errors import NotFoundError
from services.hub.store import sections as store
from services.hub.turn import Turn


async def own_section(turn: Turn, call: Call, section: str, version: int) -> SectionIn:
    """Return one of the caller's own section versions. Raises NotFoundError."""
    row = await store.one(turn.connection, section, version, call.facility)
    if row is None:
        raise NotFoundError
    turn.record(call.details("section.read", turn.now, objects=[row["digest"]]))
    return SectionIn(
        manifest=SignedStatement.from_bytes(row["manifest"]), ciphertext=b64u(row["ciphertext"])
    )


async def own_attachment(turn: Turn, call: Call, digest: str) -> None:
    """Allow the caller to read an attachment that it uploaded. Raises NotFoundError."""
    if await store.missing_attachments(turn.connection, call.facility, [digest]):
        raise NotFoundError
    turn.record(call.details("section.read", turn.now, objects=[digest]))


async def record_attachment(turn: Turn, call: Call, row: tuple[str, str, int]) -> AttachmentStored:
    """Store that an attachment's file is there: owner, digest, size in bytes."""
    _, digest, _ = row
    if not await store.put_attachment(turn.connection, (*row, turn.now)):
        return AttachmentStored(digest=digest, state="unchanged")
    turn.record(call.details("attachment.push", turn.now, objects=[digest]))
    return AttachmentStored(digest=digest, state="created")
