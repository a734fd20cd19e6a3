"""Component `referral` (booklet 7.2.4, 5.3.4(7)): request, state, follow-up, back report."""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.components.administrative import AgeBand, FunctionalUnit, SafeContact
from schemas.components.base import Fact, Record
from schemas.components.identity import Relation
from schemas.components.shared import ContactEntry, Document, FollowUp, OpenItemKind, Passage
from schemas.components.values import (
    CaseworkerCode,
    Coded,
    FieldError,
    Language,
    Line,
    Text,
    Time,
)
from schemas.identifiers import Digest, FacilityCode, Id128
from schemas.sensitivity import Component

Service = Literal[
    "safe-house",
    "health",
    "mental-health",
    "psychosocial",
    "police",
    "legal",
    "livelihoods",
    "child-protection",
    "family-mediation",
    "reunification",
    "education",
    "material",
    "water-and-sanitation",
    "registration",
    "food",
    "disability",
    "cash",
    "tracing",
    "other",
]


Priority = Literal["emergency", "urgent", "normal"]


class ReferralRequest(Fact):
    """What is asked of whom, and how urgently: within 24 hours, 72 hours or two weeks."""

    on: Time
    kind: Literal["additional-services", "migration", "change-of-location", "other"]
    priority: Priority
    reason: Text
    services: list[Service] = Field(min_length=1, max_length=19)
    needed_by: Time | None = None
    already_provided: Text | None = None
    provided_by: Line | None = None
    provider_gender: Literal["female", "male", "any"] | None = None
    interpreter_language: Language | None = None
    consent: Id128 | None = None
    """The consent under which the referral is made."""
    consent_hash: Digest | None = None
    """Digest of that consent's record as sealed."""
    made_by: CaseworkerCode
    approved_by: CaseworkerCode | None = None
    approved_on: Time | None = None
    case_manager: CaseworkerCode | None = None
    receiving_facility: FacilityCode | None = None
    receiving_person: Line | None = None
    delivery: Literal["system", "phone", "in-person", "letter"] | None = None


class ReferralState(Fact):
    """How far the referral has come; a rejection has a reason."""

    state: Literal[
        "draft",
        "offered",
        "accepted",
        "rejected",
        "in-progress",
        "completed",
        "cancelled",
        "revoked",
        "expired",
    ]
    reason: Line | None = None
    on: Time
    by: CaseworkerCode | None = None

    @model_validator(mode="after")
    def _rejects_with_a_reason(self) -> Self:
        if self.state == "rejected" and self.reason is None:
            raise FieldError("reason", "is needed for a rejection")
        return self


class Preview(Fact):
    """What a facility is shown to decide on before it accepts: nothing that tells who or why."""

    unit: FunctionalUnit
    services: list[Service] = Field(min_length=1, max_length=19)
    priority: Priority
    language: Language | None = None
    interpreter_needed: bool | None = None
    age_band: AgeBand
    gender: Literal["male", "female", "other", "unknown"]
    with_child: bool | None = None


class Caregiver(Fact):
    """Who looks after a minor, and whether they know of the referral. The name is in `identity`."""

    relation: Relation
    separated: bool | None = None
    informed: bool | None = None
    reason_not_informed: Line | None = None

    @model_validator(mode="after")
    def _says_why_not(self) -> Self:
        if self.informed is False and self.reason_not_informed is None:
            raise FieldError("reason_not_informed", "is needed if the caregiver was not informed")
        return self


class ReferralLetter(Passage):
    """The note to whoever takes over."""

    kind: Literal["referral", "transfer"] = "referral"


class Delivery(Fact):
    """How a referral was made, above all outside this exchange (booklet 7.2.4)."""

    medium: Literal["system", "phone", "in-person", "letter"]
    party: Literal["facility", "practitioner", "family", "authority", "other"]
    to: Line
    on: Time
    by: CaseworkerCode
    consent: Id128 | None = None
    acknowledged_on: Time | None = None
    note: Line | None = None


class Journey(Fact):
    """How the person gets there, with whom, and whether she has arrived."""

    transport: Line | None = None
    escort: Line | None = None
    departs: Time | None = None
    arrival: Literal["expected", "confirmed", "not-arrived", "unknown"]
    arrived_on: Time | None = None
    on: Time
    by: CaseworkerCode | None = None

    @model_validator(mode="after")
    def _arrives_once(self) -> Self:
        if self.arrived_on and self.arrival != "confirmed":
            raise FieldError("arrival", "is not confirmed, and yet there is an arrival")
        return self


class TakenUp(Fact):
    """What the receiving facility does about an item that came open."""

    kind: OpenItemKind
    what: Coded
    answer: Literal["taken-up", "closed", "not-possible"]
    reason: Line | None = None
    by: CaseworkerCode
    on: Time


class BackReport(Fact):
    """The five things a receiving facility reports back, and nothing else."""

    on: Time
    arrived: Literal["yes", "no", "unknown"]
    arrived_on: Time | None = None
    services_started: Text | None = None
    open_items_closed: Text | None = None
    new_alert: Text | None = None
    lost_contact: bool | None = None
    by: CaseworkerCode | None = None

    @model_validator(mode="after")
    def _arrives_once(self) -> Self:
        if self.arrived_on and self.arrived != "yes":
            raise FieldError("arrived", "is not yes, and yet there is an arrival")
        return self


class ReferralRecord(Record):
    """Referral, follow-up and back-report notes."""

    component: ClassVar[Component] = "referral"

    request: ReferralRequest | None = None
    state: ReferralState | None = None
    preview: Preview | None = None
    caregiver: Caregiver | None = None
    safe_contact: SafeContact | None = None
    letter: ReferralLetter | None = None
    deliveries: list[Delivery] = Field(default=[], max_length=64)
    journey: Journey | None = None
    taken_up: list[TakenUp] = Field(default=[], max_length=128)
    follow_ups: list[FollowUp] = Field(default=[], max_length=64)
    back_reports: list[BackReport] = Field(default=[], max_length=64)
    contacts: list[ContactEntry] = Field(default=[], max_length=64)
    documents: list[Document] = Field(default=[], max_length=256)
