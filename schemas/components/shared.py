"""Facts that several components hold."""

from typing import Literal

from schemas.components.base import Fact
from schemas.components.values import (
    AttachmentName,
    CaseworkerCode,
    ContentType,
    Day,
    Language,
    Line,
)

DocumentKind = Literal[
    "laboratory",
    "imaging",
    "specialist-report",
    "legal-paper",
    "identity-document",
    "consent-form",
    "letter",
    "received-bundle",
    "other",
]


class Document(Fact):
    """A paper or file of the case; `attachment` names its bytes where they travel along."""

    title: Line
    kind: DocumentKind
    on: Day | None = None
    language: Language | None = None
    issued_by: Line | None = None
    """Laboratory, clinic, court or other authority."""
    filed_by: CaseworkerCode | None = None
    content_type: ContentType | None = None
    attachment: AttachmentName | None = None
    note: Line | None = None
