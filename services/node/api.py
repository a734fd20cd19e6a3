"""Bodies of the node's local API, `/v1`. PROTOCOL section 12.

Times are seconds since the Unix epoch. Records travel as docs/CASE.md shows them.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.identifiers import CodeNumber, FacilityCode, Id128
from schemas.wire.base import Seconds, WireModel
from schemas.wire.hub_api import Introduction
from schemas.wire.statement import StaffRole
from schemas.wire.token import Purpose, RevocationReason
from services.node.scope import ScopeChoice
from services.node.words import Words

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=1024), Field(repr=False)]
Json = dict[str, Any]
Delivery = Literal["delivered", "queued"]
"""Whether the hub has it, or will have it as soon as it can be reached."""


class UnlockIn(WireModel):
    passphrase: Secret


class OutboxOut(WireModel):
    waiting: int
    refused: int


class HubOut(WireModel):
    url: str
    reached_at: Seconds | None
    trouble: str | None
    log_size: int | None
    """Size of the hub's log at the newest checkpoint accepted."""
    checkpoint: str | None
    """That checkpoint: an auditor can hold the log against it."""
    revocations_at: Seconds | None
    """When the revocation list at hand was signed."""


class StatusOut(WireModel):
    facility: FacilityCode
    locked: bool
    outbox: OutboxOut
    hub: HubOut


class RefusedOut(WireModel):
    """Something that the hub refused for good."""

    kind: str
    subject: str
    status: int
    slug: str
    reasons: list[str]


class OutboxListOut(WireModel):
    waiting: int
    refused: list[RefusedOut]


class FingerprintOut(WireModel):
    facility: FacilityCode
    fingerprint: str


class TrustIn(WireModel):
    """Pin a facility. The fingerprint is what a person there read out.

    The introduction is fetched from the hub if only the facility's code is given.
    """

    alias: Name
    fingerprint: Annotated[str, StringConstraints(max_length=200)]
    introduction: Introduction | None = None
    facility: FacilityCode | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.introduction is None) == (self.facility is None):
            raise ValueError("needs exactly one of introduction, facility")
        return self


class PartnerOut(WireModel):
    facility: FacilityCode
    alias: str
    fingerprint: str
    safety_number: str
    """Sixty digits, the same on both sides; compare them by voice."""
    pinned_at: Seconds


class PartnersOut(WireModel):
    partners: list[PartnerOut]


class StaffIn(WireModel):
    """Appoint a staff member. The name stays on this node, sealed. Without `until`: a year."""

    role: StaffRole
    name: Name
    until: Seconds | None = None


class StaffOut(WireModel):
    staff: Id128
    role: StaffRole
    name: str
    not_before: Seconds
    not_after: Seconds


class StaffListOut(WireModel):
    staff: list[StaffOut]


class ConsentIn(WireModel):
    """A consent as given. `recipient` is an alias or a facility code; without `valid_from`: now."""

    staff: Id128
    """The case manager who took the consent and signs it."""
    code_number: CodeNumber
    recipient: Name
    purpose: Purpose
    scope: ScopeChoice
    valid_from: Seconds | None = None
    valid_until: Seconds
    max_releases: Annotated[int, Field(ge=1, le=10_000)] = 100
    on_revocation: Literal["block", "erase"]
    erase_at: Seconds | None = None
    form: Json
    """How the consent was given: the fields of component `consent` that the terms do not fill."""


class NewConsentOut(WireModel):
    consent: Id128
    revocation_code: str
    """Shown this once. Hand it to the person on a slip that does not say what it is for."""
    delivery: Delivery


class ConsentOut(WireModel):
    consent: Id128
    issued: bool
    """Whether this facility issued it; otherwise it is the recipient."""
    partner: FacilityCode
    purpose: Purpose
    state: Literal["waiting", "active", "approved", "revoked", "expired", "erased", "refused"]
    recorded_at: Seconds
    expires_at: Seconds
    erase_at: Seconds | None
    on_revocation: Literal["block", "erase"]
    revoked_at: Seconds | None


class ConsentsOut(WireModel):
    consents: list[ConsentOut]


class RevokeIn(WireModel):
    staff: Id128
    reason: RevocationReason


class RevocationCodeIn(WireModel):
    """The person's own code, as typed."""

    code: Secret


class CodeTakenOut(WireModel):
    delivery: Delivery


class RefusalIn(WireModel):
    """What the person refuses: these sections or all, to one recipient or to anyone."""

    staff: Id128
    code_number: CodeNumber
    recipient: Name | None = None
    scope: ScopeChoice | None = None


class DeliveryOut(WireModel):
    id: Id128
    delivery: Delivery


class RequestIn(WireModel):
    """Ask a trusted facility (alias or code) for a case by its code number."""

    to: Name
    code_number: CodeNumber
    purpose: Purpose
    words: Words = ""


class AnswerOut(WireModel):
    approved: bool
    consent: Id128 | None
    words: str
    sent_at: Seconds


class RequestOut(WireModel):
    """`readable` is false where the sender is not trusted here or the words can't be opened."""

    request: Id128
    direction: Literal["incoming", "outgoing"]
    facility: FacilityCode
    alias: str | None
    sent_at: Seconds
    state: Literal["open", "approved", "declined"]
    readable: bool
    code_number: CodeNumber | None
    purpose: Purpose | None
    words: str | None
    answer: AnswerOut | None


class RequestsOut(WireModel):
    requests: list[RequestOut]


class ApproveIn(WireModel):
    staff: Id128
    consent: Id128


class ApprovedOut(WireModel):
    granted: int
    delivery: Delivery


class RefuseIn(WireModel):
    staff: Id128
    words: Words = ""
