"""Component `referral` (booklet 7.2.4, 5.3.4(7)): request, state, follow-up, back report."""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.components.base import Fact, Record
from schemas.components.shared import ContactEntry, Document, FollowUp, Passage
from schemas.components.values import CaseworkerCode, Language, Line, Text, Time
from schemas.identifiers import FacilityCode, Id128
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


class ReferralRequest(Fact):
    """What is asked of whom, and how urgently: within 24 hours, 72 hours or two weeks."""

    on: Time
    kind: Literal["additional-services", "migration", "change-of-location", "other"]
    priority: Literal["emergency", "urgent", "normal"]
    reason: Text
    services: list[Service] = Field(min_length=1, max_length=19)
    already_provided: Text | None = None
    provider_gender: Literal["female", "male", "any"] | None = None
    interpreter_language: Language | None = None
    consent: Id128 | None = None
    """The consent under which the referral is made."""
    made_by: CaseworkerCode
    approved_by: CaseworkerCode | None = None
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

    @model_validator(mode="after")
    def _rejects_with_a_reason(self) -> Self:
        if self.state == "rejected" and self.reason is None:
            raise ValueError("a rejection needs a reason")
        return self


class BackReport(Fact):
    """The five things a receiving facility reports back, and nothing else."""

    on: Time
    arrived: Literal["yes", "no", "unknown"]
    arrived_on: Time | None = None
    services_started: Text | None = None
    open_items_closed: Text | None = None
    new_alert: Text | None = None
    lost_contact: bool | None = None


class ReferralRecord(Record):
    """Referral, follow-up and back-report notes."""

    component: ClassVar[Component] = "referral"

    request: ReferralRequest | None = None
    state: ReferralState | None = None
    letter: Passage | None = None
    follow_ups: list[FollowUp] = Field(default=[], max_length=64)
    back_reports: list[BackReport] = Field(default=[], max_length=64)
    contacts: list[ContactEntry] = Field(default=[], max_length=64)
    documents: list[Document] = Field(default=[], max_length=256)
