"""Signed statements: what is signed, as the exact bytes sent. PROTOCOL section 3.

A statement's digest is SHA-256 of its payload bytes (signatures are not part of it: ML-DSA
signatures are randomised). What is signed is `pae(type, payload)`.
"""

from typing import Annotated, Literal

from pydantic import Field

from schemas.encoding import sha256, unb64u
from schemas.identifiers import Base64Url, CountryCode, Digest, FacilityCode, Id128
from schemas.sensitivity import Category, Component
from schemas.wire.base import Seconds, WireModel

Suite = Literal["safehand/1"]
StatementType = Literal[
    "key-card",
    "key-statement",
    "staff-statement",
    "manifest",
    "head",
    "grant",
    "message",
    "receipt",
    "revocation-receipt",
    "author",
]
Unit = Literal["short-term", "mid-term", "long-term"]
StaffRole = Literal[
    "case-manager",
    "facility-manager",
    "staff-manager",
    "doctor",
    "nurse",
    "psychologist",
    "psychiatrist",
    "social-worker",
    "legal-officer",
    "interpreter",
    "security-guard",
    "volunteer",
    "system",
]
MessageKind = Literal["request", "offer", "answer", "notice", "back-report"]
ReasonCode = Literal[
    "none",
    "transfer",
    "referral",
    "follow-up",
    "approved",
    "declined",
    "no-consent",
    "not-known-here",
    "withdrawn",
    "error",
]


class Signature(WireModel):
    """One signature. `key` is SHA-256 of the raw public key."""

    key: Digest
    alg: Literal["Ed25519", "ML-DSA-65"]
    sig: Base64Url


class SignedStatement(WireModel):
    """Payload bytes with exactly two signatures: Ed25519, then ML-DSA-65."""

    type: StatementType
    payload: Base64Url
    signatures: Annotated[list[Signature], Field(min_length=2, max_length=2)]

    def payload_bytes(self) -> bytes:
        """Return the exact bytes that were signed. Raises EncodingError."""
        return unb64u(self.payload)

    def digest(self) -> bytes:
        """Return the statement's digest: SHA-256 of the payload bytes."""
        return sha256(self.payload_bytes())


class KeyCard(WireModel):
    """Who a facility is, signed by its own two identity keys (type `key-card`)."""

    suite: Suite
    facility: FacilityCode
    country: CountryCode
    units: Annotated[list[Unit], Field(min_length=1, max_length=3)]
    ed25519: Digest
    ml_dsa_65: Base64Url
    not_before: Seconds
    not_after: Seconds


class KeyStatement(WireModel):
    """A working key certified by the identity (type `key-statement`).

    `kem`: HPKE public key, 1,216 bytes. `http`: Ed25519 key for requests. `receipt`: Ed25519 and
    ML-DSA-65 keys for receipts. The newest `issued_at` of a kind is the one to use.
    """

    suite: Suite
    facility: FacilityCode
    kind: Literal["kem", "http", "receipt"]
    public: Base64Url
    ml_dsa_65: Base64Url | None = None
    issued_at: Seconds
    not_before: Seconds
    not_after: Seconds


class StaffStatement(WireModel):
    """A staff member's key, certified by the facility (type `staff-statement`). No name."""

    suite: Suite
    facility: FacilityCode
    staff: Id128
    role: StaffRole
    ed25519: Digest
    ml_dsa_65: Base64Url
    issued_at: Seconds
    not_before: Seconds
    not_after: Seconds


class Manifest(WireModel):
    """One section version (type `manifest`). Names no other section, record, name or label."""

    suite: Suite
    owner: FacilityCode
    case: Id128
    section: Id128
    version: Annotated[int, Field(ge=1, le=2**31)]
    previous: Digest | None
    scope_tag: Id128
    size: Annotated[int, Field(ge=1, le=2**40)]
    """Length of the ciphertext in bytes."""
    ciphertext: Digest
    attachments: Annotated[list[Digest], Field(max_length=256)]
    """Digests of the attachments' ciphertexts."""


class Head(WireModel):
    """The current manifests within one consent (type `head`); a higher counter replaces a lower."""

    suite: Suite
    owner: FacilityCode
    consent: Id128
    counter: Annotated[int, Field(ge=1, le=2**53)]
    at: Seconds
    manifests: Annotated[list[Digest], Field(max_length=4096)]


class Grant(WireModel):
    """A section key for one recipient under one consent (type `grant`).

    `sealed` = HPKE(section key XOR half-key) with the other fields as `info`; 1,168 bytes.
    """

    suite: Suite
    owner: FacilityCode
    recipient: FacilityCode
    recipient_kem: Digest
    consent: Id128
    consent_token: Digest
    manifest: Digest
    half_key: Digest
    """SHA-256 of the half-key."""
    expires_at: Seconds
    sealed: Base64Url


class Message(WireModel):
    """Words from facility to facility (type `message`): the hub sees everything but the words."""

    suite: Suite
    id: Id128
    sender: FacilityCode
    recipient: FacilityCode
    recipient_kem: Digest
    kind: MessageKind
    reason: ReasonCode
    in_reply_to: Id128 | None
    sent_at: Seconds
    sealed: Base64Url


class Receipt(WireModel):
    """What a recipient opened of one release (type `receipt`)."""

    suite: Suite
    recipient: FacilityCode
    release: Id128
    consent: Id128
    opened: Annotated[list[Digest], Field(max_length=4096)]
    refused: Annotated[list[Digest], Field(max_length=4096)]
    at: Seconds


class RevocationReceipt(WireModel):
    """A recipient's word that a revocation took effect there (type `revocation-receipt`)."""

    suite: Suite
    recipient: FacilityCode
    consent: Id128
    effect: Literal["blocked", "erased"]
    at: Seconds


class Author(WireModel):
    """Who made this section version (type `author`); lies inside the sealed section."""

    suite: Suite
    facility: FacilityCode
    staff: Id128
    role: StaffRole
    context: Digest
    parts: list[Digest]
    at: Seconds


class FineScopeLine(WireModel):
    """What one scope tag stands for. Only the recipient reads it."""

    tag: Id128
    component: Component
    category: Category
    data_from: Seconds | None = None
    data_until: Seconds | None = None


class FineScope(WireModel):
    """The whole fine scope; `padding` fills it to a fixed size before sealing."""

    lines: Annotated[list[FineScopeLine], Field(max_length=256)]
    padding: str = ""
