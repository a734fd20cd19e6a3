"""The tables of a node's store. PROTOCOL section 11.

A column whose name begins with `sealed_` holds bytes sealed under the storage key (the outbox:
under the service keyring's outbox key, so that a locked node can push). `*_tag` columns are keyed
hashes under the storage key. Everything else is known to the hub anyway: ids, statements, tokens,
times, ciphertext. Deferred columns can hold megabytes: they are loaded only where they are asked
for by name. The tables have a registry of their own, so that a hub and a node can live in one
process.
"""

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Bytes = LargeBinary


class NodeTable(DeclarativeBase):
    """The base of the node's tables."""


class StateRow(NodeTable):
    """Single values: hub checkpoint, revocation list, message position, alarms."""

    __tablename__ = "state"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes] = mapped_column(Bytes)
    at: Mapped[int]


class StatementRow(NodeTable):
    """Own card, working keys and staff statements: what an introduction is made of."""

    __tablename__ = "statement"
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    type: Mapped[str]
    body: Mapped[str]


class StaffRow(NodeTable):
    """A staff member: role and period are public to partners, the name is not."""

    __tablename__ = "staff"
    staff: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    not_before: Mapped[int]
    not_after: Mapped[int]
    sealed_name: Mapped[bytes] = mapped_column(Bytes)


class PartnerRow(NodeTable):
    """A facility pinned by fingerprint, with the newest introduction that fits the pin."""

    __tablename__ = "partner"
    facility: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(Bytes)
    introduction: Mapped[str]
    sealed_alias: Mapped[bytes] = mapped_column(Bytes)
    pinned_at: Mapped[int]
    refreshed_at: Mapped[int]


class CaseRow(NodeTable):
    """A case of this facility: pseudonym, code number and case scope key."""

    __tablename__ = "case_file"
    case: Mapped[str] = mapped_column("case_id", primary_key=True)
    code_tag: Mapped[bytes] = mapped_column(Bytes, unique=True)
    sealed_case: Mapped[bytes] = mapped_column(Bytes)
    created_at: Mapped[int]


class RecordRow(NodeTable):
    """One component of one case; of consents there may be many."""

    __tablename__ = "record"
    record: Mapped[str] = mapped_column(primary_key=True)
    case: Mapped[str] = mapped_column("case_id", ForeignKey("case_file.case_id"), index=True)
    component_tag: Mapped[bytes] = mapped_column(Bytes, unique=True)
    sealed_meta: Mapped[bytes] = mapped_column(Bytes)
    version: Mapped[int]
    updated_at: Mapped[int]


class SectionRow(NodeTable):
    """One section version of this facility's own, as it was pushed, and its key, sealed."""

    __tablename__ = "section"
    section: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[str] = mapped_column(ForeignKey("record.record"), index=True)
    case: Mapped[str] = mapped_column("case_id", index=True)
    current: Mapped[bool]
    scope_tag: Mapped[str]
    manifest: Mapped[str]
    manifest_digest: Mapped[str] = mapped_column(unique=True)
    ciphertext: Mapped[bytes] = mapped_column(Bytes, deferred=True, deferred_raiseload=True)
    content_tag: Mapped[bytes] = mapped_column(Bytes)
    sealed_key: Mapped[bytes] = mapped_column(Bytes)
    sealed_labels: Mapped[bytes] = mapped_column(Bytes)
    at: Mapped[int]


class AttachmentRow(NodeTable):
    """A sealed attachment of this facility's own: a file named by the ciphertext's digest."""

    __tablename__ = "attachment"
    digest: Mapped[str] = mapped_column(primary_key=True)
    case: Mapped[str] = mapped_column("case_id", index=True)
    content_tag: Mapped[bytes] = mapped_column(Bytes, unique=True)
    sealed_descriptor: Mapped[bytes] = mapped_column(Bytes)
    at: Mapped[int]


class ConsentRow(NodeTable):
    """A consent this facility issued (`issued`) or was named in as recipient."""

    __tablename__ = "consent"
    jti: Mapped[str] = mapped_column(primary_key=True)
    issued: Mapped[bool]
    case: Mapped[str] = mapped_column("case_id", index=True)
    partner: Mapped[str]
    token: Mapped[str]
    purpose: Mapped[str]
    expires_at: Mapped[int]
    erase_at: Mapped[int | None]
    on_revocation: Mapped[str]
    record: Mapped[str | None]
    hub_state: Mapped[str]
    recorded_at: Mapped[int]
    approved_at: Mapped[int | None]
    head_counter: Mapped[int]
    head_of: Mapped[bytes | None] = mapped_column(Bytes)
    revoked_at: Mapped[int | None]
    erased_at: Mapped[int | None]


