"""The hub's tables. What can be read here is all that the hub knows. PROTOCOL section 8.

Owns the schema as SQLModel classes: used for administration and to check the migrations. The hot
paths in `services/hub/store` are plain SQL over the same tables. Statements and tokens are kept as
the bytes that came. Times are integer seconds.
"""

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

Counter = BigInteger().with_variant(Integer, "sqlite")
"""A key that counts by itself: SQLite does so only for plain INTEGER."""


class HubRow(SQLModel, registry=registry()):
    """Base of the hub's tables, in a registry of their own."""


class FacilityRow(HubRow, table=True):
    """An admitted facility."""

    __tablename__ = "facilities"

    facility: str = Field(primary_key=True)
    card: bytes = Field(sa_type=LargeBinary)
    fingerprint: str = Field(unique=True)
    admitted_at: int = Field(sa_type=BigInteger)


class DirectoryStatementRow(HubRow, table=True):
    """A key or staff statement of an admitted facility."""

    __tablename__ = "directory_statements"

    digest: str = Field(primary_key=True)
    facility: str = Field(foreign_key="facilities.facility", index=True)
    key_id: str = Field(index=True)
    """Id of the key that is certified."""
    statement: bytes = Field(sa_type=LargeBinary)
    recorded_at: int = Field(sa_type=BigInteger)


class AuditorRow(HubRow, table=True):
    """An auditor whom the operator let in."""

    __tablename__ = "auditors"

    auditor: str = Field(primary_key=True)
    key_id: str = Field(unique=True)
    ed25519: str
    enrolled_at: int = Field(sa_type=BigInteger)


class NonceRow(HubRow, table=True):
    """A nonce that was used."""

    __tablename__ = "nonces"

    key_id: str = Field(primary_key=True)
    nonce: str = Field(primary_key=True)
    seen_at: int = Field(sa_type=BigInteger, index=True)


class SectionRow(HubRow, table=True):
    """One version of one section."""

    __tablename__ = "sections"
    __table_args__ = (Index("ix_sections_scope", "case_id", "scope_tag"),)

    section: str = Field(primary_key=True)
    version: int = Field(primary_key=True, sa_type=BigInteger)
    owner: str
    case_id: str
    scope_tag: str
    digest: str = Field(unique=True)
    """The manifest's digest."""
    manifest: bytes = Field(sa_type=LargeBinary)
    ciphertext: bytes = Field(sa_type=LargeBinary)
    stored_at: int = Field(sa_type=BigInteger)


class AttachmentRow(HubRow, table=True):
    """An attachment's ciphertext, which lies in a file named by its digest."""

    __tablename__ = "attachments"

    owner: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    size: int = Field(sa_type=BigInteger)
    stored_at: int = Field(sa_type=BigInteger)


class ConsentRow(HubRow, table=True):
    """A consent token and what happened to it."""

    __tablename__ = "consents"

    consent: str = Field(primary_key=True)
    issuer: str = Field(index=True)
    recipient: str = Field(index=True)
    case_id: str
    token: str
    token_digest: str
    signer_key: str
    """The case manager's raw Ed25519 key, base64url."""
    expires_at: int = Field(sa_type=BigInteger)
    revocation_hash: str = Field(index=True)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)
    revocation: str | None = None
    """The revocation token; none if the person's code revoked it."""
    suspended: int = 0
    releases_used: int = 0
    recorded_at: int = Field(sa_type=BigInteger)


class RefusalRow(HubRow, table=True):
    """A recorded refusal."""

    __tablename__ = "refusals"
    __table_args__ = (Index("ix_refusals_case", "issuer", "case_id"),)

    refusal: str = Field(primary_key=True)
    issuer: str
    case_id: str
    token: str
    recorded_at: int = Field(sa_type=BigInteger)


class RevocationReceiptRow(HubRow, table=True):
    """A recipient's word that a revocation took effect."""

    __tablename__ = "revocation_receipts"

    digest: str = Field(primary_key=True)
    consent: str = Field(foreign_key="consents.consent", index=True)
    statement: bytes = Field(sa_type=LargeBinary)
    recorded_at: int = Field(sa_type=BigInteger)


