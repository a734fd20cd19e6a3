"""The values that record fields are made of: texts, dates, codes.

Every value is JSON-plain (strings, numbers, booleans), so that a component reads the same from a
file, from the node's API and from FHIR. Texts are tidied on the way in (line ends, odd spaces), so
that what FHIR and XHTML can't carry never enters a record. PROTOCOL section 4.
"""

import re
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from schemas.components.check_digits import is_loinc, is_snomed
from schemas.components.icd10 import code_exists

_ODD_SPACE = re.compile(r"[^\S\n\t]|\ufeff")
_UNWRITABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff"
    + "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(17))
    + "]"
)
"""Control characters, lone surrogates and what is no character: not to be had in XML or FHIR."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")


class FieldError(ValueError):
    """What is wrong with one field of a model, found only when looking at several."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


def tidy_text(text: str) -> str:
    """Return `text` with line ends as newlines, other white space as spaces, ends trimmed."""
    tidied = _ODD_SPACE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not tidied:
        raise ValueError("is empty")
    if _UNWRITABLE.search(tidied):
        raise ValueError("holds a control character or something that is no character")
    return tidied


def tidy_line(text: str) -> str:
    """Return `text` on one line."""
    return " ".join(tidy_text(text).split())


def _is_day(text: str) -> str:
    if not 1900 <= date.fromisoformat(text).year <= 2199:
        raise ValueError("year out of range")
    return text


def _is_partial_date(text: str) -> str:
    _is_day((text + "-01-01")[:10])
    return text


def _is_moment(text: str) -> str:
    if not _MOMENT.fullmatch(text):
        raise ValueError("needs seconds and a time zone")
    if not 1900 <= datetime.fromisoformat(text).year <= 2199:
        raise ValueError("year out of range")
    return text


def _is_time(text: str) -> str:
    return _is_moment(text) if "T" in text else _is_partial_date(text)


def is_after(first: str, second: str) -> bool:
    """Say whether one `Time` surely lies after another; unequal precision leaves it open."""
    if "T" in first and "T" in second:
        return datetime.fromisoformat(first) > datetime.fromisoformat(second)
    length = min(len(first), len(second), len("2026-03-09"))
    return first[:length] > second[:length]


Text = Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(tidy_text)]
"""Free text in any language and script, several lines allowed."""

Line = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(tidy_line)]
"""Short free text on one line."""

Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$"), AfterValidator(_is_day)]
"""A calendar day, `2026-03-09`."""

PartialDate = Annotated[
    str, StringConstraints(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$"), AfterValidator(_is_partial_date)
]
"""A year, a month or a day: `1998`, `1998-07`, `1998-07-21`."""

Moment = Annotated[str, StringConstraints(max_length=25), AfterValidator(_is_moment)]
"""A second with its time zone, `2026-03-09T14:30:00+02:00`."""

Time = Annotated[str, StringConstraints(pattern=r"^\d{4}[-0-9T:Z+]*$"), AfterValidator(_is_time)]
"""A `PartialDate` or a `Moment`."""

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$")]
"""BCP-47: language, script if it matters, region if it matters: `ro`, `uk`, `sr-Latn`, `pt-BR`."""

CaseworkerCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{1,30}[A-Z0-9]$")]
"""A caseworker's code inside the facility. Never a name."""

AttachmentName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}[a-z0-9]$")]
"""What a fact calls an attachment of its case: a file name without meaning, `scan-1.png`."""

ContentType = Annotated[str, StringConstraints(pattern=r"^[a-z]{1,20}/[a-z0-9][a-z0-9.+-]{0,80}$")]
"""Media type without parameters: `image/png`."""

Amount = Annotated[float, Field(ge=-1e9, le=1e9), AfterValidator(lambda value: round(value, 6))]
"""A measured number, kept to six decimals."""

Count = Annotated[int, Field(ge=0, le=1_000_000)]

CodeSystem = Literal["icd-10", "icd-10-cm", "snomed", "loinc", "atc"]
"""Published code systems a record may use; schemas.fhir.systems holds their URIs."""

CODE_SHAPES: dict[CodeSystem, str] = {
    "icd-10": r"[A-Z]\d\d(\.\d{1,2}|\.-)?",
    "icd-10-cm": r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?",
    "snomed": r"[1-9]\d{5,17}",
    "loinc": r"\d{1,7}-\d",
    "atc": r"[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?",
}


def code_fault(system: CodeSystem, code: str) -> str | None:
    """Return what is wrong with a code, as far as that can be told without its whole system."""
    if not re.fullmatch(CODE_SHAPES[system], code):
        return "has not the shape of its system"
    if system == "icd-10" and not code_exists(code):
        return "is not in WHO's ICD-10"
    if (system == "loinc" and not is_loinc(code)) or (system == "snomed" and not is_snomed(code)):
        return "has a wrong check digit"
    return None


class Coded(BaseModel):
    """Something coded in a published system, said in words, or both."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    system: CodeSystem | None = None
    code: Annotated[str, StringConstraints(max_length=20)] | None = None
    text: Line | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "Coded":
        if (self.system is None) != (self.code is None):
            raise ValueError("system and code go together")
        if self.system is None and self.text is None:
            raise ValueError("needs a code or a text")
        if self.system and (fault := code_fault(self.system, self.code or "")):
            raise FieldError("code", fault)
        return self
