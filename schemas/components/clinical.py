"""Clinical facts that the health component and the discharge summary both hold."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.components.base import ComponentModel, Fact
from schemas.components.values import (
    Amount,
    CaseworkerCode,
    Coded,
    Day,
    FieldError,
    Line,
    PartialDate,
    Text,
    Time,
)

Told = Literal["yes", "no", "declined"]
"""Whether a professional told the person (booklet 4.4.1): a copy must not be the first to."""

Unit = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,40}$")]
"""UCUM code of a unit, e.g. `mg/dL`."""


NO_KNOWN_ALLERGY = ("snomed", "716186003")
"""The code by which FHIR says that no allergy is known; in a record it is a field of its own."""


class Alert(Fact):
    """What every reader must know first; the four emergencies of the booklet, or another."""

    kind: Literal["psychosis", "intoxication", "aggression", "suicide", "other"]
    text: Text | None = None
    status: Literal["active", "inactive"] = "active"
    since: Time | None = None
    until: Time | None = None
    raised_by: CaseworkerCode | None = None
    priority: Literal["low", "medium", "high"] | None = None
    confirmed_by: CaseworkerCode | None = None
    confirmed_on: Time | None = None
    """By a professional, where the alert came from someone who is none (booklet 4.4.1)."""


class Problem(Fact):
    """A problem or diagnosis, ICD-10 preferred (booklet 7.3).

    A nursing diagnosis is said in words: the classifications for it may not be shipped.
    """

    kind: Literal["problem", "diagnosis", "nursing"] = "problem"
    code: Coded
    status: Literal["active", "recurrence", "remission", "inactive", "resolved"] = "active"
    certainty: Literal["confirmed", "provisional", "differential", "refuted"] = "provisional"
    severity: Literal["mild", "moderate", "severe"] | None = None
    onset: PartialDate | None = None
    on: Time | None = None
    by: CaseworkerCode | None = None
    told_to_person: Told | None = None
    told_by: CaseworkerCode | None = None
    told_on: Time | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _says_a_nursing_diagnosis_in_words(self) -> Self:
        if self.kind == "nursing" and (self.code.system or not self.code.text):
            raise FieldError("code", "of a nursing diagnosis is said in words")
        return self


class Measure(ComponentModel):
    """A number with its unit."""

    value: Amount
    unit: Unit


class LabResult(Fact):
    """A laboratory result: a number, a coded finding, or words."""

    test: Coded
    quantity: Measure | None = None
    finding: Coded | None = None
    text: Text | None = None
    on: Time | None = None
    laboratory: Line | None = None
    by: CaseworkerCode | None = None
    told_to_person: Told | None = None
    told_by: CaseworkerCode | None = None
    told_on: Time | None = None

    @model_validator(mode="after")
    def _has_at_most_one_value(self) -> Self:
        if sum(value is not None for value in (self.quantity, self.finding, self.text)) > 1:
            raise ValueError("has more than one value")
        return self


class Screening(Fact):
    """A test for a communicable disease (booklet 2.3.1)."""

    disease: Literal[
        "tuberculosis",
        "hiv",
        "syphilis",
        "gonorrhoea",
        "chlamydia",
        "hepatitis-b",
        "hepatitis-c",
        "other-sti",
    ]
    result: Literal["positive", "negative", "indeterminate", "pending", "declined"]
    on: Time | None = None
    by: CaseworkerCode | None = None
    told_to_person: Told | None = None
    told_by: CaseworkerCode | None = None
    told_on: Time | None = None
    note: Text | None = None


class Allergy(Fact):
    """An allergy or intolerance; `none_known` says that there is none."""

    substance: Coded | None = None
    none_known: bool = False
    criticality: Literal["low", "high", "unable-to-assess"] | None = None
    reaction: Line | None = None
    by: CaseworkerCode | None = None

    @model_validator(mode="after")
    def _names_a_substance_or_none(self) -> Self:
        if self.substance and (self.substance.system, self.substance.code) == NO_KNOWN_ALLERGY:
            raise ValueError("say none_known instead of a code for it")
        if (self.substance is None) != self.none_known:
            raise ValueError("needs a substance, or none_known")
        return self


class Medication(Fact):
    """A medicine in use, or used."""

    product: Coded
    dosage: Text | None = None
    status: Literal["active", "completed", "stopped", "on-hold"] = "active"
    since: PartialDate | None = None
    until: PartialDate | None = None
    prescribed_by: CaseworkerCode | None = None
    reason: Line | None = None


class Immunization(Fact):
    """A vaccination given."""

    vaccine: Coded
    on: PartialDate
    lot: Line | None = None
    by: CaseworkerCode | None = None


class Procedure(Fact):
    """A treatment or procedure done."""

    code: Coded
    on: Time | None = None
    by: CaseworkerCode | None = None
    outcome: Text | None = None
    note: Text | None = None


class CarePlanItem(Fact):
    """One line of a plan; a reintegration plan's progress is told against its first version."""

    plan: Literal["care", "reintegration", "vocational"] = "care"
    service: Line
    goal: Line | None = None
    provider: Line | None = None
    status: Literal["scheduled", "in-progress", "completed", "cancelled"] = "scheduled"
    due: Day | None = None
    initial: bool = False
    """Whether the line was in the first version of the plan."""
    made_with_person: bool | None = None
    made_with: list[Literal["family", "guardian", "other-facility"]] = Field(
        default=[], max_length=3
    )
    by: CaseworkerCode | None = None
    note: Text | None = None


class Goal(Fact):
    """What is to be reached, and how far that has come (booklet 6.4.6, 6.5)."""

    text: Line
    area: Literal[
        "health", "mental-health", "safety", "legal", "family", "social", "education", "work"
    ]
    status: Literal["proposed", "planned", "active", "on-hold", "completed", "cancelled"] = "active"
    achievement: (
        Literal[
            "in-progress",
            "improving",
            "worsening",
            "no-change",
            "achieved",
            "sustaining",
            "not-achieved",
            "not-attainable",
        ]
        | None
    ) = None
    set_on: Day | None = None
    due: Day | None = None
    initial: bool = False
    by: CaseworkerCode | None = None
    note: Text | None = None
