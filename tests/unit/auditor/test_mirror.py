"""Mirroring from a hub that may lie: only what leads to the signed root is ever accepted."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from exchange.audit import tiles
from schemas.wire.hub_api import EntriesOut, EntryOut, HubCard
from services.auditor.errors import MirrorError
from services.auditor.folder import CONFLICTING, ENTRIES, MAX_CONFLICTING, MirrorFolder
from services.auditor.mirror import MirrorUpdate, update_mirror
from services.auditor.verification import describe, verify_mirror
from tests.support.mirrors import KEYS, MemoryMirror, honest_mirror, line_of, made_entry, signer

CARD = HubCard(
    url="http://127.0.0.1:1",
    origin=KEYS.origin,
    http_ed25519="A" * 43,
    log_ed25519=KEYS.ed_vkey,
    log_ml_dsa_44=KEYS.ml_vkey,
)


@dataclass
class MemoryHub:
    """A hub's log in memory. `lie` may change each page before it is handed over."""

    log: MemoryMirror
    page: int = 100
    lie: Callable[[list[EntryOut]], list[EntryOut]] = lambda entries: entries
    asked: list[tuple[int, int]] = field(default_factory=list)

    async def checkpoint(self) -> str:
        return self.log.checkpoint

    async def entries(self, start: int, count: int) -> EntriesOut:
        self.asked.append((start, count))
        page = self.log.lines[start : start + min(count, self.page)]
        return EntriesOut(entries=self.lie(page), size=len(self.log.lines))

    async def consistency(self, old: int, new: int) -> Sequence[bytes]:
        return tiles.consistency_proof(old, new, tiles.hash_reader(self.log.load_tile, new))


@pytest.fixture
def folder(tmp_path: Path) -> MirrorFolder:
    return MirrorFolder(tmp_path / "mirror")


def update(folder: MirrorFolder, hub: MemoryHub) -> MirrorUpdate:
    """Update, then hold the whole mirror against the log's keys again."""
    done = asyncio.run(update_mirror(folder, hub, KEYS))
    if folder.checkpoint_text():
        verdict = verify_mirror(folder.path, CARD)
        assert verdict.verified, verdict.findings
        assert verdict.entries == done.new_size
    return done


@pytest.mark.parametrize("sizes", [[0], [1], [300], [0, 1, 255, 256, 257, 700], [256, 512], [9, 9]])
def test_a_mirror_follows_the_log(folder: MirrorFolder, sizes: list[int]) -> None:
    old = 0
    for size in sizes:
        done = update(folder, MemoryHub(honest_mirror(size)))
        assert done == MirrorUpdate(old, size, None)
        old = size


def test_only_new_entries_are_asked_for(folder: MirrorFolder) -> None:
    update(folder, MemoryHub(honest_mirror(256)))
    hub = MemoryHub(honest_mirror(400))
    update(folder, hub)
    assert hub.asked == [(256, 144), (356, 44)]


def test_the_mirror_holds_each_tile_once(folder: MirrorFolder) -> None:
    for size in (1, 200, 256, 300, 600):
        update(folder, MemoryHub(honest_mirror(size)))
    names = sorted(
        str(path.relative_to(folder.path)) for path in folder.path.rglob("*") if path.is_file()
    )
    assert names == [
        "checkpoint",
        "entries.ndjson",
        "tile/0/000",
        "tile/0/001",
        "tile/0/002.p/88",
        "tile/1/000.p/2",
    ]


def test_an_update_that_broke_off_is_taken_up_again(folder: MirrorFolder) -> None:
    class UnpluggedError(Exception):
        pass

    def unplug(entries: list[EntryOut]) -> list[EntryOut]:
        if entries[0].index >= 400:
            raise UnpluggedError
        return entries

    update(folder, MemoryHub(honest_mirror(300)))
    with pytest.raises(UnpluggedError):
        update(folder, MemoryHub(honest_mirror(700), lie=unplug))
    assert verify_mirror(folder.path, CARD).verified
    assert update(folder, MemoryHub(honest_mirror(350))).new_size == 350
    assert update(folder, MemoryHub(honest_mirror(700))).new_size == 700


def test_half_a_line_left_by_a_crash_is_cut_off(folder: MirrorFolder) -> None:
    update(folder, MemoryHub(honest_mirror(300)))
    with (folder.path / ENTRIES).open("ab") as file:
        file.write(b'{"index":300,"le')
    assert update(folder, MemoryHub(honest_mirror(310))).new_size == 310


def rewritten(size: int, index: int) -> MemoryMirror:
    """Another log, signed with the right keys: what only the hub itself can make."""
    log = honest_mirror(size)
    log.lines[index] = line_of(index, made_entry(index, actor="operator"))
    log.sign()
    return log


def test_a_rewritten_log_is_a_fork(folder: MirrorFolder) -> None:
    update(folder, MemoryHub(honest_mirror(300)))
    hub = MemoryHub(rewritten(400, 7))
    done = update(folder, hub)
    assert done.finding is not None
    assert (done.finding.kind, done.new_size) == ("forked", 300)
    assert (folder.path / CONFLICTING).read_text() == hub.log.checkpoint


def test_evidence_is_never_overwritten(folder: MirrorFolder) -> None:
    update(folder, MemoryHub(honest_mirror(300)))
    logs = [rewritten(400, index) for index in (7, 7, *range(20))]
    for log in (logs[0], *logs):
        update(folder, MemoryHub(log))
    kept = {path.name: path.read_text() for path in folder.path.glob(f"{CONFLICTING}*")}
    assert len(kept) == MAX_CONFLICTING
    assert kept[CONFLICTING] == logs[0].checkpoint
    assert kept[f"{CONFLICTING}.2"] == logs[1].checkpoint


