"""Component `discharge-summary` (booklet 7.2.3): what the next facility and the person need.

Compiled by the case manager, clinical parts attested by health staff.
"""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.components.base import Fact, Record
from schemas.components.clinical import (
    Alert,
    Allergy,
    CarePlanItem,
    Immunization,
    LabResult,
    Medication,
    Problem,
    Procedure,
)
from schemas.components.shared import ContactEntry, Document, FollowUp, Passage
from schemas.components.values import CaseworkerCode, Day, Language, Line, Text, Time
from schemas.identifiers import FacilityCode
from schemas.sensitivity import Component


class DischargeDocument(Fact):
    """Who stands for the summary as a whole."""

    on: Time
    compiled_by: CaseworkerCode
    """The case manager."""
    attested_by: CaseworkerCode | None = None
    """The health professional who attests the clinical parts."""
    attested_on: Time | None = None
    facility: FacilityCode | None = None

    @model_validator(mode="after")
    def _is_attested_by_someone(self) -> Self:
        if self.attested_on and not self.attested_by:
            raise ValueError("attested_on needs attested_by")
        return self


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
    outcome: Literal["given", "declined", "declined-as-unsafe", "not-available"]
    language: Language | None = None
    is_translation: bool = False
    on: Day | None = None
    note: Line | None = None


class DischargeSummaryRecord(Record):
    """The discharge summary."""

    component: ClassVar[Component] = "discharge-summary"

    document: DischargeDocument | None = None
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
    care_plan: list[CarePlanItem] = Field(default=[], max_length=128)
    follow_ups: list[FollowUp] = Field(default=[], max_length=64)
    instructions: Passage | None = None
    disposition: Disposition | None = None
    comprehension: Comprehension | None = None
    copies: list[Copy] = Field(default=[], max_length=128)
    contacts: list[ContactEntry] = Field(default=[], max_length=64)
    documents: list[Document] = Field(default=[], max_length=256)
