"""Every test that a document names exists; every claim has one; no requirement is left out."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REQUIREMENTS = "docs/REQUIREMENTS.md"
DOCUMENTS = ("docs/THREAT-MODEL.md", REQUIREMENTS)
REFERENCE = re.compile(r"`(?:(tests/[\w/]+\.py))?(?:::)?(test_\w+)?`")
SHOWN = {"met", "partly"}
STATUSES = {"MUST": {*SHOWN, "not yet"}, "SHOULD": {*SHOWN, "not yet"}, "OUT": {"—"}}


def references(line: str) -> list[tuple[str, str]]:
    """Return the (file, test) pairs of a line; a bare test name is in the file named before it."""
    found, file = [], ""
    for match in REFERENCE.finditer(line):
        file = match[1] or file
        if match[1] or match[2]:
            found.append((file, match[2] or ""))
    return found


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def rows(document: str) -> list[str]:
    lines = (ROOT / document).read_text().splitlines()
    return [line for line in lines if line.startswith("| ")]


def requirements() -> list[list[str]]:
    """Return number, chapter, level, what is asked, status, tests, and what is missing."""
    return [cells(line) for line in rows(REQUIREMENTS) if re.match(r"\| R\d", line)]


def claims(document: str) -> list[str]:
    """Return the rows that have to name a test."""
    if document == REQUIREMENTS:
        return [shown for *_, status, shown, _ in requirements() if status in SHOWN]
    return [line for line in rows(document) if not line.startswith("| claim")]


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


def test_every_requirement_is_there_once_and_in_order() -> None:
    assert [row[0] for row in requirements()] == [f"R{number}" for number in range(1, 122)]


@pytest.mark.parametrize("row", requirements(), ids=lambda row: row[0])
def test_a_requirement_says_how_far_it_is(row: list[str]) -> None:
    _, _, level, asked, status, shown, missing = row
    assert asked
    assert status in STATUSES[level]
    assert status == "met" or missing
    assert bool(shown) == (status in SHOWN)


def test_the_table_of_today_counts_the_rows() -> None:
    (head,) = (cells(line) for line in rows(REQUIREMENTS) if line.startswith("| today "))
    for level in ("MUST", "SHOULD"):
        (counted,) = (cells(line) for line in rows(REQUIREMENTS) if line.startswith(f"| {level} "))
        statuses = [row[4] for row in requirements() if row[2] == level]
        assert counted[1:] == [str(statuses.count(status)) for status in head[1:]]
