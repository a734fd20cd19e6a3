"""Bodies of the hub API, `/v1`. PROTOCOL section 8.

Statements travel whole; the hub stores them as they came.
"""

from typing import Annotated, Literal

from pydantic import Field

from schemas.identifiers import Base64Url, Digest, FacilityCode, Id128
from schemas.wire.base import Seconds, WireModel
from schemas.wire.statement import SignedStatement

JWS = r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"
Jws = Annotated[str, Field(max_length=131_072, pattern=JWS)]
ListJws = Annotated[str, Field(max_length=4 * 2**20, pattern=JWS)]
"""A signed revocation list, which may name many consents."""


class Introduction(WireModel):
    """What a facility hands to the hub operator and to partners: its card and working keys."""

    card: SignedStatement
    statements: Annotated[list[SignedStatement], Field(max_length=1024)]


class HubCard(WireModel):
    """What a node pins of the hub. `log_ed25519` and `log_ml_dsa_44` are C2SP vkeys."""

    url: str
    origin: str
    http_ed25519: Digest
    log_ed25519: str
    log_ml_dsa_44: str


class AuditorCard(WireModel):
    """What an auditor hands to the hub operator."""

    auditor: Id128
    ed25519: Digest


class StatementsIn(WireModel):
    """New key and staff statements of the calling facility."""

    statements: Annotated[list[SignedStatement], Field(min_length=1, max_length=256)]


class StatementsStored(WireModel):
    """How many of the statements were new."""

    created: int
    unchanged: int


class AttachmentStored(WireModel):
    """An attachment's ciphertext is there."""

    digest: Digest
    state: Literal["created", "unchanged"]


class SectionIn(WireModel):
    """One section version: its manifest and ciphertext."""

    manifest: SignedStatement
    ciphertext: Base64Url


class SectionsIn(WireModel):
    """One push: all or nothing. `heads` replace those of the consents they name."""

    sections: Annotated[list[SectionIn], Field(max_length=256)]
    heads: Annotated[list[SignedStatement], Field(max_length=256)] = Field(default=[])


class SectionStored(WireModel):
    section: Id128
    version: int
    state: Literal["created", "unchanged"]


class SectionsStored(WireModel):
    sections: list[SectionStored]


class ConsentIn(WireModel):
    token: Jws


class TokenIn(WireModel):
    """A refusal or a revocation."""

    token: Jws


class RevocationByCodeIn(WireModel):
    """The person's own revocation code: the 11 bytes that it spells (`exchange.revocation`)."""

    code: Base64Url


class Recorded(WireModel):
    """What was recorded, and whether this call did it or an earlier one."""

    id: Id128
    state: Literal["created", "unchanged"]


class ConsentOut(WireModel):
    """A consent as its parties see it."""

    token: Jws
    state: Literal["active", "revoked", "expired", "suspended"]
    revoked_at: Seconds | None
    releases: int


class ConsentsOut(WireModel):
    """Consents after an id, in the order of their ids; `next` is the id to ask from, if any."""

    consents: list[ConsentOut]
    next: Id128 | None


class MessageIn(WireModel):
    message: SignedStatement


class MessageOut(WireModel):
    position: int
    message: SignedStatement


class MessagesOut(WireModel):
    """Messages to the caller after a position, oldest first; `next` is the position to ask from."""

    messages: list[MessageOut]
    next: int


class GrantIn(WireModel):
    grant: SignedStatement
    half_key: Digest
    """The half-key itself: 32 bytes as base64url."""


class GrantsIn(WireModel):
    """Grants under one consent, with the head that lists their manifests. All or nothing."""

    consent: Id128
    grants: Annotated[list[GrantIn], Field(max_length=1024)]
    head: SignedStatement


class GrantsStored(WireModel):
    created: int
    unchanged: int


class ReleaseIn(WireModel):
    """Ask for a release. `id` is the caller's choice: the same id is the same release.

    `sections`: ids to release; none named means all that the consent covers.
    """

    id: Id128
    consent: Id128
    purpose: Literal["TREAT", "ETREAT", "COC", "PATRQT", "PUBHLTH"]
    sections: Annotated[list[Id128], Field(max_length=4096)] = Field(default=[])


class ReleasePending(WireModel):
    """202: committed; the proof is on its way. Ask again with GET."""

    id: Id128
    state: Literal["pending"]


class ReleasedSection(WireModel):
    """One section of a release. A large ciphertext is fetched apart."""

    manifest: SignedStatement
    grant: SignedStatement
    half_key: Digest
    ciphertext: Base64Url | None


class Evidence(WireModel):
    """An audit entry with what its leaf commits to, and its proof."""

    index: int
    leaf: Base64Url
    salt: Digest
    details: Base64Url
    """Exact bytes of AuditDetails."""
    proof: str
    """C2SP tlog-proof: index, inclusion proof, signed checkpoint."""


class ReleaseOut(WireModel):
    """Everything a recipient needs, together with the proof that it was logged."""

    id: Id128
    consent: Id128
    token: Jws
    head: SignedStatement
    sections: list[ReleasedSection]
    owner: Introduction
    """The owner's card and statements, to be held against the pin."""
    refusals: list[Jws]
    evidence: Evidence


class ReceiptIn(WireModel):
    receipt: SignedStatement


class RevocationsOut(WireModel):
    """The caller's revocation list, and the newest of the revocations that a token made."""

    signed_list: ListJws
    tokens: list[Jws]


AuditAction = Literal[
    "directory.admit",
    "directory.statement",
    "auditor.admit",
    "section.push",
    "attachment.push",
    "consent.record",
    "refusal.record",
    "revocation.record",
    "message.send",
    "grant.record",
    "release.decide",
    "release.deliver",
    "receipt.record",
    "revocation.receipt",
    "section.read",
    "audit.read",
    "request.refused",
    "anonymous.refused",
    "halfkeys.erase",
    "node.open",
    "node.unlock",
    "node.lock",
    "node.revocation",
    "node.approve",
    "node.refuse",
    "node.trust",
    "node.distrust",
    "node.staff",
]


class AuditDetails(WireModel):
    """What an audit entry's leaf commits to. Never plaintext, names or labels."""

    action: AuditAction
    outcome: Literal["permit", "deny", "done"]
    reasons: list[str]
    actor: FacilityCode | Id128 | Literal["hub", "operator", "unknown"]
    staff: Digest | None = None
    """Key id of the staff member whose signature caused this, or in whose name it was done."""
    counterpart: FacilityCode | None = None
    case: Id128 | None = None
    consent: Id128 | None = None
    release: Id128 | None = None
    purpose: str | None = None
    objects: list[Digest] = Field(default=[])
    """Digests of the statements or tokens concerned."""
    request: Digest | None = None
    """SHA-256 of the request's RFC 9421 signature base."""
    count: int = 1
    at: Seconds


class AuditLeaf(WireModel):
    """What is hashed into the tree: an event kind, coarse time, and the commitment."""

    v: Literal[1]
    action: AuditAction
    minute: Seconds
    """Time rounded down to 60 s."""
    commitment: Digest
    """HMAC-SHA-256(salt, details)."""


class EntryOut(WireModel):
    """One entry; salt and details only for its parties and auditors, and until erased."""

    index: int
    leaf: Base64Url
    salt: Digest | None
    details: Base64Url | None


class EntriesOut(WireModel):
    entries: list[EntryOut]
    size: int
    """Size of the published log."""


class ConsistencyOut(WireModel):
    """RFC 6962 consistency proof from the tree of size `old` to that of size `new`."""

    old: int
    new: int
    hashes: list[Digest]
