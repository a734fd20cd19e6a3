"""Component `health` (booklet 7.2.2): problems, findings, treatment, history, risks, papers.

The observation check-list and the crisis assessment are in schemas.components.crisis, what several
components hold in schemas.components.clinical and schemas.components.shared.
"""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.components.base import ComponentModel, Fact, Record
from schemas.components.clinical import (
    Alert,
    Allergy,
    CarePlanItem,
    Goal,
    Immunization,
    LabResult,
    Medication,
    Problem,
    Procedure,
    Screening,
    Told,
)
from schemas.components.crisis import (
    Answer,
    CrisisDanger,
    CrisisFamily,
    CrisisStress,
    CrisisSubstances,
    CrisisSummary,
    CrisisTrauma,
    ObservationChecklist,
)
from schemas.components.shared import Document, Passage
from schemas.components.values import (
    Amount,
    AttachmentName,
    CaseworkerCode,
    Coded,
    Day,
    FieldError,
    Language,
    Line,
    PartialDate,
    Text,
    Time,
)
from schemas.identifiers import CountryCode, Id128
from schemas.sensitivity import Component

Difficulty = Literal["none", "some", "a-lot", "cannot"]
Industry = Literal[
    "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S",
    "T", "U",
]  # fmt: skip
"""Sections of ISIC, revision 4."""


class Complaint(Fact):
    """What the person comes with, in her words; urgent ones come first (booklet 6.3.1)."""

    text: Text
    urgent: bool = False
    on: Time | None = None
    by: CaseworkerCode | None = None


class FindingItem(ComponentModel):
    """One thing examined, and what was found."""

    item: Line
    finding: Line


class Finding(Fact):
    """What an examination found, in words and, where that helps, item by item."""

    text: Text
    items: list[FindingItem] = Field(default=[], max_length=64)
    on: Time | None = None
    by: CaseworkerCode | None = None


class BloodPressure(Fact):
    """Millimetres of mercury."""

    systolic: int = Field(ge=1, le=400)
    diastolic: int = Field(ge=1, le=400)
    on: Time
    by: CaseworkerCode | None = None


class Measurement(Fact):
    """One vital sign; the unit follows from its kind: kg, cm, 1/min, 1/min, Celsius, %."""

    kind: Literal["weight", "height", "heart-rate", "respiratory-rate", "temperature", "oxygen"]
    value: Amount
    on: Time
    by: CaseworkerCode | None = None


class Pregnancy(Fact):
    """Pregnancy status, and when birth is expected."""

    status: Literal["pregnant", "not-pregnant", "possibly-pregnant", "unconfirmed", "unknown"]
    due: Day | None = None
    on: Time | None = None
    by: CaseworkerCode | None = None
    told_to_person: Told | None = None
    told_by: CaseworkerCode | None = None
    told_on: Time | None = None


class Prescription(Fact):
    """An order of a medicine; a nurse's refers to the doctor's order it follows (booklet 4.4.1)."""

    product: Coded
    dosage: Text | None = None
    prescribed_by: CaseworkerCode
    prescriber_role: Literal["doctor", "psychiatrist", "nurse"]
    on_order: Line | None = None
    on: Time | None = None


class InstrumentItem(ComponentModel):
    """One raw answer of a scale."""

    item: Line
    score: int = Field(ge=-1000, le=1000)
    answer: Line | None = None
    """The answer in the person's words, or the wording of the scale."""


class Instrument(Fact):
    """A test or scale with its raw items, so that the same tool can be used again (6.5.2)."""

    instrument: Literal[
        "phq-9",
        "gad-7",
        "pcl-5",
        "pc-ptsd-5",
        "ies-r",
        "who-5",
        "k10",
        "srq-20",
        "audit-c",
        "dast-10",
        "c-ssrs",
        "rhs-15",
        "htq",
        "hscl-25",
        "other",
    ]
    name: Line | None = None
    version: Line | None = None
    language: Language | None = None
    items: list[InstrumentItem] = Field(default=[], max_length=64)
    total: int | None = Field(default=None, ge=-10_000, le=10_000)
    on: Time
    by: CaseworkerCode | None = None
    told_to_person: Told | None = None
    told_by: CaseworkerCode | None = None
    told_on: Time | None = None

    @model_validator(mode="after")
    def _is_called_something(self) -> Self:
        if self.instrument == "other" and not self.name:
            raise FieldError("name", "is needed of an instrument that is not listed")
        return self


