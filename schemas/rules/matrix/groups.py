"""Groups of roles and of qualifications that the rows of the matrix name."""

from schemas.rules.matrix.shape import Roles
from schemas.wire.statement import StaffRole

CARE: Roles = frozenset(
    {
        "case-manager",
        "staff-manager",
        "doctor",
        "nurse",
        "psychologist",
        "psychiatrist",
        "social-worker",
    }
)
"""Posts that care for the person. Whoever holds one may have any profession beside it (2.3.1)."""

TEAM: Roles = CARE | {"facility-manager", "legal-officer"}
LAY: Roles = frozenset({"security-guard", "volunteer"})
EVERYONE: Roles = TEAM | LAY
"""All people of the facility but the interpreter, who says what others mean and records nothing."""

CASE_MANAGER: Roles = frozenset({"case-manager"})
MANAGERS: Roles = CASE_MANAGER | {"facility-manager", "staff-manager"}
LEGAL: Roles = CASE_MANAGER | {"facility-manager", "legal-officer"}
CLINICAL_READERS: Roles = CARE - {"staff-manager"}
VOLUNTEER: Roles = frozenset({"volunteer"})
SYSTEM: Roles = frozenset({"system"})
"""Software of the facility: it enters what people found, under their codes, and finds nothing."""

WRITE_ONLY: dict[StaffRole, str] = {"security-guard": "R9", "volunteer": "R22"}
"""Roles that read nothing, and the rule that says so."""

MEDICAL = ("medicine", "nursing")
HEALTH = (*MEDICAL, "clinical-psychology", "clinical-social-work")
"""Health professionals (4.4.1): doctor, nurse, clinical psychologist, clinical social worker."""
MENTAL = (
    "psychology",
    "psychiatry",
    "clinical-social-work",
    "nursing mental-health",
    "social-work mental-health",
    "medicine mental-health",
)
"""Mental health professionals (4.4.1): a profession, and training in mental health where it is no
part of the profession."""
EITHER = tuple(dict.fromkeys((*HEALTH, *MENTAL)))
EMERGENCY = "training-basic task-crisis-sheet"
"""What a guard or volunteer needs on the emergency path: training and written orders (R22)."""
