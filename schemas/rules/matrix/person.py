"""Facts that are not clinical: the stay, the person, her family, legal matters, consent."""

from schemas.rules.matrix import groups
from schemas.rules.matrix.clauses import (
    CARERS,
    CASE_MANAGER,
    LEGAL,
    LEGAL_ENTRY,
    TEAM,
    TELL_CASE_MANAGER,
    TELL_TRAINED,
    TRAINED_LAY,
    right,
    row,
)
from schemas.rules.matrix.shape import Clause, MatrixRow
from schemas.rules.subjects import Subject

PERSON: dict[Subject, MatrixRow] = {
    "stay": row(
        "Admission, unit, departure",
        "R17",
        TELL_TRAINED,
        TEAM,
        TRAINED_LAY,
        readers=groups.TEAM,
    ),
    "care-team": row(
        "Who works on the case",
        "R16",
        "Ask the case manager, staff manager or facility manager to assign the task.",
        right(groups.MANAGERS),
        readers=groups.TEAM,
    ),
    "completeness": row(
        "Steps completed here or elsewhere, so that nobody is asked twice",
        "R28",
        TELL_CASE_MANAGER,
        CARERS,
        readers=groups.TEAM,
    ),
    "intake": row(
        "Non-clinical facts of the intake",
        "R17",
        TELL_TRAINED,
        TEAM,
        TRAINED_LAY,
        readers=groups.TEAM,
    ),
    "identity": row(
        "Names, birth date, numbers of papers",
        "R101",
        "Use the code number; a professional of the case team records the name, apart.",
        TEAM,
        readers=groups.TEAM,
    ),
    "whereabouts": row(
        "Where the person is, and how to reach her without danger",
        "R57",
        "Tell the case manager by word of mouth; write it nowhere else.",
        TEAM,
        readers=groups.TEAM,
    ),
    "family": row(
        "Family members and guardians",
        "R10",
        "Tell the staff manager or the case manager, who gather what concerns the family.",
        TEAM,
        readers=groups.TEAM,
    ),
    "legal-status": row(
        "Citizenship, displacement, legal status",
        "R116",
        "Leave it to the case team: legal status is confidential.",
        TEAM,
        readers=groups.LEGAL | {"social-worker"},
    ),
    "legal-papers": row(
        "Papers to and from legal authorities",
        "R92",
        "Give the paper to the case manager or the legal officer, who file it apart.",
        LEGAL,
        entry=LEGAL_ENTRY,
        readers=groups.LEGAL,
    ),
    "trafficking-history": row(
        "Identification, referrer, what was done to the person",
        "R55",
        "Do not ask; pass on what the person tells of her own accord to the case manager.",
        right(groups.TEAM - {"facility-manager"}),
        readers=groups.CLINICAL_READERS | {"legal-officer"},
    ),
    "social-history": row(
        "Family background, needs, aspirations, assets",
        "R69",
        "Tell the case manager or the staff manager.",
        right(groups.CARE | {"legal-officer"}),
        readers=groups.CARE,
    ),
    "consent": row(
        "Informed consent, taken",
        "R115",
        "Ask the case manager to take the consent.",
        CASE_MANAGER,
        readers=groups.LEGAL,
        entry=Clause("R115", "Ask the case manager.", (CASE_MANAGER,)),
    ),
    "consent-explanation": row(
        "Explaining what is consented to",
        "R115",
        "Ask a professional of the case team to explain it; an interpreter helps.",
        TEAM,
        readers=groups.LEGAL,
    ),
}
