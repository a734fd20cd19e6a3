"""The table in the package's docstring is true: which module may be loaded where."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import keys

FOLDER = Path(keys.__file__).parent
ROW = re.compile(r"^([a-z_, ]+?)\s+(yes|no|NO)\s+(yes|no|NO)\s+(yes|no|NO)\s+\S", re.MULTILINE)


def table() -> dict[str, tuple[str, ...]]:
    """Return hub, node, auditor by module."""
    rows = ROW.findall(keys.__doc__ or "")
    return {name.strip(): tuple(may) for names, *may in rows for name in names.split(",")}


TABLE = table()
COLUMNS = ("hub", "node", "auditor")


def test_every_module_has_a_row_and_every_row_a_module() -> None:
    assert set(TABLE) == {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}


def test_the_hub_may_not_load_what_opens() -> None:
    forbidden = {name for name, may in TABLE.items() if may[0] == "NO"}
    assert {"opening", "keyring", "keyring_file", "recovery", "suite_opening"} <= forbidden


@pytest.mark.parametrize("column", COLUMNS)
def test_what_may_be_loaded_drags_in_nothing_else(column: str) -> None:
    """A fresh interpreter that imports all of a column has loaded nothing marked against it."""
    place = COLUMNS.index(column)
    allowed = [f"keys.{name}" for name, may in TABLE.items() if may[place] == "yes"]
    code = f"import sys, {', '.join(allowed)}; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    loaded = {name for name in result.stdout.split() if name.startswith("keys.")}
    assert loaded == set(allowed)


def test_the_package_itself_holds_a_docstring_only() -> None:
    source = (FOLDER / "__init__.py").read_text()
    assert source.strip().startswith('"""')
    assert source.strip().endswith('"""')
    assert source.count('"""') == 2


def test_random_bits_come_from_one_module() -> None:
    drawing = re.compile(r"^\s*(?:import|from)\s+(?:secrets|random)\b|urandom", re.MULTILINE)
    found = {path.stem for path in FOLDER.glob("*.py") if drawing.search(path.read_text())}
    assert found == {"randomness"}
