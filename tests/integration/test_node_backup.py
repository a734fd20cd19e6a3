"""Backup and restore: a lost passphrase or machine is not a lost shelter. PROTOCOL section 11."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from keys.errors import KeyringError, RecoveryCodeError, WeakPassphraseError
from keys.keyring_file import parse_keyring
from keys.recovery import new_recovery_code
from schemas.encoding import unb64u
from services.node.backup import (
    MAGIC,
    Header,
    remove_leftovers,
    restore_backup,
    write_backup,
)
from services.node.errors import BackupError, FolderError
from services.node.folder import NodeFolder
from tests.support.node_cases import ATTACHMENT, CODE, COMPLAINT, NAME
from tests.support.node_world import PASSPHRASE, START, RunningNode, Shelters, shelters


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Shelters]:
    async with shelters(tmp_path) as both:
        await both.store()
        await both.transfer()
        yield both


def _backup(two: Shelters, name: str = "beta") -> Path:
    file = two.world.path / f"{name}.backup"
    write_backup(two.world.path / name, file, passphrase=PASSPHRASE, now=START)
    return file


def _restore(two: Shelters, file: Path, place: Path, code: str, **more: Any) -> None:
    """Restore with the passphrase of the tests, at the hub's time."""
    given = {"recovery_code": code, "new_passphrase": PASSPHRASE, "now": two.world.clock()}
    restore_backup(file, place, profile="light", **given | more)


async def test_restored_node_goes_on_where_the_backup_was_made(two: Shelters) -> None:
    for name, node in (("alpha", two.alpha), ("beta", two.beta)):
        file = _backup(two, name)
        place = two.world.path / f"{name}-again"
        _restore(two, file, place, node.new.recovery_code)
        assert (place / "api-token").read_text() != (node.path / "api-token").read_text()
        async with two.world.serve(f"{name}-again", node.new) as again:
            await again.unlock()
            assert (await again.pull())["troubles"] == []
            found = await again.http.get("/fhir/Bundle", params={"identifier": CODE})
            before = await node.http.get("/fhir/Bundle", params={"identifier": CODE})
            assert found.json()["total"] >= 6
            assert found.json() == before.json()


async def test_restored_node_shows_and_grants_nothing_before_a_new_revocation_list(
    two: Shelters,
) -> None:
    request, consent = await two.ask(), await two.consent()
    files = [(name, _backup(two, name)) for name in ("alpha", "beta")]
    two.world.clock.now += 60
    for name, file in files:
        code = getattr(two, name).new.recovery_code
        _restore(two, file, two.world.path / f"{name}-again", code)
    async with two.world.serve("beta-again", two.beta.new) as again:
        await again.unlock()
        assert await _reasons(again) == {("suspended",)}
        await again.pull()
        assert await _reasons(again) == {()}
    body = {"staff": two.alpha.staff["case-manager"], "consent": consent}
    path = f"/v1/requests/{request}/approve"
    async with two.world.serve("alpha-again", two.alpha.new) as again:
        await again.unlock()
        refused = await again.refused("POST", path, json=body)
        assert (refused.status_code, refused.json()["reasons"]) == (403, ["suspended"])
        await again.pull()
        assert (await again.post(path, body))["granted"] == 6


async def _reasons(node: RunningNode) -> set[tuple[str, ...]]:
    """Return why the received sections of a node may not be shown."""
    sections = (await node.get("/v1/opened"))["sections"]
    return {tuple(one["reasons"]) for one in sections}


