"""Clinical facts: examination, tests, diagnoses, instruments, prescriptions (4.4.1, 4.4.2)."""

from schemas.rules.matrix import groups
from schemas.rules.matrix.clauses import (
    CLINICAL_ENTRY,
    CLINICIAN,
    HEALTH,
    MENTAL,
    ORDER_ENTRY,
    SPECIALIST_ENTRY,
    TELL_HEALTH,
    right,
    row,
)
from schemas.rules.matrix.shape import Caution, MatrixRow
from schemas.rules.subjects import Subject

_NURSE_EXAMINES = Caution("R19", "A doctor examines as a rule; a nurse where her task says so.")
_NURSING_STANDARD = Caution("R32", "Training in an international nursing standard is expected.")
_UNCODED = Caution("R103", "Code it in ICD-10; words alone can't be matched or counted.")

CLINICAL_FACTS: dict[Subject, MatrixRow] = {
    "clinical-fact": row(
        "Vital signs, allergies, medicines in use, vaccinations, treatments",
        "R17",
        TELL_HEALTH,
        HEALTH,
        readers=groups.CLINICAL_READERS,
        entry=CLINICAL_ENTRY,
    ),
    "medical-examination": row(
        "Findings of a medical examination",
        "R19",
        "Ask a doctor, or a nurse whose task it is, to examine.",
        right(groups.CARE, "medicine"),
        right(groups.CARE, "nursing", caution=_NURSE_EXAMINES),
        readers=groups.CLINICAL_READERS,
        entry=CLINICAL_ENTRY,
    ),
    "medical-test": row(
        "Laboratory results, screening for infections, pregnancy",
        "R29",
        "Ask a doctor or a nurse to enter it; file the laboratory's paper as a report.",
        right(groups.CARE, *groups.MEDICAL),
        readers=groups.CLINICAL_READERS,
        entry=CLINICAL_ENTRY,
    ),
    "functioning": row(
        "Social and mental functioning, mental health before",
        "R20",
        "Ask a psychologist, or a nurse or social worker trained in mental health.",
        MENTAL,
        readers=groups.CLINICAL_READERS,
        entry=CLINICAL_ENTRY,
    ),
    "problem": row(
        "A problem noted, which is no diagnosis",
        "R18",
        TELL_HEALTH,
        CLINICIAN,
        readers=groups.CLINICAL_READERS,
        entry=CLINICAL_ENTRY,
    ),
    "diagnosis-medical": row(
        "Medical diagnosis",
        "R29",
        "Note it as a problem, and ask a doctor to diagnose.",
        right(groups.CARE, "medicine"),
        readers=groups.CLINICAL_READERS,
        entry=SPECIALIST_ENTRY,
    ),
    "diagnosis-psychiatric": row(
        "Psychiatric or psychological diagnosis",
        "R30",
        "Note it as a problem, and ask a psychiatrist or clinical psychologist to diagnose.",
        right(groups.CARE, "psychiatry", "clinical-psychology"),
        readers=groups.CLINICAL_READERS,
        entry=SPECIALIST_ENTRY,
    ),
    "diagnosis-nursing": row(
        "Nursing diagnosis",
        "R32",
        "Note it as a problem, and ask a clinical nurse.",
        right(groups.CARE, "nursing nursing-diagnosis"),
        right(groups.CARE, "nursing", caution=_NURSING_STANDARD),
        readers=groups.CLINICAL_READERS,
        entry=SPECIALIST_ENTRY,
    ),
    "diagnosis-uncoded": row(
        "Diagnosis in words, without a code",
        "R29",
        "Note it as a problem, and ask a doctor or clinical psychologist to diagnose.",
        right(groups.CARE, "medicine", "clinical-psychology", caution=_UNCODED),
        readers=groups.CLINICAL_READERS,
        entry=SPECIALIST_ENTRY,
    ),
    "rating-scale": row(
        "Rating scale of the team",
        "R13",
        "Ask a colleague with basic training.",
        CLINICIAN,
        right(groups.CARE | groups.VOLUNTEER, "training-basic"),
        readers=groups.CLINICAL_READERS,
        entry=CLINICAL_ENTRY,
    ),
    "clinical-instrument": row(
        "Diagnostic or licensed scale",
        "R13",
        "Use a rating scale of the team, or ask a mental health professional.",
        MENTAL,
        readers=groups.CLINICAL_READERS,
        entry=SPECIALIST_ENTRY,
    ),
    "psychological-test": row(
        "Psychological test",
        "R31",
        "Ask a clinical psychologist to give the test.",
        right(groups.CARE, "clinical-psychology"),
        readers=groups.CLINICAL_READERS,
        entry=SPECIALIST_ENTRY,
    ),
    "prescription": row(
        "Prescription",
        "R26",
        "Ask a doctor to prescribe; a nurse names the doctor's order that she follows.",
        right(groups.CARE, "medicine"),
        readers=groups.CLINICAL_READERS,
        entry=ORDER_ENTRY,
    ),
    "prescription-on-order": row(
        "Prescription that follows a doctor's order",
        "R26",
        "Ask the doctor, or a nurse who has the order before her.",
        right(groups.CARE, *groups.MEDICAL),
        readers=groups.CLINICAL_READERS,
        entry=ORDER_ENTRY,
    ),
    "telling": row(
        "Unwelcome news told to the person",
        "R24",
        "Let a health professional tell the person, if she asks and when it is right.",
        HEALTH,
        readers=groups.CLINICAL_READERS,
        entry=CLINICAL_ENTRY,
    ),
}
