"""Dates that can't be: what has happened lies in the past (R87)."""

from collections.abc import Iterator
from datetime import timedelta

from schemas.case_file import CaseComponents
from schemas.rules.changes import placed_facts
from schemas.rules.findings import Finding, finding
from schemas.rules.times import at, opens

HAPPENED = (
    "on",
    "admitted",
    "departed",
    "attested_on",
    "confirmed_on",
    "reviewed_on",
    "approved_on",
    "completed_on",
    "told_on",
    "arrived_on",
)
"""Fields of facts that say when something happened, as against when it is due."""

SKEW = timedelta(minutes=5)
"""How far two clocks may be apart."""


def check_dates(case: CaseComponents, now: int) -> Iterator[Finding]:
    """Find times of what has happened that surely lie ahead."""
    latest = at(now) + SKEW
    for name in type(case).model_fields:
        record = getattr(case, name)
        for path, _, fact in placed_facts(record) if record else ():
            known = getattr(type(fact), "model_fields", {})
            for field in (field for field in HAPPENED if field in known):
                time = getattr(fact, field)
                if time is not None and opens(time) > latest:
                    yield finding("date.in-future", f"{path}.{field}")