async def test_a_backup_opens_by_the_recovery_code_alone(two: Shelters) -> None:
    file, place = _backup(two), two.world.path / "again"
    data = file.read_bytes()
    start = len(MAGIC) + 8
    header = Header.from_bytes(
        data[start : start + int.from_bytes(data[start - 8 : start], "little")]
    )
    keyring = parse_keyring(unb64u(header.keyring))
    assert [slot.kind for slot in keyring.slots] == ["recovery"]
    other = "four other words entirely"
    _restore(two, file, place, two.beta.new.recovery_code, new_passphrase=other)
    async with two.world.serve("again", two.beta.new) as again:
        await again.refused("POST", "/v1/unlock", json={"passphrase": PASSPHRASE})
        await again.post("/v1/unlock", {"passphrase": other})
        assert len((await again.get("/v1/opened"))["sections"]) == 6


async def test_backup_shows_nothing(two: Shelters) -> None:
    data = _backup(two, "alpha").read_bytes()
    for part in (NAME, COMPLAINT, CODE, two.alpha.facility):
        assert part.encode() not in data
    assert ATTACHMENT[:256] not in data
    assert (_backup(two).stat().st_mode & 0o777) == 0o600


async def test_wrong_secrets_are_refused(two: Shelters) -> None:
    file, place = _backup(two), two.world.path / "again"
    with pytest.raises(KeyringError):
        _restore(two, file, place, new_recovery_code())
    with pytest.raises(RecoveryCodeError):
        _restore(two, file, place, "AAAA-AAAA")
    with pytest.raises(WeakPassphraseError):
        _restore(two, file, place, two.beta.new.recovery_code, new_passphrase="short")
    assert list(place.iterdir()) == []
    with pytest.raises(KeyringError):
        write_backup(two.beta.path, two.world.path / "no", passphrase="wrong, but long", now=START)
    assert not (two.world.path / "no").exists()
    assert not list(two.world.path.glob(".no*"))


@pytest.mark.parametrize("damage", ["cut", "flip", "header", "append", "swap"])
async def test_damaged_backups_restore_nothing(two: Shelters, damage: str) -> None:
    file, place = _backup(two), two.world.path / "again"
    data = bytearray(file.read_bytes())
    if damage == "cut":
        del data[-40:]
    elif damage == "flip":
        data[-40_000] ^= 1
    elif damage == "header":
        data[30] ^= 0xFF
    elif damage == "append":
        data += bytes(100)
    else:
        other = _backup(two, "alpha").read_bytes()
        data[-len(other) // 2 :] = other[-len(other) // 2 :]
    file.write_bytes(data)
    with pytest.raises((BackupError, KeyringError)):
        _restore(two, file, place, two.beta.new.recovery_code)
    assert not place.exists() or list(place.iterdir()) == []


async def test_existing_files_and_folders_are_never_overwritten(two: Shelters) -> None:
    file = _backup(two)
    with pytest.raises(BackupError):
        _backup(two)
    with pytest.raises(FolderError):
        _restore(two, file, two.alpha.path, two.beta.new.recovery_code)
    with pytest.raises(FolderError):
        write_backup(two.world.path, two.world.path / "x", passphrase=PASSPHRASE, now=START)


async def test_progress_is_told(two: Shelters) -> None:
    told: list[tuple[int, int]] = []
    file = two.world.path / "told.backup"

    def note(done: int, total: int) -> None:
        told.append((done, total))

    write_backup(two.beta.path, file, passphrase=PASSPHRASE, now=START, progress=note)
    assert told[-1][0] == told[-1][1]
    told.clear()
    _restore(two, file, two.world.path / "again", two.beta.new.recovery_code, progress=note)
    assert told[-1] == (file.stat().st_size, file.stat().st_size)


async def test_what_interrupted_backups_left_is_removed_at_start(two: Shelters) -> None:
    place = two.world.path / "beta-again"
    _restore(two, _backup(two), place, two.beta.new.recovery_code)
    left = place / ".backup-left"
    left.mkdir()
    (left / "node.db").write_bytes(b"half a copy")
    with NodeFolder(place).backing_up():
        remove_leftovers(NodeFolder(place))
        assert left.exists()
    async with two.world.serve("beta-again", two.beta.new):
        assert not left.exists()
