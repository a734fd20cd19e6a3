"""Every test that a document names exists; every claim has one."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("docs/THREAT-MODEL.md",)
REFERENCE = re.compile(r"`(?:(tests/[\w/]+\.py))?(?:::)?(test_\w+)?`")


def references(line: str) -> list[tuple[str, str]]:
    """Return the (file, test) pairs of a line; a bare test name is in the file named before it."""
    found, file = [], ""
    for match in REFERENCE.finditer(line):
        file = match[1] or file
        if match[1] or match[2]:
            found.append((file, match[2] or ""))
    return found


def claims(document: str) -> list[str]:
    lines = (ROOT / document).read_text().splitlines()
    return [line for line in lines if line.startswith("| ") and not line.startswith("| claim")]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_claim_names_a_test_that_exists(document: str) -> None:
    previous: list[tuple[str, str]] = []
    for line in claims(document):
        named = references(line) or (previous if "the same" in line else [])
        assert named, f"no test is named: {line}"
        for file, test in named:
            source = (ROOT / file).read_text()
            assert f"def {test}(" in source if test else True, f"{file} has no {test}"
        previous = named
