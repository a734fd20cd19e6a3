"""The first schema: directory, sections, consents, grants, releases, messages and the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPAQUE = (
    ("sections", "manifest"),
    ("sections", "ciphertext"),
    ("grants", "statement"),
    ("heads", "statement"),
    ("messages", "statement"),
)


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "attachments",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "digest"),
    )
    op.create_table(
        "auditors",
        sa.Column("auditor", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("ed25519", sa.String(), nullable=False),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("auditor"),
        sa.UniqueConstraint("key_id"),
    )
    op.create_table(
        "consents",
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("signer_key", sa.String(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revocation_hash", sa.String(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("revocation", sa.String(), nullable=True),
        sa.Column("suspended", sa.Integer(), nullable=False),
        sa.Column("releases_used", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("consent"),
    )
    op.create_index("ix_consents_issuer", "consents", ["issuer"])
    op.create_index("ix_consents_recipient", "consents", ["recipient"])
    op.create_index("ix_consents_revocation_hash", "consents", ["revocation_hash"])
    op.create_table(
        "facilities",
        sa.Column("facility", sa.String(), nullable=False),
        sa.Column("card", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("admitted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("facility"),
        sa.UniqueConstraint("fingerprint"),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column("one", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("one"),
    )
    op.create_table(
        "log_entries",
        sa.Column("id", COUNTER, nullable=False),
        sa.Column("idx", sa.BigInteger(), nullable=True),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("details", sa.LargeBinary(), nullable=True),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("counterparty", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("idx"),
        sa.UniqueConstraint("leaf_hash"),
    )
    op.create_index("ix_log_entries_party", "log_entries", ["party", "idx"])
    op.create_index("ix_log_entries_counterparty", "log_entries", ["counterparty", "idx"])
    op.create_index(
        "ix_log_entries_pending",
        "log_entries",
        ["id"],
        postgresql_where=sa.text("idx IS NULL"),
        sqlite_where=sa.text("idx IS NULL"),
    )
    op.create_table(
        "log_tiles",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "n"),
    )
    op.create_table(
        "messages",
        sa.Column("position", COUNTER, nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("message"),
    )
    op.create_index("ix_messages_inbox", "messages", ["recipient", "position"])
    op.create_table(
        "nonces",
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", "nonce"),
    )
    op.create_index("ix_nonces_seen_at", "nonces", ["seen_at"])
    op.create_table(
        "refusals",
        sa.Column("refusal", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("refusal"),
    )
    op.create_index("ix_refusals_case", "refusals", ["issuer", "case_id"])
    op.create_table(
        "sections",
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("scope_tag", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("section", "version"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index("ix_sections_scope", "sections", ["case_id", "scope_tag"])
    op.create_table(
        "directory_statements",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("facility", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility"],
            ["facilities.facility"],
        ),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_directory_statements_facility", "directory_statements", ["facility"])
    op.create_index("ix_directory_statements_key_id", "directory_statements", ["key_id"])
    op.create_table(
        "grants",
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("manifest", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("half_key", sa.LargeBinary(), nullable=True),
        sa.Column("erase_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent"],
            ["consents.consent"],
        ),
        sa.ForeignKeyConstraint(
            ["manifest"],
            ["sections.digest"],
        ),
        sa.PrimaryKeyConstraint("consent", "manifest"),
    )
    op.create_index("ix_grants_erase_at", "grants", ["erase_at"])
    op.create_table(
        "heads",
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent"],
            ["consents.consent"],
        ),
        sa.PrimaryKeyConstraint("consent", "counter"),
    )
    op.create_table(
        "releases",
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("released_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent"],
            ["consents.consent"],
        ),
        sa.PrimaryKeyConstraint("release"),
    )
    op.create_index("ix_releases_consent", "releases", ["consent"])
    op.create_table(
        "revocation_receipts",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent"],
            ["consents.consent"],
        ),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_revocation_receipts_consent", "revocation_receipts", ["consent"])
    op.create_table(
        "receipts",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release"],
            ["releases.release"],
        ),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_receipts_release", "receipts", ["release"])
    op.create_table(
        "released_sections",
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("manifest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["manifest"],
            ["sections.digest"],
        ),
        sa.ForeignKeyConstraint(
            ["release"],
            ["releases.release"],
        ),
        sa.PrimaryKeyConstraint("release", "position"),
    )
    _store_uncompressed()


def _store_uncompressed() -> None:
    """Spare PostgreSQL the attempt to compress ciphertext and signatures."""
    if op.get_bind().dialect.name == "postgresql":
        for table, column in OPAQUE:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL")


def downgrade() -> None:
    """Drop every table, the dependent ones first."""
    for table in (
        "released_sections",
        "receipts",
        "revocation_receipts",
        "releases",
        "heads",
        "grants",
        "directory_statements",
        "sections",
        "refusals",
        "nonces",
        "messages",
        "log_tiles",
        "log_entries",
        "log_checkpoint",
        "facilities",
        "consents",
        "auditors",
        "attachments",
    ):
        op.drop_table(table)