def test_a_rewritten_log_of_the_same_size_is_a_fork(folder: MirrorFolder) -> None:
    update(folder, MemoryHub(honest_mirror(300)))
    done = update(folder, MemoryHub(rewritten(300, 299)))
    assert done.finding is not None
    assert done.finding.kind == "forked"


def test_a_shorter_log_is_rolled_back(folder: MirrorFolder) -> None:
    update(folder, MemoryHub(honest_mirror(300)))
    done = update(folder, MemoryHub(honest_mirror(299)))
    assert done.finding is not None
    assert done.finding.kind == "rolled-back"


def test_a_checkpoint_by_another_key_is_refused(folder: MirrorFolder) -> None:
    update(folder, MemoryHub(honest_mirror(300)))
    forged = honest_mirror(400)
    forged.sign(signer("an impostor"))
    done = update(folder, MemoryHub(forged))
    assert done.finding is not None
    assert (done.finding.kind, done.new_size) == ("wrong-key", 300)


def changed(index: int) -> Callable[[list[EntryOut]], list[EntryOut]]:
    other = line_of(index, made_entry(index, actor="operator"))
    return lambda entries: [other if entry.index == index else entry for entry in entries]


LIES: list[tuple[str, Callable[[list[EntryOut]], list[EntryOut]]]] = [
    ("root-mismatch", changed(350)),
    ("entry-missing", lambda entries: []),
    ("entry-missing", lambda entries: [*entries, *entries]),
    ("entry-misnumbered", lambda entries: entries[1:]),
    ("entry-misnumbered", lambda entries: entries[::-1]),
    ("entry-misnumbered", lambda entries: entries[:5] + entries[6:]),
    (
        "entry-unreadable",
        lambda entries: [entry.model_copy(update={"leaf": "A"}) for entry in entries],
    ),
]


@pytest.mark.parametrize(("kind", "lie"), LIES)
def test_entries_that_were_not_signed_for_are_refused(
    folder: MirrorFolder, kind: str, lie: Callable[[list[EntryOut]], list[EntryOut]]
) -> None:
    update(folder, MemoryHub(honest_mirror(300)))
    done = update(folder, MemoryHub(honest_mirror(400), lie=lie))
    assert done.finding is not None
    assert (done.finding.kind, done.new_size) == (kind, 300)
    assert update(folder, MemoryHub(honest_mirror(400))).new_size == 400


def test_a_first_mirror_that_is_refused_holds_nothing(folder: MirrorFolder) -> None:
    done = update(folder, MemoryHub(honest_mirror(400), lie=changed(350)))
    assert done.finding is not None
    assert (done.finding.kind, done.new_size) == ("root-mismatch", 0)
    assert update(folder, MemoryHub(honest_mirror(400))).new_size == 400


def test_a_spoilt_mirror_is_not_continued(folder: MirrorFolder) -> None:
    update(folder, MemoryHub(honest_mirror(300)))
    tile = folder.path / "tile/0/001.p/44"
    tile.write_bytes(bytes(44 * 32))
    with pytest.raises(MirrorError, match="verify"):
        update(folder, MemoryHub(honest_mirror(400)))
    tile.unlink()
    with pytest.raises(MirrorError, match="verify"):
        update(folder, MemoryHub(honest_mirror(400)))


def test_a_shortened_mirror_is_not_continued(folder: MirrorFolder) -> None:
    update(folder, MemoryHub(honest_mirror(300)))
    lines = (folder.path / ENTRIES).read_bytes().splitlines(keepends=True)
    (folder.path / ENTRIES).write_bytes(b"".join(lines[:-1]))
    with pytest.raises(MirrorError, match="shorter"):
        update(folder, MemoryHub(honest_mirror(400)))


def test_a_mirror_of_another_log_is_not_continued(folder: MirrorFolder) -> None:
    update(folder, MemoryHub(honest_mirror(300)))
    (folder.path / "checkpoint").write_text("nothing of the kind\n")
    with pytest.raises(MirrorError, match="continued"):
        update(folder, MemoryHub(honest_mirror(400)))


def test_there_must_be_a_mirror_to_verify(tmp_path: Path) -> None:
    with pytest.raises(MirrorError, match="holds no mirror"):
        verify_mirror(tmp_path, CARD)


def test_a_verdict_is_told_in_sentences(folder: MirrorFolder) -> None:
    update(folder, MemoryHub(honest_mirror(300)))
    good = describe(verify_mirror(folder.path, CARD))
    assert good[0] == "The log is as it was signed."
    assert good[1].startswith("Checkpoint: 300 entries, root ")
    assert good[2] == "Signed: 2027-01-15 08:00:00 UTC, for hub.test/log"
    path = folder.path / ENTRIES
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:17] + lines[18:]))
    bad = describe(verify_mirror(folder.path, CARD))
    assert bad[0] == "The log is NOT as signed."
    assert bad[-1] == "- entry 17 is missing [entry-missing]"


def test_a_verdict_holds_against_a_checkpoint_seen_elsewhere(folder: MirrorFolder) -> None:
    update(folder, MemoryHub(honest_mirror(300)))
    assert verify_mirror(folder.path, CARD, [honest_mirror(200).checkpoint]).verified
    forked = verify_mirror(folder.path, CARD, [rewritten(200, 7).checkpoint])
    assert [finding.kind for finding in forked.findings] == ["forked"]