class PriorMentalHealth(Fact):
    """Mental health before trafficking: words, and a code where a professional gave one."""

    text: Text
    code: Coded | None = None
    onset: PartialDate | None = None
    ended: PartialDate | None = None
    on: Time | None = None
    by: CaseworkerCode | None = None


class Background(Passage):
    """Family and person before trafficking (booklet 6.4.2)."""

    topic: Literal["structure", "relationships", "temperament", "functioning-before"] | None = None


class Disability(Fact):
    """Disability, and difficulties by the six questions of the Washington Group."""

    kind: Literal["none", "physical", "mental", "both", "unknown"]
    seeing: Difficulty | None = None
    hearing: Difficulty | None = None
    walking: Difficulty | None = None
    remembering: Difficulty | None = None
    self_care: Difficulty | None = None
    communicating: Difficulty | None = None
    note: Text | None = None
    on: Time | None = None
    by: CaseworkerCode | None = None


class Baseline(Fact):
    """How health was at one of the three points of a stay (booklet 7.1(2))."""

    point: Literal["admission", "during", "closing"]
    kind: Literal["physical", "mental"]
    text: Text
    on: Time
    by: CaseworkerCode | None = None


class Need(Fact):
    """Needs, aspirations and assets, past and present (booklet 6.4.2)."""

    kind: Literal["need", "aspiration", "asset"]
    period: Literal["past", "present"]
    text: Text
    by: CaseworkerCode | None = None


class AreaNeed(Fact):
    """How great the need is in one area of life."""

    area: Literal["safety", "health", "psychosocial", "legal", "material"]
    level: Literal["none", "some", "great", "urgent"]
    text: Text | None = None
    on: Time | None = None
    by: CaseworkerCode | None = None


class EventPlace(ComponentModel):
    """A country of the trafficking route; nothing finer."""

    stage: Literal["recruitment", "transit", "exploitation"]
    country: CountryCode
    since: PartialDate | None = None
    until: PartialDate | None = None


class Exploitation(Fact):
    """What was done to the person; values of the HTCDS. The perpetrator has no place here."""

    types: list[
        Literal[
            "forced-labour",
            "sexual-exploitation",
            "child-labour",
            "forced-marriage",
            "servitude",
            "forced-military",
            "organ-removal",
            "forced-begging",
            "forced-adoption",
            "surrogacy",
            "other",
        ]
    ] = Field(default=[], max_length=11)
    means_of_control: list[
        Literal[
            "threats",
            "threat-of-law-enforcement",
            "children-or-family",
            "debt-bondage",
            "false-promises",
            "physical-abuse",
            "sexual-abuse",
            "psychological-abuse",
            "withheld-earnings",
            "control-of-finances",
            "medical-care",
            "necessities",
            "substances",
            "working-hours",
            "documents",
            "other",
        ]
    ] = Field(default=[], max_length=16)
    industry: Industry | None = None
    industry_text: Line | None = None
    recruiter: Literal["partner", "family", "friend", "other", "unknown"] | None = None
    places: list[EventPlace] = Field(default=[], max_length=16)
    text: Text | None = None
    on: Time | None = None
    by: CaseworkerCode | None = None


class Risk(Fact):
    """A risk, how great and why (booklet 6.4.6)."""

    kind: Literal["violence", "re-trafficking", "stigma", "family", "economic", "self-harm"]
    level: Literal["low", "medium", "high"]
    basis: Text | None = None
    on: Time | None = None
    by: CaseworkerCode | None = None


class SafetyPlan(Fact):
    """Whether there is a safety plan, and how it came about."""

    needed: bool
    made_with_person: bool | None = None
    text: Text | None = None
    on: Day | None = None
    by: CaseworkerCode | None = None
    review_due: Day | None = None
    reviewed_on: Day | None = None