class HeadRow(HubRow, table=True):
    """A head; the highest counter of a consent is the one that holds."""

    __tablename__ = "heads"

    consent: str = Field(primary_key=True, foreign_key="consents.consent")
    counter: int = Field(primary_key=True, sa_type=BigInteger)
    digest: str
    statement: bytes = Field(sa_type=LargeBinary)
    recorded_at: int = Field(sa_type=BigInteger)


class GrantRow(HubRow, table=True):
    """The grant that holds for one manifest under one consent, and its half-key."""

    __tablename__ = "grants"

    consent: str = Field(primary_key=True, foreign_key="consents.consent")
    manifest: str = Field(primary_key=True, foreign_key="sections.digest")
    digest: str
    statement: bytes = Field(sa_type=LargeBinary)
    half_key: bytes | None = Field(default=None, sa_type=LargeBinary)
    """Sealed under the epoch key; none once it was destroyed."""
    erase_at: int = Field(sa_type=BigInteger, index=True)
    """When the half-key is to be destroyed at the latest."""
    recorded_at: int = Field(sa_type=BigInteger)


class MessageRow(HubRow, table=True):
    """A sealed message."""

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_inbox", "recipient", "position"),)

    position: int | None = Field(default=None, primary_key=True, sa_type=Counter)
    message: str = Field(unique=True)
    sender: str
    recipient: str
    digest: str
    statement: bytes = Field(sa_type=LargeBinary)
    recorded_at: int = Field(sa_type=BigInteger)


class ReleaseRow(HubRow, table=True):
    """A permitted release."""

    __tablename__ = "releases"

    release: str = Field(primary_key=True)
    consent: str = Field(foreign_key="consents.consent", index=True)
    recipient: str
    asked: str
    """Digest of what was asked: the same id with another question is a conflict."""
    purpose: str
    head: int = Field(sa_type=BigInteger)
    """Counter of the head that went with it."""
    leaf_hash: bytes = Field(sa_type=LargeBinary)
    """Which audit entry proves it."""
    released_at: int = Field(sa_type=BigInteger)


class ReleasedSectionRow(HubRow, table=True):
    """One section of a release, in its order."""

    __tablename__ = "released_sections"

    release: str = Field(primary_key=True, foreign_key="releases.release")
    position: int = Field(primary_key=True, sa_type=BigInteger)
    manifest: str = Field(foreign_key="sections.digest")


class ReceiptRow(HubRow, table=True):
    """What a recipient says it opened of a release."""

    __tablename__ = "receipts"

    digest: str = Field(primary_key=True)
    release: str = Field(foreign_key="releases.release", index=True)
    statement: bytes = Field(sa_type=LargeBinary)
    recorded_at: int = Field(sa_type=BigInteger)


class LogEntryRow(HubRow, table=True):
    """An audit entry; `idx` is given by the integrator."""

    __tablename__ = "log_entries"
    __table_args__ = (
        Index(
            "ix_log_entries_pending",
            "id",
            postgresql_where=text("idx IS NULL"),
            sqlite_where=text("idx IS NULL"),
        ),
        Index("ix_log_entries_party", "party", "idx"),
        Index("ix_log_entries_counterparty", "counterparty", "idx"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Counter)
    idx: int | None = Field(default=None, sa_type=BigInteger, unique=True)
    leaf: bytes = Field(sa_type=LargeBinary)
    leaf_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    salt: bytes | None = Field(default=None, sa_type=LargeBinary)
    details: bytes | None = Field(default=None, sa_type=LargeBinary)
    party: str
    """Who may read the details; actor or not."""
    counterparty: str | None = None


class LogTileRow(HubRow, table=True):
    """A tile of the log at its present width."""

    __tablename__ = "log_tiles"

    level: int = Field(primary_key=True)
    n: int = Field(primary_key=True, sa_type=BigInteger)
    data: bytes = Field(sa_type=LargeBinary)


class LogCheckpointRow(HubRow, table=True):
    """The published checkpoint: one row."""

    __tablename__ = "log_checkpoint"

    one: int = Field(primary_key=True)
    size: int = Field(sa_type=BigInteger)
    root: bytes = Field(sa_type=LargeBinary)
    note: str
