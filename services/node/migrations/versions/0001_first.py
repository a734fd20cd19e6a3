"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "attachment",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("content_tag", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_descriptor", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
        sa.UniqueConstraint("content_tag"),
    )
    op.create_index(op.f("ix_attachment_case_id"), "attachment", ["case_id"], unique=False)
    op.create_table(
        "case_file",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("code_tag", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_case", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
        sa.UniqueConstraint("code_tag"),
    )
    op.create_table(
        "consent",
        sa.Column("jti", sa.String(), nullable=False),
        sa.Column("issued", sa.Boolean(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("expires_at", sa.Integer(), nullable=False),
        sa.Column("erase_at", sa.Integer(), nullable=True),
        sa.Column("on_revocation", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=True),
        sa.Column("hub_state", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.Integer(), nullable=False),
        sa.Column("approved_at", sa.Integer(), nullable=True),
        sa.Column("head_counter", sa.Integer(), nullable=False),
        sa.Column("head_of", sa.LargeBinary(), nullable=True),
        sa.Column("revoked_at", sa.Integer(), nullable=True),
        sa.Column("erased_at", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("jti"),
    )
    op.create_index(op.f("ix_consent_case_id"), "consent", ["case_id"], unique=False)
    op.create_table(
        "entry",
        sa.Column("idx", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("idx"),
    )
    op.create_table(
        "granted",
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("manifest_digest", sa.String(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("consent", "manifest_digest"),
    )
    op.create_table(
        "message",
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("incoming", sa.Boolean(), nullable=False),
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("in_reply_to", sa.String(), nullable=True),
        sa.Column("sent_at", sa.Integer(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("message"),
    )
    op.create_index(op.f("ix_message_in_reply_to"), "message", ["in_reply_to"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(), nullable=True),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_outbox_subject"), "outbox", ["subject"], unique=False)
    op.create_index("outbox_waiting", "outbox", ["state", "position"], unique=False)
    op.create_table(
        "partner",
        sa.Column("facility", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("introduction", sa.String(), nullable=False),
        sa.Column("sealed_alias", sa.LargeBinary(), nullable=False),
        sa.Column("pinned_at", sa.Integer(), nullable=False),
        sa.Column("refreshed_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("facility"),
    )
    op.create_table(
        "refusal",
        sa.Column("jti", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("hub_state", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("jti"),
    )
    op.create_index(op.f("ix_refusal_case_id"), "refusal", ["case_id"], unique=False)
    op.create_table(
        "release",
        sa.Column("release_id", sa.String(), nullable=False),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("sections", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(), nullable=True),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("findings", sa.String(), nullable=False),
        sa.Column("revocations_at", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("release_id"),
    )
    op.create_index(op.f("ix_release_consent"), "release", ["consent"], unique=False)
    op.create_index(op.f("ix_release_state"), "release", ["state"], unique=False)
    op.create_table(
        "seen_head",
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("consent"),
    )
    op.create_table(
        "seen_version",
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("manifest_digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("section"),
    )
    op.create_table(
        "staff",
        sa.Column("staff", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("not_before", sa.Integer(), nullable=False),
        sa.Column("not_after", sa.Integer(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("staff"),
    )
    op.create_table(
        "state",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "statement",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_table(
        "tile",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "number"),
    )
    op.create_table(
        "opened",
        sa.Column("manifest_digest", sa.String(), nullable=False),
        sa.Column("release_id", sa.String(), nullable=False),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("scope_tag", sa.String(), nullable=False),
        sa.Column("sealed_labels", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"],
            ["release.release_id"],
        ),
        sa.PrimaryKeyConstraint("manifest_digest"),
    )
    op.create_index(op.f("ix_opened_consent"), "opened", ["consent"], unique=False)
    op.create_index(op.f("ix_opened_section"), "opened", ["section"], unique=False)
    op.create_table(
        "record",
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("component_tag", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_meta", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["case_file.case_id"],
        ),
        sa.PrimaryKeyConstraint("record"),
        sa.UniqueConstraint("component_tag"),
    )
    op.create_index(op.f("ix_record_case_id"), "record", ["case_id"], unique=False)
    op.create_table(
        "section",
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("scope_tag", sa.String(), nullable=False),
        sa.Column("manifest", sa.String(), nullable=False),
        sa.Column("manifest_digest", sa.String(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("content_tag", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_labels", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record"],
            ["record.record"],
        ),
        sa.PrimaryKeyConstraint("section", "version"),
        sa.UniqueConstraint("manifest_digest"),
    )
    op.create_index(op.f("ix_section_case_id"), "section", ["case_id"], unique=False)
    op.create_index(op.f("ix_section_record"), "section", ["record"], unique=False)
    op.create_index("section_current", "section", ["case_id", "current"], unique=False)


def downgrade() -> None:
    """Drop every table."""
    op.drop_index("section_current", table_name="section")
    op.drop_index(op.f("ix_section_record"), table_name="section")
    op.drop_index(op.f("ix_section_case_id"), table_name="section")
    op.drop_table("section")
    op.drop_index(op.f("ix_record_case_id"), table_name="record")
    op.drop_table("record")
    op.drop_index(op.f("ix_opened_section"), table_name="opened")
    op.drop_index(op.f("ix_opened_consent"), table_name="opened")
    op.drop_table("opened")
    op.drop_table("tile")
    op.drop_table("statement")
    op.drop_table("state")
    op.drop_table("staff")
    op.drop_table("seen_version")
    op.drop_table("seen_head")
    op.drop_index(op.f("ix_release_state"), table_name="release")
    op.drop_index(op.f("ix_release_consent"), table_name="release")
    op.drop_table("release")
    op.drop_index(op.f("ix_refusal_case_id"), table_name="refusal")
    op.drop_table("refusal")
    op.drop_table("partner")
    op.drop_index("outbox_waiting", table_name="outbox")
    op.drop_index(op.f("ix_outbox_subject"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(op.f("ix_message_in_reply_to"), table_name="message")
    op.drop_table("message")
    op.drop_table("granted")
    op.drop_table("entry")
    op.drop_index(op.f("ix_consent_case_id"), table_name="consent")
    op.drop_table("consent")
    op.drop_table("case_file")
    op.drop_index(op.f("ix_attachment_case_id"), table_name="attachment")
    op.drop_table("attachment")
