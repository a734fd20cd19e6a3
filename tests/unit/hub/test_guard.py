"""The guard file."""

from pathlib import Path

import pytest

from services.hub.errors import GuardError
from services.hub.guard import Guard, read_guard, write_guard


def test_what_was_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "guard.json"
    for guard in (Guard(0, bytes(32)), Guard(2**60, bytes(range(32)))):
        write_guard(file, guard)
        assert read_guard(file) == guard
    assert [one.name for one in tmp_path.iterdir()] == ["guard.json"]


@pytest.mark.parametrize(
    "text", ["", "{", "{}", '{"size": "x", "root": "AA"}', '{"size": 1, "root": "?"}', "[]"]
)
def test_a_damaged_guard_is_no_guard(tmp_path: Path, text: str) -> None:
    file = tmp_path / "guard.json"
    file.write_text(text)
    with pytest.raises(GuardError):
        read_guard(file)


def test_a_missing_guard_is_no_guard(tmp_path: Path) -> None:
    with pytest.raises(GuardError):
        read_guard(tmp_path / "guard.json")
