"""Stays: their length, which warns and never blocks (R1 to R3), and what can't be true at once."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

from schemas.case_file import CaseComponents
from schemas.components.administrative import Stay
from schemas.rules.findings import Finding, finding
from schemas.rules.times import at, closes, opens, surely_longer
from schemas.wire.statement import Unit


class Span(NamedTuple):
    """A length that a stay in a unit should not go beyond without a word."""

    limit: timedelta
    key: str


UNIT_SPANS: dict[Unit, tuple[Span, ...]] = {
    "short-term": (
        Span(timedelta(days=14), "stay.over-14-days"),
        Span(timedelta(hours=72), "stay.over-72-hours"),
    ),
    "mid-term": (Span(timedelta(days=92), "stay.over-3-months"),),
    "long-term": (),
}
"""Longest first. The booklet gives 72 hours, three days and two weeks for the short term, and
nothing between two weeks and two months: the unit is what the facility says it is."""


def stays_of(case: CaseComponents) -> list[tuple[str, Stay]]:
    """Return the stays with their paths, as they are listed."""
    stays = case.administrative.stays if case.administrative else []
    return [(f"administrative.stays.{place}", stay) for place, stay in enumerate(stays)]


def check_stays(case: CaseComponents, now: int) -> Iterator[Finding]:
    """Find stays beyond the length of their unit, incomplete or contradictory ones."""
    for path, stay in stays_of(case):
        yield from _length(path, stay, now)
        yield from _state(path, stay)
    yield from _overlaps(case)


def _length(path: str, stay: Stay, now: int) -> Iterator[Finding]:
    if stay.admitted is None:
        return
    until = opens(stay.departed) if stay.departed else at(now)
    for span in UNIT_SPANS[stay.unit]:
        if surely_longer(stay.admitted, until, span.limit):
            yield finding(span.key, path)
            return


def _state(path: str, stay: Stay) -> Iterator[Finding]:
    if stay.status == "planned" and stay.departed:
        yield finding("stay.planned-and-departed", f"{path}.departed", level="block")
    if stay.status == "finished" and not stay.departed:
        yield finding("stay.finished-without-departure", path)
    if stay.status == "active" and not stay.admitted:
        yield finding("stay.active-without-admission", path)
    if stay.status == "active" and not stay.case_manager:
        yield finding("stay.no-case-manager", path)


def _overlaps(case: CaseComponents) -> Iterator[Finding]:
    """Find stays that begin before the one before is over: a person is in one unit at a time."""
    known = sorted(
        (closes(stay.admitted), path, stay)
        for path, stay in stays_of(case)
        if stay.admitted and stay.status in ("active", "finished")
    )
    for (_, earlier_path, earlier), (begins, path, _) in pairwise(known):
        if earlier.departed is None:
            yield finding("stay.still-open", earlier_path)
        elif begins < opens(earlier.departed):
            yield finding("stay.overlap", f"{path}.admitted", level="block")
