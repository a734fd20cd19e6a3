"""Health baselines: physical and mental, at admission, during the stay and at closing (R81).

None is missed before it is due: at admission after the first days, during a stay once it has lasted
a fortnight, at closing once the person has left.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal, get_args

from schemas.case_file import CaseComponents
from schemas.components.administrative import Stay
from schemas.rules.findings import Finding, finding
from schemas.rules.stays import stays_of
from schemas.rules.tasks import GRACE, lies_within
from schemas.rules.times import at, opens, surely_longer

Point = Literal["admission", "during", "closing"]
Kind = Literal["physical", "mental"]
POINTS: tuple[Point, ...] = get_args(Point)
KINDS: tuple[Kind, ...] = get_args(Kind)

DURING = timedelta(days=14)
"""Length of a stay from which a baseline during it is expected."""


def check_baselines(case: CaseComponents, now: int) -> Iterator[Finding]:
    """Find baselines that are due and not recorded."""
    for path, stay in stays_of(case):
        recorded = _recorded(case, stay, now)
        for point in (point for point in POINTS if is_due(point, stay, now)):
            for kind in KINDS:
                if (point, kind) not in recorded:
                    yield finding("baseline.missing", path, label=f"{kind}, {point}")


def is_due(point: Point, stay: Stay, now: int) -> bool:
    """Say whether a baseline should have been recorded by now."""
    if stay.admitted is None or stay.status == "planned":
        return False
    if point == "closing":
        return stay.departed is not None
    until = opens(stay.departed) if stay.departed else at(now)
    return surely_longer(stay.admitted, until, DURING if point == "during" else GRACE[stay.unit])


def _recorded(case: CaseComponents, stay: Stay, now: int) -> set[tuple[str, str]]:
    baselines = case.health.baselines if case.health else []
    return {(one.point, one.kind) for one in baselines if lies_within(one.on, stay, now)}
