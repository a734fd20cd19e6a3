"""The caseworkers that a case lists, as the author rules see them.

A facility judges its own staff by its own register. This is for what comes from elsewhere, or where
a case travels without a register: the list that the case itself brings (R82).
"""

from schemas.components.administrative import TeamRole
from schemas.components.interventions import Caseworker, InterventionsRecord
from schemas.identifiers import FacilityCode
from schemas.rules.qualifications import Profession
from schemas.rules.staff import Licence, Staff
from schemas.wire.statement import StaffRole

ROLES: dict[TeamRole, StaffRole | None] = {
    "case-manager": "case-manager",
    "doctor": "doctor",
    "nurse": "nurse",
    "psychologist": "psychologist",
    "psychiatrist": "psychiatrist",
    "gynaecologist": "doctor",
    "paediatrician": "doctor",
    "infectologist": "doctor",
    "social-worker": "social-worker",
    "staff-manager": "staff-manager",
    "facility-manager": "facility-manager",
    "lawyer": "legal-officer",
    "interpreter": "interpreter",
    "security-guard": "security-guard",
    "accountant": None,
    "technician": None,
    "volunteer": "volunteer",
    "other": None,
}
"""Role of a case team -> role of the author rules; none: writes nothing."""

LICENSED_AS: dict[TeamRole, Profession] = {
    "doctor": "medicine",
    "nurse": "nursing",
    "psychologist": "clinical-psychology",
    "psychiatrist": "psychiatry",
    "gynaecologist": "medicine",
    "paediatrician": "medicine",
    "infectologist": "medicine",
    "lawyer": "law",
}
"""Roles whose profession a body licenses nearly everywhere, and that profession (R120)."""


def staff_of(worker: Caseworker) -> Staff | None:
    """Return a listed caseworker for the author rules, None for one who may write nothing."""
    role = ROLES[worker.role]
    if role is None:
        return None
    held = frozenset(worker.qualifications)
    staff = Staff(role=role, qualifications=held)
    profession = LICENSED_AS.get(worker.role)
    if profession not in staff.holds or not (worker.licence_body and worker.licence_country):
        return staff
    licence = Licence(
        profession=profession, issuer=worker.licence_body, country=worker.licence_country
    )
    return Staff(role=role, qualifications=held, licences=(licence,))


def listed_staff(
    interventions: InterventionsRecord, facility: FacilityCode | None = None
) -> dict[str, Staff]:
    """Return the listed staff by code: of one facility, or of all."""
    return {
        worker.code: staff
        for worker in interventions.caseworkers
        if facility in (None, worker.facility) and (staff := staff_of(worker))
    }
