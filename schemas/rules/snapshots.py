"""Identity snapshots: who the person was said to be at admission and at release, per stay (R80).

Missed only where the identity component is there at all: an emergency record has none, and a
recipient may hold a case without it.
"""

from collections.abc import Iterator

from schemas.case_file import CaseComponents
from schemas.components.administrative import Stay
from schemas.components.identity import IdentitySnapshot
from schemas.rules.findings import Finding, finding
from schemas.rules.stays import stays_of
from schemas.rules.tasks import GRACE, lies_within
from schemas.rules.times import at, opens, surely_longer


def check_snapshots(case: CaseComponents, now: int) -> Iterator[Finding]:
    """Find stays without a snapshot at either end, and snapshots that belong to no stay."""
    if case.identity is None:
        return
    stays = [(path, stay) for path, stay in stays_of(case) if stay.status != "planned"]
    for path, stay in stays:
        taken = {one.moment for one in case.identity.snapshots if _belongs(one, stay, now)}
        if "admission" not in taken and _has_settled(stay, now):
            yield finding("snapshot.missing", path, label="at admission")
        if "release" not in taken and stay.departed:
            yield finding("snapshot.missing", path, label="at release")
    for place, one in enumerate(case.identity.snapshots):
        if stays and not any(_belongs(one, stay, now) for _, stay in stays):
            yield finding("snapshot.without-stay", f"identity.snapshots.{place}")


def _belongs(snapshot: IdentitySnapshot, stay: Stay, now: int) -> bool:
    same_place = (snapshot.facility, snapshot.unit) == (stay.facility, stay.unit)
    return same_place and lies_within(snapshot.on, stay, now)


def _has_settled(stay: Stay, now: int) -> bool:
    if stay.admitted is None:
        return False
    until = opens(stay.departed) if stay.departed else at(now)
    return surely_longer(stay.admitted, until, GRACE[stay.unit])
