"""Component `discharge-summary` (booklet 7.2.3): what the next facility and the person need.

Compiled by the case manager, clinical parts attested by health staff.
"""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.components.administrative import TeamRole
from schemas.components.base import Fact, Record
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
)
from schemas.components.shared import (
    ContactEntry,
    Document,
    DocumentKind,
    FollowUp,
    OpenItemKind,
    Passage,
)
from schemas.components.values import (
    CaseworkerCode,
    Coded,
    Day,
    FieldError,
    Language,
    Line,
    Moment,
    Text,
    Time,
)
from schemas.identifiers import FacilityCode, Id128
from schemas.sensitivity import Category, Component


class DischargeDocument(Fact):
    """Who stands for the summary as a whole."""

    on: Time
    compiled_by: CaseworkerCode
    """The case manager."""
    attested_by: CaseworkerCode | None = None
    """The health professional who attests the clinical parts."""
    attested_on: Time | None = None
    acknowledged_by: Literal["person", "parent", "guardian"] | None = None
    """Who says that the summary is about her, and right as far as she can tell."""
    acknowledged_on: Time | None = None
    facility: FacilityCode | None = None

    @model_validator(mode="after")
    def _is_attested_by_someone(self) -> Self:
        if self.attested_on and not self.attested_by:
            raise FieldError("attested_by", "is needed with attested_on")
        if self.acknowledged_on and not self.acknowledged_by:
            raise FieldError("acknowledged_by", "is needed with acknowledged_on")
        return self


class Attestation(Fact):
    """A health professional answers for one clinical part of the summary."""

    part: Literal[
        "course-of-stay",
        "assessment-on-admission",
        "diagnoses",
        "open-problems",
        "mental-status",
        "self-care",
        "allergies",
        "medications",
        "immunizations",
        "procedures",
        "results",
        "care-plan",
        "instructions",
    ]
    by: CaseworkerCode
    role: TeamRole | None = None
    on: Moment


class Appointment(Fact):
    """A date that was made for the person."""

    service: Line
    start: Moment
    minutes: int = Field(ge=5, le=600)
    provider: Line | None = None
    interpreter_language: Language | None = None
    note: Line | None = None


class NotCarried(Fact):
    """Something open that the summary leaves out on purpose, and why."""

    kind: OpenItemKind
    what: Coded
    reason: Line
    by: CaseworkerCode
    on: Time | None = None


class ConsentReference(Fact):
    """Which consent covers what of this section; each section says it of itself only."""

    consent: Id128
    covers: Category


class Disposition(Fact):
    """Where the person goes from here, as far as it may be said."""

    kind: Literal[
        "home",
        "alternative-home",
        "other-health-facility",
        "hospital",
        "long-term-care",
        "psychiatric-hospital",
        "rehabilitation",
        "left-against-advice",
        "died",
        "returned-to-country-of-origin",
        "resettled",
        "went-missing",
        "other",
    ]
    on: Time | None = None
    by: CaseworkerCode | None = None
    note: Text | None = None


class SelfCare(Fact):
    """How well the person can look after her own health (booklet 7.2.3)."""

    capacity: Literal["able", "with-help", "not-able"]
    note: Text | None = None
    on: Time | None = None
    by: CaseworkerCode | None = None


class Comprehension(Fact):
    """Whether the person, or who represents her, has understood the summary."""

    on: Time
    by: CaseworkerCode
    """Who explained it."""
    to: Literal["person", "parent", "guardian"]
    language: Language
    interpreter: CaseworkerCode | None = None
    understood: Literal["understood", "partly", "not"]
    signed: bool | None = None


class Copy(Fact):
    """A paper given into the person's hands, or declined because it is unsafe to carry."""

    title: Line
    kind: DocumentKind = "other"
    outcome: Literal["given", "declined", "declined-as-unsafe", "not-available"]
    language: Language | None = None
    translation_of: Line | None = None
    """Title of the paper it translates."""
    explained_by: CaseworkerCode | None = None
    """The professional who explained it first (booklet 4.4.1)."""
    by: CaseworkerCode | None = None
    on: Day | None = None
    note: Line | None = None


class DischargeSummaryRecord(Record):
    """The discharge summary."""

    component: ClassVar[Component] = "discharge-summary"

    document: DischargeDocument | None = None
    attestations: list[Attestation] = Field(default=[], max_length=64)
    alerts: list[Alert] = Field(default=[], max_length=64)
    reason_for_admission: Passage | None = None
    course_of_stay: Passage | None = None
    assessment_on_admission: Passage | None = None
    diagnoses: list[Problem] = Field(default=[], max_length=128)
    open_problems: list[Problem] = Field(default=[], max_length=128)
    mental_status: Passage | None = None
    self_care: SelfCare | None = None
    allergies: list[Allergy] = Field(default=[], max_length=128)
    medications: list[Medication] = Field(default=[], max_length=256)
    immunizations: list[Immunization] = Field(default=[], max_length=256)
    procedures: list[Procedure] = Field(default=[], max_length=512)
    results: list[LabResult] = Field(default=[], max_length=1024)
    screenings: list[Screening] = Field(default=[], max_length=256)
    care_plan: list[CarePlanItem] = Field(default=[], max_length=128)
    goals: list[Goal] = Field(default=[], max_length=128)
    follow_ups: list[FollowUp] = Field(default=[], max_length=64)
    appointments: list[Appointment] = Field(default=[], max_length=64)
    not_carried: list[NotCarried] = Field(default=[], max_length=128)
    instructions: Passage | None = None
    disposition: Disposition | None = None
    comprehension: Comprehension | None = None
    copies: list[Copy] = Field(default=[], max_length=128)
    consents: list[ConsentReference] = Field(default=[], max_length=64)
    contacts: list[ContactEntry] = Field(default=[], max_length=64)
    documents: list[Document] = Field(default=[], max_length=256)
