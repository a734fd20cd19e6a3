"""Staff for tests of the author rules: the people of tests/data/rules/authorship.md, and a team."""

from schemas.rules.qualifications import REGULATED, Qualification
from schemas.rules.staff import Licence, Staff
from schemas.wire.statement import StaffRole


def staff(role: StaffRole, *held: Qualification, licensed: bool = True) -> Staff:
    """Return a staff member, licensed for every regulated profession that is held."""
    licences = tuple(
        Licence(profession=name, issuer="chamber", country="DE")  # type: ignore[arg-type]
        for name in sorted(REGULATED & set(held))
        if licensed
    )
    return Staff(role=role, qualifications=frozenset(held), licences=licences)


HIGH = "training-high"
BASIC = "training-basic"
PEOPLE: dict[str, Staff] = {
    "cm": staff("case-manager", HIGH),
    "cs": staff("case-manager", "clinical-social-work", HIGH),
    "fm": staff("facility-manager", HIGH),
    "sm": staff("staff-manager", "social-work", HIGH),
    "dr": staff("doctor", "medicine", HIGH),
    "dx": staff("doctor"),
    "nu": staff("nurse", "nursing", HIGH),
    "nm": staff("nurse", "nursing", "mental-health", HIGH),
    "nd": staff("nurse", "nursing", "nursing-diagnosis", HIGH),
    "ps": staff("psychologist", "psychology", HIGH),
    "cp": staff("psychologist", "clinical-psychology", HIGH),
    "ct": staff("psychologist", "clinical-psychology", "psychotherapy", HIGH),
    "py": staff("psychiatrist", "psychiatry", HIGH),
    "sw": staff("social-worker", "social-work", HIGH),
    "lo": staff("legal-officer", "law", HIGH),
    "in": staff("interpreter", "interpreting", HIGH),
    "gu": staff("security-guard"),
    "gt": staff("security-guard", BASIC, "task-crisis-sheet"),
    "vo": staff("volunteer"),
    "vt": staff("volunteer", BASIC),
    "vc": staff("volunteer", BASIC, "task-crisis-sheet"),
    "sy": staff("system"),
}
"""Column of the table -> who that is."""

TEAM: dict[str, Staff] = {
    "CW-01": staff("case-manager", "social-work", "mental-health", HIGH),
    "CW-02": PEOPLE["nm"],
    "CW-03": PEOPLE["ct"],
    "CW-04": PEOPLE["dr"],
    "CW-05": PEOPLE["in"],
    "CW-06": PEOPLE["lo"],
    "CW-07": PEOPLE["gt"],
}
"""The team of the sample case, by caseworker code."""