class Note(Fact):
    """A monitoring note."""

    text: Text
    on: Time
    by: CaseworkerCode
    kind: Literal["progress", "case-conference", "counselling", "observation"] = "progress"


class Letter(Fact):
    """Correspondence with a partner (booklet 7.2.2(b))."""

    sender: Line | None = None
    """Whoever wrote to the facility; absent if the facility wrote."""
    recipient: Line | None = None
    party: Literal["facility", "practitioner", "authority", "family", "other"] = "other"
    """What the partner is: it decides what consent a letter needs."""
    on: Day
    subject: Line
    text: Text | None = None
    attachment: AttachmentName | None = None
    by: CaseworkerCode | None = None

    @model_validator(mode="after")
    def _has_one_partner(self) -> Self:
        if (self.sender is None) == (self.recipient is None):
            raise ValueError("needs a sender or a recipient, not both")
        return self


class LegalPaper(Fact):
    """A paper exchanged with legal authorities (booklet 7.2.2(c)); needs a consent of its own."""

    title: Line
    authority: Line
    on: Day
    summary: Text | None = None
    language: Language | None = None
    attachment: AttachmentName | None = None
    consent: Id128 | None = None
    """The consent under which it was exchanged."""
    by: CaseworkerCode | None = None


class HealthRecord(Record):
    """Health data from entry to departure."""

    component: ClassVar[Component] = "health"

    alerts: list[Alert] = Field(default=[], max_length=64)
    complaints: list[Complaint] = Field(default=[], max_length=64)
    problems: list[Problem] = Field(default=[], max_length=256)
    findings: list[Finding] = Field(default=[], max_length=256)
    blood_pressures: list[BloodPressure] = Field(default=[], max_length=4096)
    measurements: list[Measurement] = Field(default=[], max_length=4096)
    lab_results: list[LabResult] = Field(default=[], max_length=4096)
    screenings: list[Screening] = Field(default=[], max_length=256)
    pregnancy: Pregnancy | None = None
    allergies: list[Allergy] = Field(default=[], max_length=128)
    medications: list[Medication] = Field(default=[], max_length=256)
    prescriptions: list[Prescription] = Field(default=[], max_length=256)
    immunizations: list[Immunization] = Field(default=[], max_length=256)
    procedures: list[Procedure] = Field(default=[], max_length=512)
    instruments: list[Instrument] = Field(default=[], max_length=256)
    functioning: list[Passage] = Field(default=[], max_length=64)
    disability: Disability | None = None
    baselines: list[Baseline] = Field(default=[], max_length=64)
    mental_health_before: list[PriorMentalHealth] = Field(default=[], max_length=64)
    family_background: list[Background] = Field(default=[], max_length=64)
    needs: list[Need] = Field(default=[], max_length=128)
    needs_by_area: list[AreaNeed] = Field(default=[], max_length=64)
    exploitation: Exploitation | None = None
    risks: list[Risk] = Field(default=[], max_length=64)
    safety_plan: SafetyPlan | None = None
    care_plan: list[CarePlanItem] = Field(default=[], max_length=128)
    goals: list[Goal] = Field(default=[], max_length=128)
    observation: list[ObservationChecklist] = Field(default=[], max_length=32)
    crisis_danger: CrisisDanger | None = None
    crisis_stress: CrisisStress | None = None
    crisis_trauma: CrisisTrauma | None = None
    crisis_family: CrisisFamily | None = None
    crisis_substances: CrisisSubstances | None = None
    crisis_summary: CrisisSummary | None = None
    pursued_by_traffickers: Answer | None = None
    """Yes or no, no detail: who and where do not belong in a health record."""
    forced_substance_use: Answer | None = None
    notes: list[Note] = Field(default=[], max_length=4096)
    letters: list[Letter] = Field(default=[], max_length=512)
    legal_papers: list[LegalPaper] = Field(default=[], max_length=256)
    documents: list[Document] = Field(default=[], max_length=512)
