"""Brings a mirror up to date: fetches what is new and accepts it only if it leads to the new root.

Owns the conversation with the hub. Tiles are not fetched but made here, out of the entries: so a
new checkpoint is accepted only if the old tree, with the entries served, gives exactly its root,
which proves both that nothing was rewritten and that every entry was handed over. Entries' details
are checked by `verification`. PROTOCOL section 10.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from exchange.audit import checkpoint, tiles, tree
from exchange.audit.checkpoint import Checkpoint, HubLogKeys
from exchange.audit.errors import CheckpointError, ProofError, TileError
from exchange.audit.findings import Finding
from exchange.audit.mirrored import Progress
from exchange.audit.verify import checkpoint_finding
from schemas.encoding import unb64u
from schemas.errors import EncodingError
from schemas.wire.hub_api import EntriesOut, EntryOut
from services.auditor.errors import MirrorError
from services.auditor.folder import MirrorFolder

PAGE = 1000
"""Entries asked for at a time, as many as a hub gives; it may give fewer."""


class LogHub(Protocol):
    """What a mirror asks of a hub; `services.hub_client` answers it."""

    async def checkpoint(self) -> str:
        """Return the newest checkpoint's text."""

    async def entries(self, start: int, count: int) -> EntriesOut:
        """Return up to `count` entries from index `start` on."""

    async def consistency(self, old: int, new: int) -> Sequence[bytes]:
        """Return the proof that the tree of size `new` begins with that of `old`."""


@dataclass(frozen=True)
class MirrorUpdate:
    """What an update did. With a finding the mirror stays as it was, at `old_size`."""

    old_size: int
    new_size: int
    finding: Finding | None


async def update_mirror(
    folder: MirrorFolder, hub: LogHub, keys: HubLogKeys, progress: Progress | None = None
) -> MirrorUpdate:
    """Fetch and accept everything up to the hub's newest checkpoint.

    `progress(size, new_size)` tells how far the mirror has come. A checkpoint that contradicts the
    mirror is kept beside it as evidence. Raises MirrorError, and what `hub` raises; the mirror is
    then as it was.
    """
    folder.create()
    old = _own_checkpoint(folder, keys)
    folder.keep_entries(old.size)
    text = await hub.checkpoint()
    try:
        new = checkpoint.verify(text, keys)
    except CheckpointError as error:
        return _refuse(folder, old, text, checkpoint_finding(error))
    try:
        finding = _compare(old, new) or await _take_entries(folder, hub, old, new, progress)
    except BaseException:
        folder.keep_entries(old.size)
        raise
    if finding is not None:
        return _refuse(folder, old, text, finding)
    folder.put_checkpoint(text)
    return MirrorUpdate(old.size, new.size, None)


def _own_checkpoint(folder: MirrorFolder, keys: HubLogKeys) -> Checkpoint:
    """Return where the mirror stands, if its tiles agree. Raises MirrorError."""
    text = folder.checkpoint_text()
    if not text:
        return Checkpoint(keys.origin, 0, tree.EMPTY_ROOT, 0)
    try:
        own = checkpoint.verify(text, keys)
        found = tree.root(own.size, tiles.hash_reader(folder.load_tile, own.size))
    except (CheckpointError, TileError) as error:
        raise MirrorError(f"the mirror can't be continued ({error}): run verify") from None
    if found != own.root:
        raise MirrorError("the mirror can't be continued (its tiles were altered): run verify")
    return own


def _refuse(folder: MirrorFolder, old: Checkpoint, text: str, finding: Finding) -> MirrorUpdate:
    folder.keep_conflicting(text)
    folder.keep_entries(old.size)
    return MirrorUpdate(old.size, old.size, finding)


def _compare(old: Checkpoint, new: Checkpoint) -> Finding | None:
    """Return what the two checkpoints alone show to be wrong."""
    if new.size < old.size:
        text = f"the hub's log has {new.size} entries; the mirror has seen {old.size}"
        return Finding("rolled-back", text)
    if new.size == old.size and new.root != old.root:
        return _forked(old)
    return None


def _forked(old: Checkpoint) -> Finding:
    text = f"the hub has signed two different logs: they disagree within the first {old.size}"
    return Finding("forked", f"{text} entries")


async def _take_entries(
    folder: MirrorFolder, hub: LogHub, old: Checkpoint, new: Checkpoint, progress: Progress | None
) -> Finding | None:
    """Fetch entries into the mirror; return what is wrong with them, if anything is."""
    size, root = old.size, old.root
    while size < new.size:
        wanted = min(PAGE, new.size - size)
        page = (await hub.entries(size, wanted)).entries
        hashes = _leaf_hashes(page, size, wanted)
        if isinstance(hashes, Finding):
            return hashes
        grown = tiles.integrate(size, folder.load_tile, hashes)
        folder.append_entries(page)
        for tile in grown.changed_tiles:
            folder.put_tile(tile)
        size, root = grown.new_size, grown.root
        if progress:
            progress(size, new.size)
    return None if root == new.root else await _explain(hub, old, new)


def _leaf_hashes(page: Sequence[EntryOut], start: int, wanted: int) -> list[bytes] | Finding:
    """Return the leaf hashes of a page, or what is wrong with the page."""
    if not 1 <= len(page) <= wanted:
        text = f"the hub did not hand over entry {start} as asked"
        return Finding("entry-missing", text, start, start)
    hashes = []
    for index, entry in enumerate(page, start):
        if entry.index != index:
            text = f"the hub handed over entry {entry.index} for {index}"
            return Finding("entry-misnumbered", text, index, index)
        try:
            hashes.append(tree.leaf_hash(unb64u(entry.leaf)))
        except EncodingError:
            return Finding("entry-unreadable", f"entry {index} is not base64url", index, index)
    return hashes


async def _explain(hub: LogHub, old: Checkpoint, new: Checkpoint) -> Finding:
    """Return why the entries served do not give the root: a fork, or other entries than signed."""
    proof = await hub.consistency(old.size, new.size) if old.size else ()
    try:
        tree.verify_consistency(old.size, new.size, proof, old.root, new.root)
    except ProofError:
        return _forked(old)
    first, last = old.size, new.size - 1
    text = f"the hub handed over other entries than it signed for, among {first} to {last}"
    return Finding("root-mismatch", text, first, last)
