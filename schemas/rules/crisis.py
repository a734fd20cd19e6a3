"""The first hours: emergency sheets are confirmed, dangers become alerts, complaints are seen."""

from collections.abc import Iterator
from typing import NamedTuple

from schemas.case_file import CaseComponents
from schemas.components.crisis import CrisisSummary
from schemas.components.health import HealthRecord
from schemas.rules.findings import Finding, finding
from schemas.rules.times import surely_before


class Danger(NamedTuple):
    """An answer of the crisis sheet that asks for an alert."""

    answer: str
    alert: str


DANGERS: tuple[Danger, ...] = (
    Danger("suicidal_thoughts", "suicide"),
    Danger("feels_suicidal", "suicide"),
    Danger("suicide_threat", "suicide"),
    Danger("threat_to_others", "aggression"),
    Danger("psychotic_signs", "psychosis"),
    Danger("intoxication_or_withdrawal", "intoxication"),
)
"""The four emergencies that the booklet wants everyone to recognise (R35)."""


def check_crisis(case: CaseComponents) -> Iterator[Finding]:
    """Find unconfirmed emergency sheets, dangers without an alert, unseen complaints."""
    health = case.health
    if health is None:
        return
    if health.crisis_summary:
        yield from _confirmation(health.crisis_summary)
    yield from _alerts(health)
    yield from _complaints(health)
    for place, sheet in enumerate(health.observation):
        if sheet.reviewed_by is None:
            yield finding("crisis.observation-unreviewed", f"health.observation.{place}")


def _confirmation(summary: CrisisSummary) -> Iterator[Finding]:
    path = "health.crisis_summary"
    if summary.emergency_author and summary.confirmed_by is None:
        yield finding("crisis.unconfirmed", path)
    if summary.confirmed_by == summary.by:
        yield finding("crisis.confirmed-by-author", f"{path}.confirmed_by", level="block")
    if summary.confirmed_on and surely_before(summary.confirmed_on, summary.on):
        yield finding("crisis.confirmed-before", f"{path}.confirmed_on", level="block")


def _alerts(health: HealthRecord) -> Iterator[Finding]:
    raised = {alert.kind for alert in health.alerts}
    missing = [
        danger
        for danger in DANGERS
        if getattr(health.crisis_danger, danger.answer, None) == "yes"
        and danger.alert not in raised
    ]
    for alert in dict.fromkeys(danger.alert for danger in missing):
        yield finding("crisis.alert-missing", "health.crisis_danger", label=alert)


def _complaints(health: HealthRecord) -> Iterator[Finding]:
    """Find urgent complaints that no examination can have followed."""
    for place, complaint in enumerate(health.complaints):
        if complaint.urgent and not any(
            complaint.on is None or seen.on is None or not surely_before(seen.on, complaint.on)
            for seen in health.findings
        ):
            yield finding("crisis.urgent-unseen", f"health.complaints.{place}")
