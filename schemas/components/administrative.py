"""Component `administrative` (booklet 7.2.1): the stay, the team, what is known without a name."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.components.base import ComponentModel, Fact, Record, require_distinct
from schemas.components.identity import Relation
from schemas.components.values import (
    CaseworkerCode,
    Count,
    Day,
    FieldError,
    Language,
    Line,
    Text,
    Time,
)
from schemas.identifiers import CodeNumber, CountryCode, FacilityCode, Id128
from schemas.sensitivity import Component

YesNoUnknown = Literal["yes", "no", "unknown"]
MaritalStatus = Literal[
    "annulled", "divorced", "separated", "married", "never-married", "partner", "widowed", "unknown"
]
GenderIdentity = Literal[
    "feminine",
    "masculine",
    "transgender-feminine",
    "transgender-masculine",
    "non-conforming",
    "unknown",
]
Displacement = Literal[
    "resident",
    "internally-displaced",
    "refugee",
    "asylum-seeker",
    "stateless",
    "returnee",
    "foreigner",
]
LegalStatus = Literal[
    "citizen",
    "family",
    "visitor",
    "labour",
    "student",
    "irregular",
    "asylum-seeker",
    "refugee",
    "complementary-protection",
    "stateless",
    "unknown",
]
Education = Literal[
    "none",
    "early-childhood",
    "primary",
    "lower-secondary",
    "upper-secondary",
    "post-secondary",
    "short-tertiary",
    "bachelor",
    "master",
    "doctoral",
    "unknown",
]
"""Levels of ISCED 2011."""
AgeBand = Literal[
    "0-5", "6-11", "12-14", "15-17", "18-24", "25-39", "40-59", "60-and-over", "unknown"
]
"""Years, as finely as an emergency or a preview needs."""
FunctionalUnit = Literal["short-term", "mid-term", "long-term"]
StayStatus = Literal["planned", "active", "onhold", "finished"]
Isco = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
"""Unit group of the International Standard Classification of Occupations (ISCO-08)."""
TeamRole = Literal[
    "case-manager",
    "doctor",
    "nurse",
    "psychologist",
    "psychiatrist",
    "gynaecologist",
    "paediatrician",
    "infectologist",
    "social-worker",
    "staff-manager",
    "facility-manager",
    "lawyer",
    "interpreter",
    "security-guard",
    "accountant",
    "technician",
    "volunteer",
    "other",
]
"""Core and extended team, alike at all facilities (booklet 2.3)."""
CaseTask = Literal[
    "intake-interview",
    "health-assessment",
    "crisis-assessment",
    "in-depth-mental-health-assessment",
    "diagnosis",
    "brief-psychotherapy",
    "psychotherapy",
    "reintegration-plan",
    "occupational-training",
    "social-programme",
]
"""What the functional units expect to be done once in a case (booklet 4.4)."""


class SpokenLanguage(ComponentModel):
    """A language of the person, and what she can do in it."""

    language: Language
    preferred: bool = False
    abilities: list[Literal["speaks", "understands", "reads", "writes"]] = Field(
        default=[], max_length=4
    )


class Profile(Fact):
    """What every caseworker needs to meet the person; the emergency minimum is its first field."""

    gender: Literal["male", "female", "other", "unknown"]
    marital_status: MaritalStatus | None = None
    languages: list[SpokenLanguage] = Field(default=[], max_length=16)
    interpreter_needed: bool | None = None
    interpreter_language: Language | None = None


class LinkedCode(Fact):
    """The code number that another facility uses for the same person."""

    code_number: CodeNumber
    facility: FacilityCode


class LinkedPerson(Fact):
    """Someone with a case of her own: a child that came along, her mother. Consents stay apart."""

    relation: Relation
    code_number: CodeNumber


class InterpreterMissing(Fact):
    """An interpreter was needed and could not be had."""

    on: Time
    language: Language
    note: Line | None = None


class Occupation(Fact):
    """What the person worked as before."""

    text: Line
    isco: Isco | None = None


class Age(Fact):
    """Age in completed years."""

    years: int = Field(ge=0, le=120)
    estimated: bool = False
    on: Day | None = None


class Origin(Fact):
    """Belonging to states. An empty list of citizenships with `stateless` means none."""

    citizenships: list[CountryCode] = Field(default=[], max_length=4)
    stateless: bool = False
    country_of_origin: CountryCode | None = None


class Identification(Fact):
    """Whether the person was identified as trafficked, and by whom; presumed counts (6.3.1)."""

    status: Literal["presumed", "identified", "not-identified"]
    decided_by: Literal["police", "ngo", "court", "other-authority", "facility"] | None = None
    on: Day | None = None
    by: CaseworkerCode | None = None


class StaySpan(ComponentModel):
    """A status that a stay had, for a time."""

    status: StayStatus
    since: Time
    until: Time | None = None


class Stay(Fact):
    """One stay in one functional unit of one facility; the unit is said, never computed."""

    facility: FacilityCode
    unit: FunctionalUnit
    status: StayStatus
    history: list[StaySpan] = Field(default=[], max_length=32)
    admitted: Time | None = None
    departed: Time | None = None
    case_manager: CaseworkerCode | None = None
    by: CaseworkerCode | None = None

    @model_validator(mode="after")
    def _is_not_open_and_closed(self) -> Self:
        if self.status in {"active", "onhold"} and self.departed:
            raise FieldError("status", "is not finished, and yet there is a departure")
        if self.status == "finished" and not self.admitted:
            raise FieldError("admitted", "is needed once a stay is finished")
        return self


class CaseStatus(Fact):
    """Where the case as a whole stands, and why it was closed."""

    status: Literal["active", "follow-up", "closed", "closed-referred"]
    closure_reason: (
        Literal[
            "needs-met", "no-contact", "own-request", "left-area", "transferred", "lack-of-funding"
        ]
        | None
    ) = None
    on: Day | None = None
    by: CaseworkerCode | None = None

    @model_validator(mode="after")
    def _closes_for_a_reason_only_when_closed(self) -> Self:
        if self.closure_reason and not self.status.startswith("closed"):
            raise FieldError("closure_reason", "belongs to a closed case")
        return self


class CompletedTask(Fact):
    """A step that was completed, here or elsewhere, so that nobody is asked twice."""

    task: CaseTask
    completed_on: Day
    author_role: TeamRole
    facility: FacilityCode
    unit: FunctionalUnit | None = None
    consent: Id128 | None = None
    """The consent that covers the record of it."""


class Absent(Fact):
    """A part of the emergency minimum that is not known, and why (booklet 6.3.2)."""

    field: Literal["gender", "age", "languages", "alerts", "urgent-needs", "consent"]
    reason: Literal["asked-declined", "temp-unknown", "not-asked"]


class UrgentNeeds(Fact):
    """What can't wait for the intake (booklet 6.3.1)."""

    needs: list[
        Literal[
            "sleep",
            "food",
            "rest",
            "clothing",
            "medical",
            "safety",
            "interpreter",
            "child-care",
            "other",
        ]
    ] = Field(min_length=1, max_length=9)
    on: Time | None = None
    by: CaseworkerCode | None = None


