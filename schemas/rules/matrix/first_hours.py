"""The first hours: complaint, alert, observation, crisis, the emergency path (4.4.1, 6.3)."""

from schemas.rules.matrix import groups
from schemas.rules.matrix.clauses import (
    CALL_MENTAL,
    CLINICAL_ENTRY,
    CLINICIAN,
    CONFIRM_MENTAL,
    EVERYONE,
    IN_EMERGENCY,
    MENTAL,
    row,
)
from schemas.rules.matrix.shape import Clause, MatrixRow
from schemas.rules.subjects import Subject

FIRST_HOURS: dict[Subject, MatrixRow] = {
    "complaint": row(
        "What the person complains of, in her words",
        "R56",
        "Tell a caseworker at once if it is urgent.",
        EVERYONE,
        readers=groups.CLINICAL_READERS,
    ),
    "alert": row(
        "Alert: psychosis, intoxication, aggression, suicide, other",
        "R35",
        "Tell a caseworker at once.",
        EVERYONE,
        readers=groups.TEAM,
        confirm=Clause("R35", "Ask a health professional to confirm the alert.", (CLINICIAN,)),
    ),
    "observation": row(
        "Observation check-list",
        "R59",
        "Tell the caseworker who met the person first what you saw.",
        EVERYONE,
        readers=groups.CLINICAL_READERS,
        confirm=Clause("R60", "Ask a health professional to review it.", (CLINICIAN,)),
    ),
    "crisis-sheet": row(
        "Crisis and stress assessment",
        "R21",
        CALL_MENTAL,
        MENTAL,
        readers=groups.CLINICAL_READERS,
        entry=CLINICAL_ENTRY,
        confirm=CONFIRM_MENTAL,
    ),
    "crisis-sheet-emergency": row(
        "Crisis sheet by an emergency author",
        "R22",
        "Call the professional on call; write the observation check-list, which needs no more.",
        CLINICIAN,
        IN_EMERGENCY,
        readers=groups.CLINICAL_READERS,
        entry=CLINICAL_ENTRY,
        confirm=CONFIRM_MENTAL,
    ),
}
