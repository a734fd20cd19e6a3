"""Bodies of the node's local API that are about records, releases and the log. PROTOCOL section 12.

Times are seconds since the Unix epoch. Records travel as docs/CASE.md shows them.
"""

from typing import Any, Literal

from pydantic import Field

from schemas.identifiers import CodeNumber, Digest, FacilityCode, Id128
from schemas.sensitivity import Category, Component
from schemas.wire.base import Seconds, WireModel
from schemas.wire.hub_api import AuditDetails
from schemas.wire.statement import StaffRole
from schemas.wire.token import Purpose

Json = dict[str, Any]


class CaseIn(WireModel):
    """A whole case as docs/CASE.md shows it; attachments as base64."""

    author: Id128
    """Staff id of whoever made this version."""
    case: Json


class RecordIn(WireModel):
    """One component of a case. An existing record becomes a new version."""

    author: Id128
    code_number: CodeNumber
    component: Component
    record: Json
    attachments: list[Json] = Field(default=[], max_length=256)


class SectionOut(WireModel):
    section: Id128
    version: int
    component: Component
    category: Category
    state: Literal["created", "changed", "unchanged", "retired", "current"]


class RecordOut(WireModel):
    record: Id128
    component: Component
    version: int
    updated_at: Seconds
    sections: list[SectionOut]


class StoredRecordOut(WireModel):
    record: Id128
    component: Component
    version: int
    sections: list[SectionOut]


class StoredOut(WireModel):
    """What became of each section: created, changed, unchanged, or retired (no longer there)."""

    code_number: CodeNumber
    records: list[StoredRecordOut]


class RecordsOut(WireModel):
    code_number: CodeNumber
    records: list[RecordOut]


class CasesOut(WireModel):
    cases: list[RecordsOut]


class WithheldOut(WireModel):
    """A section that may not be shown now, and why."""

    section: Id128
    reasons: list[str]


class AttachmentOut(WireModel):
    digest: Digest
    """Names it: SHA-256 of its ciphertext."""
    title: str
    content_type: str
    size: int


class SectionContentOut(WireModel):
    """A section in clear."""

    section: Id128
    version: int
    own: bool
    owner: FacilityCode
    code_number: CodeNumber
    record: Id128
    component: Component
    category: Category
    author: Id128
    role: StaffRole
    at: Seconds
    bundle: Json
    attachments: list[AttachmentOut]


class RecordContentOut(WireModel):
    """A record in clear, put together from the sections that may be shown."""

    record: Id128
    own: bool
    owner: FacilityCode
    code_number: CodeNumber
    component: Component
    content: Json
    sections: list[SectionOut]
    withheld: list[WithheldOut]


class AskReleaseIn(WireModel):
    """Ask for a release under a consent: of some sections by id, or of all that it covers."""

    consent: Id128
    purpose: Purpose
    sections: list[Id128] = Field(default=[], max_length=4096)


class FindingOut(WireModel):
    """A section (none: the whole release) that was refused here, and at which step."""

    manifest: Digest | None
    step: str
    reason: str


class ReleaseStateOut(WireModel):
    release: Id128
    consent: Id128
    state: Literal["wanted", "received", "opened", "unopenable", "refused", "erased"]
    asked_at: Seconds
    answered_at: Seconds | None
    status: int | None
    slug: str | None
    reasons: list[str]
    findings: list[FindingOut]
    opened: int


class ReleasesOut(WireModel):
    releases: list[ReleaseStateOut]


class RoundOut(WireModel):
    """What one round with the hub did. `troubles` are slugs, none if all went well."""

    pushed: int
    waiting: int
    messages: int
    revocations: int
    received: int
    opened: int
    troubles: list[str]


class OpenedOut(WireModel):
    """A received section. `reasons` says why it may not be shown now; none if it may."""

    section: Id128
    version: int
    manifest: Digest
    release: Id128
    consent: Id128
    owner: FacilityCode
    code_number: CodeNumber
    record: Id128
    component: Component
    category: Category
    opened_at: Seconds
    revocations_at: Seconds | None
    reasons: list[str]


class OpenedListOut(WireModel):
    sections: list[OpenedOut]


class EntryOut(WireModel):
    index: int
    leaf: str
    salt: Digest
    details: AuditDetails


class AuditOut(WireModel):
    """The node's own log: signed checkpoint, the keys to verify it, entries from `start`."""

    checkpoint: str | None
    log_ed25519: str
    log_ml_dsa_44: str
    size: int
    entries: list[EntryOut]
