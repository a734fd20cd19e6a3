"""Which of the booklet's courses a post needs (4.4.1 to 4.4.3): a warning, never a refusal (R15).

Record keeping is taught in the basic course, so that whoever writes should have had it (R14).
"""

from schemas.rules.matrix.shape import Caution
from schemas.rules.qualifications import LABELS, Training
from schemas.rules.staff import Staff
from schemas.wire.statement import Unit

UNIT_TRAINING: dict[Unit, Training] = {
    "short-term": "training-basic",
    "mid-term": "training-intermediate",
    "long-term": "training-high",
}
"""The last course a post in a unit needs; each includes those before it."""


def training_cautions(staff: Staff, unit: Unit | None) -> list[Caution]:
    """Return what a staff member still has to learn before writing, and for the unit if known."""
    if staff.role == "system":
        return []
    if "training-basic" not in staff.holds:
        return [Caution("R14", "Record keeping is taught in the basic skills training: plan it.")]
    if unit is None or UNIT_TRAINING[unit] in staff.holds:
        return []
    course = LABELS[UNIT_TRAINING[unit]]
    return [Caution("R15", f"A post in this unit needs the {course}: plan it.")]
