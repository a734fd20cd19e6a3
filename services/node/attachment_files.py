"""The files of own attachments' ciphertexts, each named by its digest. PROTOCOL section 11.

A file is written before the row that names it. What a crash or a full disk leaves without a row is
removed at the next start, when nobody is storing anything: the rows alone say what is there.
"""

import asyncio
import logging

from keys.secret_files import replace_secret
from services.node.errors import StorageError
from services.node.folder import NodeFolder
from services.node.store import cases
from services.node.store.database import Database

log = logging.getLogger("safehand.node")


async def keep_file(folder: NodeFolder, digest: str, ciphertext: bytes) -> None:
    """Write a ciphertext; on return it is on disk. Raises StorageError."""
    try:
        await asyncio.to_thread(replace_secret, folder.attachment(digest), ciphertext)
    except OSError as fault:
        log.error("attachment-not-written %s", type(fault).__name__)
        raise StorageError("attachment") from None


async def sweep(folder: NodeFolder, db: Database) -> None:
    """Remove files that no row names. Only for the start: later they may be about to be named."""
    async with db.read() as session:
        named = await cases.attachment_digests(session)
    await asyncio.to_thread(_remove_all_but, folder, named)


def _remove_all_but(folder: NodeFolder, named: frozenset[str]) -> None:
    for path in folder.attachments.iterdir():
        if path.name not in named:
            path.unlink()
