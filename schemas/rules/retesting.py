"""Instruments that can be used again: same tool, version and language, same author (R68, R77)."""

from collections.abc import Iterator

from schemas.case_file import CaseComponents
from schemas.components.health import Instrument
from schemas.rules.findings import Finding, finding


def check_instruments(case: CaseComponents) -> Iterator[Finding]:
    """Find results that could not be repeated, and repetitions that can't be compared."""
    earlier: dict[str, Instrument] = {}
    for path, result in _results_in_order(case):
        yield from _repeatable(path, result)
        before = earlier.get(_tool(result))
        if before:
            yield from _comparable(path, before, result)
        earlier[_tool(result)] = result


def _results_in_order(case: CaseComponents) -> list[tuple[str, Instrument]]:
    results = case.health.instruments if case.health else []
    placed = [(f"health.instruments.{place}", result) for place, result in enumerate(results)]
    return sorted(placed, key=lambda entry: entry[1].on)


def _tool(result: Instrument) -> str:
    return f"{result.instrument} {(result.name or '').casefold()}".strip()


def _repeatable(path: str, result: Instrument) -> Iterator[Finding]:
    if result.version is None:
        yield finding("instrument.no-version", path)
    if result.language is None:
        yield finding("instrument.no-language", path)
    if not result.items:
        yield finding("instrument.no-items", path)


def _comparable(path: str, before: Instrument, after: Instrument) -> Iterator[Finding]:
    if (before.version, before.language) != (after.version, after.language):
        yield finding("instrument.other-version", path)
    if before.by and after.by and before.by != after.by:
        yield finding("instrument.other-author", path)
