"""Component `administrative` (booklet 7.2.1): the stay, the team, what is known without a name."""

from typing import ClassVar, Literal

from pydantic import Field

from schemas.components.base import ComponentModel, Fact, Record
from schemas.components.identity import Relation
from schemas.components.values import CaseworkerCode, Count, Day, Language, Line, Text, Time
from schemas.identifiers import CountryCode, FacilityCode
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
TeamRole = Literal[
    "case-manager",
    "doctor",
    "nurse",
    "psychologist",
    "psychiatrist",
    "social-worker",
    "staff-manager",
    "facility-manager",
    "lawyer",
    "interpreter",
    "security-guard",
    "volunteer",
    "other",
]


class SpokenLanguage(ComponentModel):
    """A language of the person."""

    language: Language
    preferred: bool = False


class Profile(Fact):
    """What every caseworker needs to meet the person; the emergency minimum is its first field."""

    gender: Literal["male", "female", "other", "unknown"]
    marital_status: MaritalStatus | None = None
    languages: list[SpokenLanguage] = Field(default=[], max_length=16)
    interpreter_needed: bool | None = None


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


class Stay(Fact):
    """One stay in one functional unit of one facility."""

    facility: FacilityCode
    unit: Literal["short-term", "mid-term", "long-term"]
    status: Literal["planned", "active", "onhold", "finished"]
    admitted: Time | None = None
    departed: Time | None = None
    case_manager: CaseworkerCode | None = None


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


class FamilyMember(Fact):
    """A relative, without a name: is contact wanted, and is it safe (booklet 6.3.1)."""

    relation: Relation
    alive: YesNoUnknown | None = None
    contact_wanted: YesNoUnknown | None = None
    contact_safe: YesNoUnknown | None = None
    note: Text | None = None


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


class AdministrativeRecord(Record):
    """Vital administrative data."""

    component: ClassVar[Component] = "administrative"

    profile: Profile | None = None
    gender_identity: GenderIdentity | None = None
    age: Age | None = None
    minor_at_admission: YesNoUnknown | None = None
    literate: YesNoUnknown | None = None
    education: Education | None = None
    occupation_before: Line | None = None
    origin: Origin | None = None
    displacement: Displacement | None = None
    legal_status: LegalStatus | None = None
    identification: Identification | None = None
    number_of_children: Count | None = None
    dependants: Count | None = None
    stays: list[Stay] = Field(default=[], max_length=32)
    care_team: CareTeam | None = None
    referrer: Referrer | None = None
    confidentiality_assured: Assurance | None = None
    safe_contact: SafeContact | None = None
    guardians: list[Guardian] = Field(default=[], max_length=8)
    family_members: list[FamilyMember] = Field(default=[], max_length=64)
