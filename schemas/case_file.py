"""A case as one file: code number, components, attachments. docs/CASE.md shows it.

Owns the shape and its checks. Reads no file itself: whoever does passes in a reader.
"""

import base64
from collections.abc import Callable
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from schemas.components.administrative import AdministrativeRecord
from schemas.components.assignment import category_of
from schemas.components.base import ComponentModel, Record, facts_of, require_distinct
from schemas.components.consent import ConsentRecord
from schemas.components.discharge import DischargeSummaryRecord
from schemas.components.health import HealthRecord
from schemas.components.identity import IdentityRecord
from schemas.components.interventions import InterventionsRecord
from schemas.components.records import MAX_FAULTS, component_error
from schemas.components.references import dangling_caseworkers
from schemas.components.referral import ReferralRecord
from schemas.components.values import AttachmentName, ContentType, FieldError
from schemas.errors import ComponentError
from schemas.identifiers import CodeNumber
from schemas.samples.picture import noise_png
from schemas.sensitivity import Category

CASE_FORMAT = "safehand-case/1"
MAX_PIXELS = 12_000_000
"""Of all generated pictures of a case, about a byte each: few words must not ask for gigabytes."""


class GeneratedPicture(ComponentModel):
    """A grey PNG of noise that anyone can make again from its seed."""

    seed: Annotated[int, Field(ge=0, lt=2**32)]
    width: Annotated[int, Field(ge=1, le=8192)]
    height: Annotated[int, Field(ge=1, le=8192)]


class CaseAttachment(ComponentModel):
    """An attachment and exactly one source of its bytes."""

    name: AttachmentName
    content_type: ContentType
    base64: str | None = None
    file: str | None = None
    """Path, relative to the case file."""
    picture: GeneratedPicture | None = None

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if sum(source is not None for source in (self.base64, self.file, self.picture)) != 1:
            raise ValueError("needs exactly one of base64, file, picture")
        return self

    def content(self, read_file: Callable[[str], bytes]) -> bytes:
        """Return the bytes; `read_file` is asked for those that lie in a file of their own.

        Raises ComponentError, and what `read_file` raises.
        """
        if self.file is not None:
            return read_file(self.file)
        if self.picture is not None:
            return noise_png(self.picture.seed, self.picture.width, self.picture.height)
        try:
            return base64.b64decode(self.base64 or "", validate=True)
        except ValueError:  # binascii.Error is one, and a character beyond ASCII raises another.
            raise ComponentError("is not base64", f"attachments.{self.name}.base64") from None


class CaseComponents(ComponentModel):
    """The components of a case, each at most once."""

    administrative: AdministrativeRecord | None = None
    identity: IdentityRecord | None = None
    health: HealthRecord | None = None
    discharge_summary: DischargeSummaryRecord | None = Field(
        default=None, alias="discharge-summary"
    )
    referral: ReferralRecord | None = None
    interventions: InterventionsRecord | None = None
    consent: ConsentRecord | None = None


class CaseFile(ComponentModel):
    """One beneficiary's case as a facility would hand it to its node."""

    format: Literal["safehand-case/1"]
    code_number: CodeNumber
    components: CaseComponents
    attachments: list[CaseAttachment] = Field(default=[], max_length=256)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        require_distinct("attachments", [attachment.name for attachment in self.attachments])
        pictures = [one.picture for one in self.attachments if one.picture is not None]
        if sum(picture.width * picture.height for picture in pictures) > MAX_PIXELS:
            raise FieldError(
                "attachments", f"ask for pictures of more than {MAX_PIXELS} pixels together"
            )
        names = {attachment.name for attachment in self.attachments}
        placed = self._attachment_places()
        for name, (_, path) in placed.items():
            if name not in names:
                raise FieldError(path, "names an attachment that is not there")
        for place, attachment in enumerate(self.attachments):
            if attachment.name not in placed:
                raise FieldError(f"attachments.{place}", "is named by no fact")
        return self

    def _attachment_places(self) -> dict[str, tuple[Category, str]]:
        """Return the section and the path of each attachment that facts name."""
        placed: dict[str, tuple[Category, str]] = {}
        for record in self.records():
            for name, category in attachments_of(record).items():
                path = f"components.{record.component}"
                if placed.setdefault(name, (category, path))[0] != category:
                    raise FieldError(path, "names an attachment of another section")
        return placed

    def records(self) -> list[Record]:
        """Return the components that are there, in the order of the booklet."""
        found = (getattr(self.components, name) for name in CaseComponents.model_fields)
        return [record for record in found if record is not None]

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Parse a case file. Raises ComponentError with the paths of its faults."""
        try:
            case = cls.model_validate_json(data)
        except ValidationError as error:
            raise component_error(error, "case") from None
        case.require_whole()
        return case

    def require_whole(self) -> None:
        """Raise ComponentError if a fact names a caseworker whom the case's list lacks."""
        faults = [
            ComponentError("is not in the list of caseworkers", f"case.components.{path}")
            for path in dangling_caseworkers(self.records())[:MAX_FAULTS]
        ]
        if faults:
            raise ComponentError(faults[0].problem, faults[0].path, tuple(faults[1:]))

    def to_bytes(self) -> bytes:
        """Return the case as JSON, absent fields left out."""
        return self.model_dump_json(by_alias=True, exclude_none=True, indent=2).encode()


def attachments_of(record: Record) -> dict[str, Category]:
    """Return the attachments that the facts of a component name, each with its fact's section.

    Raises ComponentError for one that facts of two sections name: it can be in one only.
    """
    found: dict[str, Category] = {}
    for field, fact in facts_of(record):
        if name := getattr(fact, "attachment", None):
            category = category_of(record.component, field, fact)
            if found.setdefault(name, category) != category:
                raise ComponentError("names an attachment of another section", field)
    return found


def load_sample_case() -> CaseFile:
    """Return the made-up case that is shipped; see schemas/samples."""
    return CaseFile.from_bytes(sample_case_bytes())


def sample_case_bytes() -> bytes:
    """Return the shipped sample case as the JSON text it is written in."""
    return files("schemas.samples").joinpath("case.json").read_bytes()
