"""The rules of the work over a whole case, at the three moments when they are asked.

On writing they warn, and block only what contradicts itself; a record of the emergency minimum is
always valid (R53, R62). At discharge open items and missing attestations block. At acceptance the
receiving facility answers for every open item that it received. Pure: `now` comes from the caller.
"""

from collections.abc import Callable, Iterator

from schemas.case_file import CaseComponents
from schemas.rules.baseline import check_baselines
from schemas.rules.caseworkers import check_caseworkers
from schemas.rules.crisis import check_crisis
from schemas.rules.dates import check_dates
from schemas.rules.discharge import check_discharge
from schemas.rules.findings import Finding
from schemas.rules.handing_over import check_dropped, check_taken_up
from schemas.rules.names import check_names
from schemas.rules.person import check_person
from schemas.rules.referral import check_referral
from schemas.rules.retesting import check_instruments
from schemas.rules.snapshots import check_snapshots
from schemas.rules.stays import check_stays
from schemas.rules.tasks import check_tasks
from schemas.rules.told import check_told

TIMELESS: tuple[Callable[[CaseComponents], Iterator[Finding]], ...] = (
    check_person,
    check_crisis,
    check_instruments,
    check_told,
    check_referral,
    check_caseworkers,
    check_names,
)
TIMED: tuple[Callable[[CaseComponents, int], Iterator[Finding]], ...] = (
    check_stays,
    check_dates,
    check_tasks,
    check_snapshots,
    check_baselines,
)


def on_writing(case: CaseComponents, now: int) -> list[Finding]:
    """Return what the rules find in a case as it stands, at `now` in seconds."""
    return _check(case, now, closing=False)


def at_discharge(case: CaseComponents, now: int) -> list[Finding]:
    """Return what they find when the summary is closed and the person leaves."""
    return _check(case, now, closing=True)


def at_acceptance(received: CaseComponents, own: CaseComponents) -> list[Finding]:
    """Return what was received open and is neither in the own record nor answered."""
    return list(check_taken_up(received, own))


def _check(case: CaseComponents, now: int, *, closing: bool) -> list[Finding]:
    found = [one for timeless in TIMELESS for one in timeless(case)]
    found += [one for timed in TIMED for one in timed(case, now)]
    found += check_discharge(case, closing=closing)
    found += check_dropped(case, closing=closing)
    return found
