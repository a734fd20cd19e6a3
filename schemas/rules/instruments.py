"""Who may give which test or scale (R13, R31), and whether it needs a licence.

Staff with basic training use the check-lists and rating scales of the team, no diagnostic
instrument and nothing specialised or under copyright; psychological tests are for a clinical
psychologist alone. A scale that has no row here counts as a psychological test.
"""

from typing import Literal, NamedTuple

from schemas.rules.subjects import Subject

AdministerBy = Literal["trained-staff", "mental-health-professional", "clinical-psychologist"]

SUBJECT_OF: dict[AdministerBy, Subject] = {
    "trained-staff": "rating-scale",
    "mental-health-professional": "clinical-instrument",
    "clinical-psychologist": "psychological-test",
}


class InstrumentRow(NamedTuple):
    """Who gives the instrument; `licensed`: its owner asks for a licence or a fee."""

    administer_by: AdministerBy
    licensed: bool = False


INSTRUMENTS: dict[str, InstrumentRow] = {
    "who-5": InstrumentRow("trained-staff"),
    "k10": InstrumentRow("trained-staff"),
    "srq-20": InstrumentRow("trained-staff"),
    "rhs-15": InstrumentRow("trained-staff"),
    "phq-9": InstrumentRow("trained-staff"),
    "gad-7": InstrumentRow("trained-staff"),
    "audit-c": InstrumentRow("trained-staff"),
    "pc-ptsd-5": InstrumentRow("trained-staff"),
    "pcl-5": InstrumentRow("mental-health-professional"),
    "ies-r": InstrumentRow("mental-health-professional"),
    "c-ssrs": InstrumentRow("mental-health-professional"),
    "dast-10": InstrumentRow("mental-health-professional", licensed=True),
    "htq": InstrumentRow("clinical-psychologist", licensed=True),
    "hscl-25": InstrumentRow("clinical-psychologist", licensed=True),
    "other": InstrumentRow("clinical-psychologist"),
}


def subject_of_instrument(instrument: str) -> Subject:
    """Return the row of the matrix for an instrument; a stranger is a psychological test."""
    return SUBJECT_OF[INSTRUMENTS.get(instrument, INSTRUMENTS["other"]).administer_by]
