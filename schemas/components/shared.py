"""Facts that several components hold."""

from typing import Literal, Self

from pydantic import Field, model_validator

from schemas.components.base import Fact
from schemas.components.values import (
    AttachmentName,
    CaseworkerCode,
    ContentType,
    Day,
    FieldError,
    Language,
    Line,
    Text,
    Time,
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
    report: Text | None = None
    """What it says, where it is needed in words: an imaging or specialist's report."""
    told_to_person: Literal["yes", "no", "declined"] | None = None
    told_by: CaseworkerCode | None = None
    told_on: Time | None = None
    note: Line | None = None


class Passage(Fact):
    """A piece of text with its date and author."""

    text: Text
    on: Time | None = None
    by: CaseworkerCode | None = None
    language: Language | None = None


class FollowUp(Fact):
    """Something to be done later, by whom and until when."""

    service: Line
    due: Time | None = None
    provider: Line | None = None
    means: Literal["visit", "phone", "message", "letter", "system"] | None = None
    may_exchange: Line | None = None
    """What may be told in doing so, and nothing else."""
    note: Text | None = None


class ContactEntry(Fact):
    """An entry of the contact list, in the local and the person's own language (booklet 7.2.4)."""

    name: Line
    name_translated: Line | None = None
    translation_language: Language | None = None
    organisation: Line | None = None
    service: Line | None = None
    service_translated: Line | None = None
    languages: list[Language] = Field(default=[], max_length=8)
    hours: Line | None = None
    phones: list[Line] = Field(default=[], max_length=4)
    cost: Line | None = None
    safe_to_carry: bool | None = None

    @model_validator(mode="after")
    def _says_into_what_it_is_translated(self) -> Self:
        translated = self.name_translated or self.service_translated
        if (translated is None) != (self.translation_language is None):
            raise FieldError("translation_language", "goes with a translation")
        return self


OpenItemKind = Literal["alert", "problem", "result", "treatment", "plan"]
"""What may be open when a case changes hands, so that nothing is dropped."""
