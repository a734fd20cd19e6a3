"""What each unit expects to be done, and what was done already, here or elsewhere (R27, R28, R55).

A step that was completed elsewhere comes along as a statement (`administrative.completed_tasks`),
so that nobody is asked twice, even where the consent does not cover the record of it. Nothing is
expected in the first days (R53), and nothing here ever blocks.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Literal, NamedTuple, get_args

from schemas.case_file import CaseComponents
from schemas.components.administrative import CaseTask, CompletedTask, Stay
from schemas.rules.findings import Finding, finding
from schemas.rules.stays import stays_of
from schemas.rules.times import at, closes, may_lie_within, opens, surely_before, surely_longer
from schemas.wire.statement import Unit

Expectation = Literal["expected", "unless-elsewhere", "after-return", "optional", "no"]
"""unless-elsewhere: one completed before will do. after-return: expected once the person is back in
her country of origin."""

UNITS: tuple[Unit, ...] = get_args(Unit)
TASKS: tuple[CaseTask, ...] = get_args(CaseTask)

EXPECTED: dict[CaseTask, tuple[Expectation, Expectation, Expectation]] = {
    "intake-interview": ("expected", "unless-elsewhere", "unless-elsewhere"),
    "health-assessment": ("expected", "unless-elsewhere", "unless-elsewhere"),
    "crisis-assessment": ("expected", "expected", "optional"),
    "in-depth-mental-health-assessment": ("no", "after-return", "optional"),
    "diagnosis": ("optional", "optional", "optional"),
    "brief-psychotherapy": ("no", "optional", "optional"),
    "psychotherapy": ("no", "optional", "optional"),
    "reintegration-plan": ("no", "expected", "unless-elsewhere"),
    "occupational-training": ("no", "optional", "optional"),
    "social-programme": ("no", "optional", "optional"),
}
"""Task -> what the short-, mid- and long-term unit expect (data dictionary: functional units)."""

GRACE: dict[Unit, timedelta] = {
    "short-term": timedelta(hours=72),
    "mid-term": timedelta(days=14),
    "long-term": timedelta(days=30),
}
"""How long a stay lasts before anything is missed: the first days are gradual (6.3)."""

SERVICES: tuple[CaseTask, ...] = ("psychotherapy", "occupational-training", "social-programme")
"""Tasks that a unit which does not offer them should not record (R34)."""


class Source(NamedTuple):
    """Facts that show a task done: those of a field, with one of these kinds if any are named."""

    component: str
    field: str
    kinds: tuple[str, ...] = ()


_SESSIONS = (Source("interventions", "interventions", ("psychotherapy",)),)
EVIDENCE: dict[CaseTask, tuple[Source, ...]] = {
    "intake-interview": (Source("interventions", "interventions", ("intake",)),),
    "health-assessment": (
        Source("health", "findings"),
        Source("interventions", "interventions", ("health",)),
    ),
    "crisis-assessment": (Source("health", "crisis_summary"),),
    "in-depth-mental-health-assessment": (Source("health", "mental_health_before"),),
    "diagnosis": (Source("health", "problems", ("diagnosis",)),),
    "brief-psychotherapy": _SESSIONS,
    "psychotherapy": _SESSIONS,
    "reintegration-plan": (Source("health", "care_plan"),),
    "occupational-training": (
        Source("interventions", "interventions", ("occupational-training",)),
    ),
    "social-programme": (Source("interventions", "interventions", ("group-activity",)),),
}


def expectation(task: CaseTask, unit: Unit) -> Expectation:
    """Return what a unit expects of a task."""
    return EXPECTED[task][UNITS.index(unit)]


def check_tasks(case: CaseComponents, now: int) -> Iterator[Finding]:
    """Find what a stay's unit expects and nobody did, what was asked twice, what is not its own."""
    for path, stay in stays_of(case):
        if stay.admitted is None or stay.status == "planned":
            continue
        for task in TASKS:
            yield from _check_task(task, path, stay, case, now)


def _check_task(
    task: CaseTask, path: str, stay: Stay, case: CaseComponents, now: int
) -> Iterator[Finding]:
    label = task.replace("-", " ")
    here = [fact for fact in evidence(case, task) if lies_within(time_of(fact), stay, now)]
    if not here and _is_due(task, stay, case, now) and not _done(case, task):
        yield finding("task.expected", path, label=label)
    if task == "intake-interview" and here and _done_before(case, task, stay):
        yield finding("task.asked-again", path, label=label)
    if task in SERVICES and here and expectation(task, stay.unit) == "no":
        yield finding("task.beyond-unit", path, label=label)


def _is_due(task: CaseTask, stay: Stay, case: CaseComponents, now: int) -> bool:
    wanted = expectation(task, stay.unit)
    if wanted == "after-return" and not _came_back(case, stay):
        return False
    until = opens(stay.departed) if stay.departed else at(now)
    due = surely_longer(stay.admitted or "1900", until, GRACE[stay.unit])
    return due and wanted not in ("optional", "no")


def _came_back(case: CaseComponents, stay: Stay) -> bool:
    """Say whether the stay follows a return to the country of origin that the summary names."""
    summary = case.discharge_summary
    if summary is None or summary.disposition is None or stay.admitted is None:
        return False
    going = summary.disposition
    returned = going.kind == "returned-to-country-of-origin"
    return returned and going.on is not None and not surely_before(stay.admitted, going.on)


def _done(case: CaseComponents, task: CaseTask) -> bool:
    return bool(list(evidence(case, task)) or list(_statements(case, task)))


def _done_before(case: CaseComponents, task: CaseTask, stay: Stay) -> bool:
    shown = [time_of(fact) for fact in evidence(case, task)]
    stated = [done.completed_on for done in _statements(case, task)]
    return any(surely_before(time, stay.admitted or "1900") for time in (*shown, *stated) if time)


def _statements(case: CaseComponents, task: CaseTask) -> Iterator[CompletedTask]:
    listed = case.administrative.completed_tasks if case.administrative else []
    return (done for done in listed if done.task == task)


def evidence(case: CaseComponents, task: CaseTask) -> Iterator[Any]:
    """Yield the facts that show a task done."""
    for source in EVIDENCE[task]:
        found = getattr(getattr(case, source.component), source.field, None) or []
        for fact in found if isinstance(found, list) else [found]:
            if not source.kinds or fact.kind in source.kinds:
                yield fact


def time_of(fact: Any) -> str | None:
    """Return when a fact happened, None if it does not say so."""
    return getattr(fact, "on", None)


def lies_within(time: str | None, stay: Stay, now: int) -> bool:
    """Say whether a time can lie in a stay that has begun."""
    if time is None or stay.admitted is None:
        return False
    until = closes(stay.departed) if stay.departed else at(now)
    return may_lie_within(time, opens(stay.admitted), until)
