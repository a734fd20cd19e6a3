"""Attachments in clear: opened piece by piece, never all in memory, never on disk.

The file is gone through twice: first to the end, so that nothing of a damaged or exchanged
attachment is shown, then to be handed out. Which sections a caller may see is
`services.node.egress`'s to say.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from exchange.errors import OpenError
from exchange.opening import AttachmentOpener
from exchange.section import AttachmentDescriptor
from services.node.egress import View
from services.node.errors import NotThereError
from services.node.node import Node
from services.node.store.tables import OpenedRow

_PIECE = 256 * 1024


def find(view: View, digest: str) -> AttachmentDescriptor:
    """Return an attachment of a section that was shown. Raises NotThereError."""
    for descriptor in view.section.attachments:
        if descriptor.ciphertext == digest:
            return descriptor
    raise NotThereError("attachment")


def path_of(node: Node, view: View, digest: str) -> Path:
    """Return the file of an attachment's ciphertext."""
    if isinstance(view.row, OpenedRow):
        return node.folder.received / view.row.release / digest
    return node.folder.attachment(digest)


async def open_file(
    node: Node, view: View, descriptor: AttachmentDescriptor
) -> AsyncIterator[bytes]:
    """Return the pieces of an attachment, after having verified all of it. Raises OpenError."""
    path = path_of(node, view, descriptor.ciphertext)
    await asyncio.to_thread(_verify, path, descriptor, view)
    return _pieces(path, descriptor, view)


def _opener(descriptor: AttachmentDescriptor, view: View) -> AttachmentOpener:
    manifest = view.section.manifest
    return AttachmentOpener(descriptor, owner=manifest.owner, case=manifest.case)


def _verify(path: Path, descriptor: AttachmentDescriptor, view: View) -> None:
    opener = _opener(descriptor, view)
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                opener.update(piece)
    except OSError:
        raise OpenError("attachment", "missing") from None
    opener.finish()


async def _pieces(path: Path, descriptor: AttachmentDescriptor, view: View) -> AsyncIterator[bytes]:
    opener = _opener(descriptor, view)
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield opener.update(piece)
    yield opener.finish()
