"""Every way to spoil a mirror is found, and named for what it is. PROTOCOL section 10."""

import pytest

from exchange.audit import checkpoint
from exchange.audit.findings import MAX_FINDINGS
from exchange.audit.mirrored import LogSource
from exchange.audit.verify import Verdict, verify_log
from schemas.encoding import b64u
from tests.support.mirrors import (
    BEGIN,
    KEYS,
    ORIGIN,
    MemoryMirror,
    honest_mirror,
    line_of,
    made_entry,
    signer,
)

SIZE = 700
"""Two full tiles and a partial one, and a level above."""


def verify(source: LogSource, *earlier: str) -> Verdict:
    return verify_log(source, KEYS, earlier=earlier)


def kinds(verdict: Verdict) -> list[tuple[str, int | None, int | None]]:
    return [(finding.kind, finding.first, finding.last) for finding in verdict.findings]


@pytest.fixture
def mirror() -> MemoryMirror:
    return honest_mirror(SIZE)


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 700])
def test_an_honest_mirror_verifies(size: int) -> None:
    verdict = verify(honest_mirror(size), *(honest_mirror(n).checkpoint for n in (0, size // 2)))
    assert verdict.verified
    assert verdict.checkpoint is not None
    assert (verdict.checkpoint.size, verdict.entries, verdict.erased) == (size, size, 0)
    assert verdict.checkpoint.at == BEGIN


def test_erased_details_are_no_finding(mirror: MemoryMirror) -> None:
    mirror.lines[17] = mirror.lines[17].model_copy(update={"salt": None, "details": None})
    verdict = verify(mirror)
    assert verdict.verified
    assert verdict.erased == 1


def test_details_without_salt_are_found(mirror: MemoryMirror) -> None:
    mirror.lines[17] = mirror.lines[17].model_copy(update={"salt": None})
    assert kinds(verify(mirror)) == [("details-altered", 17, 17)]


def test_changed_details_are_found_though_the_tree_is_whole(mirror: MemoryMirror) -> None:
    other = made_entry(17, actor="operator")
    mirror.lines[17] = mirror.lines[17].model_copy(update={"details": b64u(other.details)})
    assert kinds(verify(mirror)) == [("details-altered", 17, 17)]


@pytest.mark.parametrize("index", [0, 17, 255, 256, 511, 512, 699])
def test_an_edited_entry_is_named(mirror: MemoryMirror, index: int) -> None:
    mirror.lines[index] = line_of(index, made_entry(index, actor="operator"))
    assert kinds(verify(mirror)) == [("entry-edited", index, index)]


def test_several_edits_are_all_named(mirror: MemoryMirror) -> None:
    for index in (3, 4, 300, 699):
        mirror.lines[index] = line_of(index, made_entry(index, actor="operator"))
    assert kinds(verify(mirror)) == [("entry-edited", n, n) for n in (3, 4, 300, 699)]


@pytest.mark.parametrize("index", [0, 17, 255, 256, 698])
@pytest.mark.parametrize("careful", [False, True])
def test_a_deleted_entry_is_named(mirror: MemoryMirror, index: int, careful: bool) -> None:
    del mirror.lines[index]
    if careful:
        mirror.renumber()
    assert kinds(verify(mirror)) == [("entry-missing", index, index)]


def test_a_deleted_run_is_one_finding(mirror: MemoryMirror) -> None:
    del mirror.lines[250:400]
    assert kinds(verify(mirror)) == [("entry-missing", 250, 399)]


@pytest.mark.parametrize("index", [0, 17, 256, 699])
@pytest.mark.parametrize("careful", [False, True])
def test_an_inserted_entry_is_named(mirror: MemoryMirror, index: int, careful: bool) -> None:
    mirror.lines.insert(index, line_of(index, made_entry(9_999)))
    if careful:
        mirror.renumber()
    assert kinds(verify(mirror)) == [("entry-inserted", index, index)]


def test_a_repeated_entry_is_an_inserted_one(mirror: MemoryMirror) -> None:
    mirror.lines.insert(40, mirror.lines[30])
    assert kinds(verify(mirror)) == [("entry-inserted", 40, 40)]


@pytest.mark.parametrize(("one", "other"), [(17, 18), (255, 256), (10, 690)])
def test_reordered_entries_are_named(mirror: MemoryMirror, one: int, other: int) -> None:
    mirror.lines[one], mirror.lines[other] = mirror.lines[other], mirror.lines[one]
    found = kinds(verify(mirror))
    assert {kind for kind, _, _ in found} == {"entry-moved"}
    assert {first for _, first, _ in found} & {one, other}


@pytest.mark.parametrize("source", [5, 300])
@pytest.mark.parametrize("target", [0, 450, 699])
def test_a_moved_entry_is_named(mirror: MemoryMirror, source: int, target: int) -> None:
    mirror.lines.insert(target, mirror.lines.pop(source))
    assert kinds(verify(mirror)) == [("entry-moved", source, source)]


def test_a_swap_of_entries_far_apart_is_two_moves() -> None:
    mirror = honest_mirror(3000)
    mirror.lines[10], mirror.lines[2900] = mirror.lines[2900], mirror.lines[10]
    assert sorted(kinds(verify(mirror))) == [("entry-moved", 10, 10), ("entry-moved", 2900, 2900)]


@pytest.mark.parametrize("kept", [0, 1, 256, 500, 699])
def test_a_truncated_mirror_is_named(mirror: MemoryMirror, kept: int) -> None:
    del mirror.lines[kept:]
    assert kinds(verify(mirror)) == [("truncated", kept, SIZE - 1)]


def test_lines_after_the_last_entry_are_named(mirror: MemoryMirror) -> None:
    mirror.lines.append(line_of(SIZE, made_entry(SIZE)))
    assert [kind for kind, _, _ in kinds(verify(mirror))] == ["surplus"]


def test_a_wrong_number_is_named(mirror: MemoryMirror) -> None:
    mirror.lines[17] = mirror.lines[17].model_copy(update={"index": 18})
    assert kinds(verify(mirror)) == [("entry-misnumbered", 17, 17)]


@pytest.mark.parametrize("line", [b"", b"{}", b"\xff", b'{"index":17', b"null"])
def test_an_unreadable_line_is_named(mirror: MemoryMirror, line: bytes) -> None:
    mirror.lines[17] = line
    assert kinds(verify(mirror)) == [("entry-unreadable", 17, 17)]


def test_a_damaged_tile_is_named_and_the_entries_stand(mirror: MemoryMirror) -> None:
    mirror.tiles[0, 1] = bytes(32) + mirror.tiles[0, 1][32:]
    verdict = verify(mirror)
    assert [finding.kind for finding in verdict.findings] == ["tile-altered"]
    assert "tile/0/001 " in verdict.findings[0].text


def test_a_missing_tile_is_named(mirror: MemoryMirror) -> None:
    del mirror.tiles[1, 0]
    verdict = verify(mirror)
    assert [finding.kind for finding in verdict.findings] == ["tile-missing"]
    assert "tile/1/000.p/2 " in verdict.findings[0].text


def test_an_entry_edited_under_a_damaged_tile_leaves_its_range_unproven(
    mirror: MemoryMirror,
) -> None:
    mirror.tiles[0, 1] = bytes(32) + mirror.tiles[0, 1][32:]
    mirror.lines[300] = line_of(300, made_entry(300, actor="operator"))
    mirror.lines[600] = line_of(600, made_entry(600, actor="operator"))
    assert sorted(kinds(verify(mirror)), key=str) == [
        ("entry-edited", 600, 600),
        ("entry-unproven", 256, 511),
        ("tile-altered", None, None),
    ]


def test_entries_and_tiles_altered_together_miss_the_signed_root(mirror: MemoryMirror) -> None:
    mirror.lines[17] = line_of(17, made_entry(17, actor="operator"))
    mirror.rebuild_tiles()
    assert [kind for kind, _, _ in kinds(verify(mirror))] == ["root-mismatch"]


def test_a_log_signed_by_another_key_is_not_believed(mirror: MemoryMirror) -> None:
    mirror.sign(signer("an impostor"))
    verdict = verify(mirror)
    assert [kind for kind, _, _ in kinds(verdict)] == ["wrong-key"]
    assert verdict.checkpoint is None
    assert not verdict.verified


def test_a_checkpoint_of_another_log_is_not_believed(mirror: MemoryMirror) -> None:
    mirror.sign(signer("the log", origin="elsewhere.test/log"))
    assert [kind for kind, _, _ in kinds(verify(mirror))] == ["wrong-log"]


def test_a_checkpoint_with_another_size_is_not_believed(mirror: MemoryMirror) -> None:
    mirror.checkpoint = mirror.checkpoint.replace(f"\n{SIZE}\n", f"\n{SIZE - 1}\n", 1)
    assert [kind for kind, _, _ in kinds(verify(mirror))] == ["bad-signature"]


@pytest.mark.parametrize("text", ["", "hub.test/log\n", "hub.test/log\n1\nAA==\n\n"])
def test_a_malformed_checkpoint_is_not_believed(mirror: MemoryMirror, text: str) -> None:
    mirror.checkpoint = text
    assert [kind for kind, _, _ in kinds(verify(mirror))] == ["checkpoint-malformed"]


@pytest.mark.parametrize("seen", [1, 300, 512, 700])
def test_a_fork_is_found_by_a_checkpoint_seen_before(seen: int) -> None:
    forked = honest_mirror(SIZE)
    forked.lines[0] = line_of(0, made_entry(0, actor="operator"))
    forked.sign()
    assert verify(forked).verified
    found = verify(forked, honest_mirror(seen).checkpoint)
    assert [kind for kind, _, _ in kinds(found)] == ["forked"]
    assert f"first {seen} entries" in found.findings[0].text


def test_a_fork_after_the_checkpoint_seen_is_none() -> None:
    forked = honest_mirror(SIZE)
    forked.lines[600] = line_of(600, made_entry(600, actor="operator"))
    forked.sign()
    assert verify(forked, honest_mirror(600).checkpoint).verified
    assert not verify(forked, honest_mirror(601).checkpoint).verified


def test_a_rolled_back_log_is_found() -> None:
    found = verify(honest_mirror(600), honest_mirror(SIZE).checkpoint)
    assert [kind for kind, _, _ in kinds(found)] == ["rolled-back"]


def test_an_earlier_checkpoint_by_another_key_counts_for_nothing(mirror: MemoryMirror) -> None:
    text = checkpoint.make(ORIGIN, 3, bytes(32), signer("an impostor"))
    found = verify(mirror, text)
    assert [kind for kind, _, _ in kinds(found)] == ["wrong-key"]
    assert found.findings[0].text.startswith("earlier checkpoint")


def test_an_edit_leaves_the_tiles_to_prove_consistency(mirror: MemoryMirror) -> None:
    mirror.lines[17] = line_of(17, made_entry(17, actor="operator"))
    assert kinds(verify(mirror, honest_mirror(300).checkpoint)) == [("entry-edited", 17, 17)]


def test_without_tiles_an_edited_mirror_proves_no_consistency(mirror: MemoryMirror) -> None:
    mirror.lines[17] = line_of(17, made_entry(17, actor="operator"))
    mirror.tiles.clear()
    found = verify(mirror, honest_mirror(300).checkpoint)
    assert [kind for kind, _, _ in kinds(found)] == ["root-mismatch", "consistency-unproven"]


def test_findings_beyond_the_limit_are_counted(mirror: MemoryMirror) -> None:
    for index in range(SIZE):
        mirror.lines[index] = line_of(index, made_entry(index, actor="operator"))
    verdict = verify(mirror)
    assert len(verdict.findings) == MAX_FINDINGS
    assert verdict.dropped == SIZE - MAX_FINDINGS


def test_a_log_full_of_wrong_details_is_bounded_too(mirror: MemoryMirror) -> None:
    mirror.lines = [line.model_copy(update={"salt": b64u(bytes(32))}) for line in mirror.lines]
    verdict = verify(mirror)
    assert len(verdict.findings) + verdict.dropped == SIZE
    assert {finding.kind for finding in verdict.findings} == {"details-altered"}


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    verify_log(honest_mirror(3000), KEYS, progress=lambda done, total: told.append((done, total)))
    assert told == [(1024, 3000), (2048, 3000), (3000, 3000)]


def test_findings_never_repeat_what_an_entry_says(mirror: MemoryMirror) -> None:
    other = made_entry(17, actor="operator")
    mirror.lines[17] = mirror.lines[17].model_copy(update={"details": b64u(other.details)})
    assert "operator" not in "".join(finding.text for finding in verify(mirror).findings)
