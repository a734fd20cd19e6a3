"""The hub's epoch key, and a crash at every point of its rotation. PROTOCOL section 11."""

from pathlib import Path

import pytest

from keys.epoch import EpochKey
from keys.errors import OpeningError, SecretFileError

HALF = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "epoch"


def test_a_half_key_opens_in_its_own_place_only(path: Path) -> None:
    epoch = EpochKey.create(path)
    sealed = epoch.seal(HALF, b"grant 1")
    assert epoch.open(sealed, b"grant 1") == HALF
    assert HALF not in sealed
    with pytest.raises(OpeningError):
        epoch.open(sealed, b"grant 2")


def test_a_key_survives_a_restart(path: Path) -> None:
    sealed = EpochKey.create(path).seal(HALF, b"grant")
    assert EpochKey.load(path).open(sealed, b"grant") == HALF


def test_an_existing_key_is_never_overwritten(path: Path) -> None:
    EpochKey.create(path)
    with pytest.raises(SecretFileError):
        EpochKey.create(path)


def test_what_was_not_resealed_is_gone_for_good(path: Path) -> None:
    epoch = EpochKey.create(path)
    kept, erased = epoch.seal(HALF, b"kept"), epoch.seal(HALF, b"erased")
    epoch.begin_rotation()
    kept = epoch.reseal(kept, b"kept")
    epoch.finish_rotation()
    for reader in (epoch, EpochKey.load(path)):
        assert reader.open(kept, b"kept") == HALF
        with pytest.raises(OpeningError):
            reader.open(erased, b"erased")


def test_the_old_key_is_not_in_the_folder_any_more(path: Path) -> None:
    epoch = EpochKey.create(path)
    old = path.read_bytes()[-72:-32]
    epoch.begin_rotation()
    assert old in path.read_bytes()
    epoch.finish_rotation()
    assert all(old not in entry.read_bytes() for entry in path.parent.iterdir())


@pytest.mark.parametrize("resealed", [False, True])
def test_a_crash_in_the_middle_loses_nothing(path: Path, resealed: bool) -> None:
    epoch = EpochKey.create(path)
    row = epoch.seal(HALF, b"grant")
    epoch.begin_rotation()
    if resealed:
        row = epoch.reseal(row, b"grant")
    restarted = EpochKey.load(path)
    assert restarted.rotating
    assert restarted.open(row, b"grant") == HALF
    restarted.begin_rotation()  # nothing: one is under way
    row = restarted.reseal(row, b"grant")
    restarted.finish_rotation()
    assert not restarted.rotating
    assert restarted.open(row, b"grant") == HALF


def test_what_is_sealed_during_a_rotation_outlives_it(path: Path) -> None:
    epoch = EpochKey.create(path)
    epoch.begin_rotation()
    row = epoch.seal(HALF, b"grant")
    assert epoch.reseal(row, b"grant") == row
    epoch.finish_rotation()
    assert epoch.open(row, b"grant") == HALF


def test_finishing_without_a_rotation_changes_nothing(path: Path) -> None:
    epoch = EpochKey.create(path)
    row = epoch.seal(HALF, b"grant")
    epoch.finish_rotation()
    assert EpochKey.load(path).open(row, b"grant") == HALF


def test_a_damaged_file_is_refused(path: Path) -> None:
    EpochKey.create(path)
    whole = path.read_bytes()
    for damaged in (b"", whole[:-1], whole + b"\0", whole[:30] + b"\0" + whole[31:]):
        path.write_bytes(damaged)
        if damaged != whole:
            with pytest.raises(SecretFileError, match="damaged"):
                EpochKey.load(path)


@pytest.mark.parametrize("sealed", [b"", bytes(7), bytes(8), bytes(100)])
def test_what_no_epoch_sealed_is_refused(path: Path, sealed: bytes) -> None:
    with pytest.raises(OpeningError):
        EpochKey.create(path).open(sealed, b"grant")
