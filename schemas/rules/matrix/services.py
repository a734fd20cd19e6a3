"""Caseworkers and the services they give (2.3, 4.4, 7.1(3))."""

from schemas.rules.matrix import groups
from schemas.rules.matrix.clauses import (
    CALL_MENTAL,
    CARERS,
    CLINICAL_ENTRY,
    CONFIRM_MENTAL,
    EVERYONE,
    HEALTH,
    IN_EMERGENCY,
    LEGAL,
    LEGAL_ENTRY,
    MENTAL,
    TEAM,
    TELL_HEALTH,
    TRAINED_LAY,
    right,
    row,
)
from schemas.rules.matrix.shape import Caution, Clause, MatrixRow
from schemas.rules.subjects import Subject

_BASIC_ADVICE = Caution("R23", "Basic legal advice only; a lawyer gives anything further.")
_SOME_INSTANCES = Caution("R33", "Usually a clinical psychologist or psychiatrist does this.")

SERVICES: dict[Subject, MatrixRow] = {
    "caseworkers": row(
        "Caseworkers in contact with the person",
        "R82",
        "Ask the case manager or the staff manager to enter you.",
        right(groups.MANAGERS),
        readers=groups.MANAGERS,
    ),
    "handover": row(
        "Case handed from one caseworker to the next",
        "R121",
        "Ask whoever hands over to record it.",
        EVERYONE,
        readers=groups.TEAM,
    ),
    "information-support": row(
        "Information and guidance",
        "R23",
        "Refer the person to a trained caseworker.",
        TEAM,
        TRAINED_LAY,
        readers=groups.CARE,
    ),
    "legal-guidance": row(
        "Legal information and advice",
        "R23",
        "Ask the legal officer.",
        right(frozenset({"legal-officer"}), "law"),
        right(groups.CARE, "training-basic", caution=_BASIC_ADVICE),
        readers=groups.LEGAL,
        entry=LEGAL_ENTRY,
    ),
    "outside-liaison": row(
        "Contact with police or other outsiders",
        "R107",
        "Say nothing; send the outsider to the case manager or the facility manager.",
        LEGAL,
        readers=groups.LEGAL,
        entry=Clause("R107", "Ask the case manager or the legal officer.", (LEGAL,)),
    ),
    "crisis-intervention": row(
        "Crisis intervention",
        "R21",
        CALL_MENTAL,
        MENTAL,
        IN_EMERGENCY,
        readers=groups.CLINICAL_READERS,
        entry=CLINICAL_ENTRY,
        confirm=CONFIRM_MENTAL,
    ),
    "health-service": row(
        "Health service given",
        "R17",
        TELL_HEALTH,
        HEALTH,
        readers=groups.CLINICAL_READERS,
        entry=CLINICAL_ENTRY,
    ),
    "psychosocial-support": row(
        "Psychosocial support and counselling",
        "R33",
        "Refer the person to a mental health practitioner or a trained caseworker.",
        MENTAL,
        right(groups.CARE, "training-basic"),
        readers=groups.CLINICAL_READERS,
        entry=CLINICAL_ENTRY,
    ),
    "psychotherapy": row(
        "Psychotherapy",
        "R33",
        "Refer the person to a practitioner specially trained in psychotherapy.",
        right(groups.CARE, "clinical-psychology psychotherapy", "psychiatry psychotherapy"),
        right(groups.CARE, "clinical-social-work psychotherapy", caution=_SOME_INSTANCES),
        readers=groups.CLINICAL_READERS,
        entry=CLINICAL_ENTRY,
    ),
    "group-activity": row(
        "Group and art activities",
        "R33",
        "Ask a colleague with basic training to lead it.",
        MENTAL,
        right(groups.CARE | groups.VOLUNTEER, "training-basic"),
        readers=groups.CARE,
    ),
    "family-work": row(
        "Family mediation, reunification, child protection",
        "R57",
        "Tell the case manager; do not contact the family yourself.",
        CARERS,
        readers=groups.CARE,
    ),
    "vocational-work": row(
        "Schooling and occupational training",
        "R34",
        "Ask the case manager to find a vocational specialist.",
        CARERS,
        right(groups.VOLUNTEER, "vocational-education"),
        readers=groups.CARE,
    ),
    "practical-help": row(
        "Material help and accompaniment",
        "R23",
        "Ask a caseworker to record it.",
        EVERYONE,
        readers=groups.CARE,
    ),
}
