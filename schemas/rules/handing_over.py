"""Open items at the two ends of a transfer: nothing dropped by the sender, nothing by the receiver.

A recipient answers only for what it received: what lies outside the consent leaves no trace here.
"""

from collections.abc import Iterator

from schemas.case_file import CaseComponents
from schemas.rules.findings import Finding, Level, finding
from schemas.rules.open_items import Item, dropped, items_of, open_items


def check_dropped(case: CaseComponents, *, closing: bool) -> Iterator[Finding]:
    """Find open items of the case that the discharge summary does not speak of."""
    if case.discharge_summary is None:
        return
    carried = items_of(case.discharge_summary, case.referral)
    level: Level = "block" if closing else "warn"
    for item in dropped(open_items(case.health), carried):
        yield finding("open-item.dropped", item.path, label=item.kind, level=level)


def received_items(received: CaseComponents) -> list[Item]:
    """Return what a received case leaves open: of its summary, or of its health component."""
    there = open_items(received.discharge_summary)
    return [*there, *dropped(open_items(received.health), items_of(received.discharge_summary))]


def check_taken_up(received: CaseComponents, own: CaseComponents) -> Iterator[Finding]:
    """Find received open items that the own record neither holds nor answers; `block` each."""
    answers = items_of(own.health, own.discharge_summary, own.referral)
    for item in dropped(received_items(received), answers):
        yield finding("open-item.not-taken-up", item.path, label=item.kind, level="block")
