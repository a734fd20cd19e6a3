"""Plans, notes, letters, discharge and referral (7.2, 7.4)."""

from schemas.rules.matrix import groups
from schemas.rules.matrix.clauses import (
    CARERS,
    CASE_MANAGER,
    CLINICAL_ENTRY,
    CLINICIAN,
    HEALTH,
    MENTAL,
    SYSTEM,
    TEAM,
    TELL_CASE_MANAGER,
    case_manager_entry,
    right,
    row,
)
from schemas.rules.matrix.shape import Caution, Clause, MatrixRow
from schemas.rules.subjects import Subject

_NEEDS_APPROVAL = Caution("R25", "A professional of the team approves it before it goes out.")
_ATTEST_CLINICAL = Clause(
    "R94", "Ask a health professional of the case team to attest the clinical parts.", (HEALTH,)
)

PAPERS: dict[Subject, MatrixRow] = {
    "risk": row(
        "Risks in family, community and livelihood",
        "R73",
        "Tell the case manager what you know of the risk.",
        right(groups.CASE_MANAGER | {"social-worker", "staff-manager"}),
        CLINICIAN,
        readers=groups.CLINICAL_READERS | {"legal-officer", "facility-manager"},
    ),
    "plan": row(
        "Care plan, safety plan, reintegration plan",
        "R74",
        "Bring it to the case manager, who plans with the person.",
        CARERS,
        readers=groups.CARE,
    ),
    "progress-note": row(
        "Monitoring note",
        "R90",
        "Tell the case manager; guards use the observation check-list.",
        CARERS,
        right(groups.VOLUNTEER, "training-basic"),
        readers=groups.CLINICAL_READERS,
    ),
    "counselling-note": row(
        "Note of a counselling session",
        "R33",
        "Leave the session and its note to a mental health practitioner.",
        MENTAL,
        readers=groups.CLINICAL_READERS,
        entry=CLINICAL_ENTRY,
    ),
    "correspondence": row(
        "Letters to and from partners",
        "R91",
        "Give it to the case manager.",
        TEAM,
        readers=groups.CLINICAL_READERS | {"facility-manager"},
    ),
    "outside-report": row(
        "Report of a laboratory, clinic or specialist, filed",
        "R47",
        "Give the report to a caseworker, unread.",
        CARERS,
        readers=groups.CLINICAL_READERS,
    ),
    "received-record": row(
        "Record received from another facility, filed",
        "R66",
        "Give it to the case manager, unread.",
        CARERS,
        readers=groups.CLINICAL_READERS,
    ),
    "discharge-summary": row(
        "Discharge summary as a whole",
        "R94",
        "The case manager compiles it from what the team has recorded.",
        readers=groups.CLINICAL_READERS,
        entry=case_manager_entry("R94"),
        attest=_ATTEST_CLINICAL,
    ),
    "discharge-clinical-part": row(
        "Clinical part of the discharge summary",
        "R17",
        "Ask a health professional; the case manager compiles what they wrote.",
        CLINICIAN,
        readers=groups.CLINICAL_READERS,
        entry=Clause(
            "R94",
            "Ask the case manager or a health professional to enter it.",
            (CASE_MANAGER, CLINICIAN, SYSTEM),
        ),
        attest=_ATTEST_CLINICAL,
    ),
    "self-care": row(
        "How well the person can look after her health",
        "R95",
        TELL_CASE_MANAGER,
        CASE_MANAGER,
        CLINICIAN,
        readers=groups.CLINICAL_READERS,
    ),
    "comprehension": row(
        "Explaining the summary, and whether it was understood",
        "R95",
        "Ask the case manager or a health professional to explain it.",
        CASE_MANAGER,
        HEALTH,
        readers=groups.CLINICAL_READERS,
    ),
    "copies": row(
        "Copies handed to the person",
        "R96",
        "Ask the case manager, after a health professional has told what is in them.",
        CASE_MANAGER,
        HEALTH,
        readers=groups.CLINICAL_READERS | {"legal-officer"},
    ),
    "referral": row(
        "Referral to a specialist or facility",
        "R25",
        "Ask a professional of the team to make the referral.",
        TEAM,
        right(groups.LAY, groups.EMERGENCY, caution=_NEEDS_APPROVAL),
        readers=groups.CLINICAL_READERS | {"facility-manager"},
        approve=Clause(
            "R25",
            "Ask a professional of the core or extended team to approve it.",
            (right(groups.TEAM - {"facility-manager", "staff-manager"}),),
        ),
    ),
    "referral-note": row(
        "Referral letter and follow-up notes",
        "R97",
        TELL_CASE_MANAGER,
        CASE_MANAGER,
        readers=groups.CLINICAL_READERS,
        entry=case_manager_entry("R97"),
    ),
    "referral-state": row(
        "What became of a referral",
        "R76",
        TELL_CASE_MANAGER,
        right(groups.CASE_MANAGER | {"facility-manager"}),
        readers=groups.CLINICAL_READERS | {"facility-manager"},
        entry=case_manager_entry("R76"),
    ),
    "back-report": row(
        "Back report",
        "R48",
        TELL_CASE_MANAGER,
        CASE_MANAGER,
        readers=groups.CLINICAL_READERS | {"facility-manager"},
        entry=case_manager_entry("R48"),
    ),
    "contact-list": row(
        "Contact list for the person",
        "R98",
        TELL_CASE_MANAGER,
        CARERS,
        readers=groups.TEAM,
    ),
}
