"""Completeness statements: what a facility has done, said so that nobody asks again (R27, R28).

Made from the record: for each task and stay the last time it was done, with the role of whoever did
it. A statement holds no result, and travels where the record of the result does not.
"""

from collections.abc import Iterator
from typing import Any, get_args

from schemas.case_file import CaseComponents
from schemas.components.administrative import CaseTask, CompletedTask, Stay, TeamRole
from schemas.rules.stays import stays_of
from schemas.rules.tasks import TASKS, evidence, lies_within, time_of

_DAY = len("2026-03-09")
_ROLES: tuple[TeamRole, ...] = get_args(TeamRole)


def completed_tasks(case: CaseComponents, now: int) -> list[CompletedTask]:
    """Return a statement for every task done in a stay, on a known day, by a known role."""
    return [
        done
        for task in TASKS
        for _, stay in stays_of(case)
        for done in _latest(case, task, stay, now)
    ]


def _latest(case: CaseComponents, task: CaseTask, stay: Stay, now: int) -> Iterator[CompletedTask]:
    roles = _roles(case)
    dated = [
        (time[:_DAY], roles[code])
        for fact in evidence(case, task)
        for code in _authors(fact)
        if (time := time_of(fact)) and len(time) >= _DAY
        if code in roles and lies_within(time, stay, now)
    ]
    for day, role in sorted(dated, key=lambda entry: (entry[0], _ROLES.index(entry[1])))[-1:]:
        yield CompletedTask(
            task=task, completed_on=day, author_role=role, facility=stay.facility, unit=stay.unit
        )


def _roles(case: CaseComponents) -> dict[str, TeamRole]:
    listed = case.interventions.caseworkers if case.interventions else []
    return {worker.code: worker.role for worker in listed}


def _authors(fact: Any) -> list[str]:
    by = getattr(fact, "by", None) or []
    return by if isinstance(by, list) else [by]