class ConsentState(Fact):
    """How far consent has come: all that an emergency record needs to say of it."""

    state: Literal["not-asked", "given", "refused", "unable"]
    on: Time
    by: CaseworkerCode | None = None


class TeamMember(ComponentModel):
    """A caseworker of the case team, for a time."""

    caseworker: CaseworkerCode
    role: TeamRole
    since: Day | None = None
    until: Day | None = None


class CareTeam(Fact):
    """Who works on the case."""

    members: list[TeamMember] = Field(min_length=1, max_length=64)


class SafeContact(Fact):
    """How the person may be reached without danger, and what must never be done."""

    method: Literal["phone", "text-message", "in-person", "through-facility", "none"]
    details: Line | None = None
    hours: Line | None = None
    words_to_use: Line | None = None
    never_contact: list[Line] = Field(default=[], max_length=16)


class Guardian(Fact):
    """Who represents the person by law. The name is in `identity`."""

    kind: Literal["parent", "appointed-guardian", "legal-representative", "authority"]
    legal_basis: Line | None = None
    since: Day | None = None
    until: Day | None = None
    conflict_of_interest: bool = False
    conflict_reason: Line | None = None
    by: CaseworkerCode | None = None


class FamilyMember(Fact):
    """A relative, without a name: is contact wanted, and is it safe (booklet 6.3.1)."""

    relation: Relation
    alive: YesNoUnknown | None = None
    contact_wanted: YesNoUnknown | None = None
    contact_safe: YesNoUnknown | None = None
    note: Text | None = None
    by: CaseworkerCode | None = None


class Assurance(Fact):
    """The person was told that confidentiality is kept (booklet 8.4)."""

    on: Time
    by: CaseworkerCode | None = None
    language: Language | None = None
    interpreter: CaseworkerCode | None = None


class Referrer(Fact):
    """Who brought the person to the facility."""

    organisation: Line
    on: Day | None = None
    already_asked: Text | None = None
    """What was asked there, so that nobody asks it again (booklet 6.3.1)."""
    by: CaseworkerCode | None = None


class AdministrativeRecord(Record):
    """Vital administrative data."""

    component: ClassVar[Component] = "administrative"

    profile: Profile | None = None
    gender_identity: GenderIdentity | None = None
    age: Age | None = None
    minor_at_admission: YesNoUnknown | None = None
    age_band: AgeBand | None = None
    linked_codes: list[LinkedCode] = Field(default=[], max_length=16)
    linked_persons: list[LinkedPerson] = Field(default=[], max_length=16)
    interpreter_missing: list[InterpreterMissing] = Field(default=[], max_length=64)
    literate: YesNoUnknown | None = None
    education: Education | None = None
    occupation_before: Occupation | None = None
    origin: Origin | None = None
    displacement: Displacement | None = None
    legal_status: LegalStatus | None = None
    identification: Identification | None = None
    number_of_children: Count | None = None
    dependants: Count | None = None
    unaccompanied: Literal["unaccompanied", "separated", "accompanied"] | None = None
    """Of a child: without any adult, with others than her parents, with a parent."""
    stays: list[Stay] = Field(default=[], max_length=32)
    case_status: CaseStatus | None = None
    completed_tasks: list[CompletedTask] = Field(default=[], max_length=64)
    care_team: CareTeam | None = None
    referrer: Referrer | None = None
    confidentiality_assured: Assurance | None = None
    consent_state: ConsentState | None = None
    urgent_needs: UrgentNeeds | None = None
    absent: list[Absent] = Field(default=[], max_length=16)
    safe_contact: SafeContact | None = None
    guardians: list[Guardian] = Field(default=[], max_length=8)
    family_members: list[FamilyMember] = Field(default=[], max_length=64)

    @model_validator(mode="after")
    def _has_each_code_once(self) -> Self:
        require_distinct(
            "linked_codes", [(one.code_number, one.facility) for one in self.linked_codes]
        )
        require_distinct("linked_persons", [one.code_number for one in self.linked_persons])
        return self