class GrantedRow(NodeTable):
    """Which section versions were granted under which consent. The half-keys are not kept."""

    __tablename__ = "granted"
    consent: Mapped[str] = mapped_column(primary_key=True)
    manifest_digest: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[int]


class SeenHeadRow(NodeTable):
    """The newest head accepted of a consent, so that a hub can't show an older one."""

    __tablename__ = "seen_head"
    consent: Mapped[str] = mapped_column(primary_key=True)
    counter: Mapped[int]
    digest: Mapped[str]


class SeenVersionRow(NodeTable):
    """The newest version accepted of another facility's section."""

    __tablename__ = "seen_version"
    section: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    manifest_digest: Mapped[str]


class RefusalRow(NodeTable):
    """A refusal this facility recorded."""

    __tablename__ = "refusal"
    jti: Mapped[str] = mapped_column(primary_key=True)
    case: Mapped[str] = mapped_column("case_id", index=True)
    token: Mapped[str]
    hub_state: Mapped[str]
    recorded_at: Mapped[int]


class MessageRow(NodeTable):
    """A message as it was sent or received. `sealed_words`: own copy of what this node sent."""

    __tablename__ = "message"
    message: Mapped[str] = mapped_column(primary_key=True)
    incoming: Mapped[bool]
    partner: Mapped[str]
    kind: Mapped[str]
    reason: Mapped[str]
    in_reply_to: Mapped[str | None] = mapped_column(index=True)
    sent_at: Mapped[int]
    statement: Mapped[str]
    sealed_words: Mapped[bytes | None] = mapped_column(Bytes)
    state: Mapped[str]


class ReleaseRow(NodeTable):
    """A release this node asked for, and the hub's answer whole, unopened.

    state: wanted, received, opened, unopenable, refused, erased.
    """

    __tablename__ = "release"
    release: Mapped[str] = mapped_column("release_id", primary_key=True)
    consent: Mapped[str] = mapped_column(index=True)
    purpose: Mapped[str]
    sections: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    asked_at: Mapped[int]
    answered_at: Mapped[int | None]
    body: Mapped[bytes | None] = mapped_column(Bytes, deferred=True, deferred_raiseload=True)
    status: Mapped[int | None]
    slug: Mapped[str | None]
    reasons: Mapped[str]
    findings: Mapped[str]
    revocations_at: Mapped[int | None]


class OpenedRow(NodeTable):
    """A section this node opened: where it lies and, sealed, what it is."""

    __tablename__ = "opened"
    manifest_digest: Mapped[str] = mapped_column(primary_key=True)
    release: Mapped[str] = mapped_column("release_id", ForeignKey("release.release_id"))
    consent: Mapped[str] = mapped_column(index=True)
    owner: Mapped[str]
    case: Mapped[str] = mapped_column("case_id")
    section: Mapped[str] = mapped_column(index=True)
    version: Mapped[int]
    scope_tag: Mapped[str]
    sealed_labels: Mapped[bytes] = mapped_column(Bytes)
    opened_at: Mapped[int]


class OutboxRow(NodeTable):
    """What the hub has yet to be told, in order. Deleted once the hub has it.

    `subject` is the id of what it is about. state: waiting, refused.
    """

    __tablename__ = "outbox"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - positions are never used again
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    sealed_body: Mapped[bytes] = mapped_column(Bytes)
    size: Mapped[int]
    state: Mapped[str]
    created_at: Mapped[int]
    status: Mapped[int | None]
    slug: Mapped[str | None]
    reasons: Mapped[str]


class EntryRow(NodeTable):
    """One entry of the node's own audit log."""

    __tablename__ = "entry"
    position: Mapped[int] = mapped_column("idx", primary_key=True, autoincrement=False)
    leaf: Mapped[bytes] = mapped_column(Bytes)
    salt: Mapped[bytes] = mapped_column(Bytes)
    details: Mapped[bytes] = mapped_column(Bytes)
    at: Mapped[int]


class TileRow(NodeTable):
    """One tile of the node's own log; the newest width of each."""

    __tablename__ = "tile"
    level: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    width: Mapped[int]
    data: Mapped[bytes] = mapped_column(Bytes)


Index("outbox_waiting", OutboxRow.state, OutboxRow.position)
Index("section_current", SectionRow.case, SectionRow.current)
