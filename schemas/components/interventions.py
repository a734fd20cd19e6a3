"""Component `interventions` (booklet 7.1(3)): every caseworker in contact, and what each did."""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.components.administrative import TeamRole
from schemas.components.base import Fact, Record, require_distinct
from schemas.components.values import (
    CaseworkerCode,
    Day,
    FieldError,
    Language,
    Line,
    Moment,
    Text,
    Time,
)
from schemas.identifiers import CountryCode, FacilityCode
from schemas.rules.qualifications import Qualification
from schemas.sensitivity import Component


class Caseworker(Fact):
    """Someone who worked with the person, by code; also the list of who knows."""

    code: CaseworkerCode
    role: TeamRole
    qualification: Line | None = None
    qualifications: list[Qualification] = Field(default=[], max_length=16)
    """What the right to do something is judged by; `qualification` is for people."""
    licence_body: Line | None = None
    licence_country: CountryCode | None = None
    facility: FacilityCode | None = None
    since: Day | None = None
    until: Day | None = None

    @model_validator(mode="after")
    def _is_licensed_for_something(self) -> Self:
        qualified = self.qualification or self.qualifications
        if (self.licence_body or self.licence_country) and not qualified:
            raise FieldError("qualification", "is needed with a licence for it")
        return self


class Intervention(Fact):
    """One service given."""

    kind: Literal[
        "information",
        "intake",
        "crisis-intervention",
        "health",
        "psychosocial",
        "psychotherapy",
        "group-activity",
        "legal",
        "police-liaison",
        "child-protection",
        "family-mediation",
        "reunification",
        "education",
        "occupational-training",
        "material",
        "accompaniment",
        "other",
    ]
    what: Line | None = None
    on: Moment
    minutes: int | None = Field(default=None, ge=1, le=1440)
    by: list[CaseworkerCode] = Field(min_length=1, max_length=8)
    language: Language | None = None
    interpreter: CaseworkerCode | None = None
    outcome: Text | None = None
    note: Text | None = None


class Handover(Fact):
    """A case handed from one caseworker to another, at a shift or for good."""

    giver: CaseworkerCode
    receiver: CaseworkerCode
    on: Time
    note: Text | None = None


class InterventionsRecord(Record):
    """Caseworkers' recorded interventions at any site."""

    component: ClassVar[Component] = "interventions"

    caseworkers: list[Caseworker] = Field(default=[], max_length=256)
    interventions: list[Intervention] = Field(default=[], max_length=4096)
    handovers: list[Handover] = Field(default=[], max_length=1024)

    @model_validator(mode="after")
    def _lists_each_caseworker_once(self) -> Self:
        keys = [(one.code, one.facility, one.since) for one in self.caseworkers]
        require_distinct("caseworkers", keys)
        return self
