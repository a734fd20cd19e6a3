"""Referrals: made or approved by a professional, and agreed before anything moves (R25, R76)."""

from collections.abc import Iterator

from schemas.case_file import CaseComponents
from schemas.components.administrative import TeamRole
from schemas.rules.findings import Finding, finding

NO_PROFESSIONALS: frozenset[TeamRole] = frozenset(
    {"security-guard", "volunteer", "interpreter", "accountant", "technician", "other"}
)
"""Roles whose referrals somebody else has to approve."""

AGREED = ("accepted", "in-progress", "completed")
MOVES = ("migration", "change-of-location")


def check_referral(case: CaseComponents) -> Iterator[Finding]:
    """Find a referral that nobody approved, and a person gone before the other side agreed."""
    referral = case.referral
    if referral is None or referral.request is None:
        return
    request = referral.request
    if request.approved_by is None and not _made_by_professional(case, request.made_by):
        yield finding("referral.unapproved", "referral.request")
    gone = case.discharge_summary and case.discharge_summary.disposition
    agreed = referral.state is not None and referral.state.state in AGREED
    if request.kind in MOVES and gone and not agreed:
        yield finding("referral.not-agreed", "referral.state")


def _made_by_professional(case: CaseComponents, code: str) -> bool:
    """Say whether the list of caseworkers shows the one who made it to be a professional."""
    listed = case.interventions.caseworkers if case.interventions else []
    roles = {worker.role for worker in listed if worker.code == code}
    return bool(roles - NO_PROFESSIONALS)
