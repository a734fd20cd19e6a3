"""A case in which every free text, name and code that a person chose is a canary.

It is the sample case with what it leaves out filled in. What must be filled in is read off the
models: `left_out` names the fields that no canary reached, so a new one can't be forgotten.
"""

import base64
import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from schemas.case_file import CaseFile, load_sample_case
from schemas.components.consent import ConsentForm
from tests.support.canary import Marks
from tests.support.free_text import is_free_text, with_texts

Field = tuple[type[BaseModel], str]

MORE: dict[str, dict[str, list[dict[str, Any]] | dict[str, Any]]] = {
    "administrative": {"guardians": [{"kind": "parent", "conflict_of_interest": True}]},
    "health": {
        "letters": [{"on": "2026-03-01", "subject": "x", "sender": "x"}],
        "lab_results": [{"test": {"text": "x"}, "text": "x"}],
    },
    "referral": {
        "back_reports": [{"on": "2026-03-01", "arrived": "yes"}],
        "caregiver": {"relation": "mother"},
    },
}
"""Facts that the sample has none of. Their other texts are filled in."""
EITHER_OR = frozenset({"Letter.sender", "Letter.recipient", "LabResult.text"})
"""Fields that a fact has instead of others: they are not filled in."""
ATTACHED = 1_500_000
"""Bytes of the attachment that is nothing but canaries."""


class CanaryCase:
    """The case, and which number each of its canaries has."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._numbers: dict[str, int] = {}
        filled = CaseFile.model_validate(_filled(load_sample_case()))
        named = with_texts(filled, lambda path, _text: self.text(path))
        plain = CaseFile.from_bytes(self._with_codes(named.to_bytes().decode()).encode())
        self.case: dict[str, Any] = plain.model_dump(mode="json", by_alias=True, exclude_none=True)
        self.covered = _covered(plain) | {(ConsentForm, "note")}
        self._attach()

    @property
    def code_number(self) -> str:
        """The beneficiary's code number."""
        return str(self.case["code_number"])

    def text(self, path: str) -> str:
        """Return the canary for a place; the same place has the same one."""
        return self._marks.text(self._number(path))

    def _number(self, path: str) -> int:
        return self._numbers.setdefault(path, len(self._numbers))

    def path_of(self, excerpt: bytes) -> str:
        """Return where a canary stood, as far as its number can be read in what was found."""
        text = excerpt.decode("utf-8", errors="replace")
        found = re.search(f"(?:{'|'.join(self._marks.all)})(\\d{{4}})", text)
        numbers = {number: path for path, number in self._numbers.items()}
        return numbers.get(int(found[1]), "unknown") if found else "unknown"

    def _with_codes(self, text: str) -> str:
        """Give code number, caseworkers and attachments canaries for names."""
        case = load_sample_case()
        names = {one.name for one in case.attachments}
        codes = {case.code_number, *re.findall(r'"(CW-\d+)"', text)}
        for old in sorted(names | codes):
            make = self._marks.file_name if old in names else self._marks.code
            text = text.replace(f'"{old}"', f'"{make(self._number(old))}"')
        return text

    def _attach(self) -> None:
        """Let one attachment hold canaries; another stays the picture of a few megabytes."""
        for attachment in self.case["attachments"]:
            if "base64" in attachment:
                text = self.text("attachment").encode() + b"\n"
                content = text * (ATTACHED // len(text))
                attachment["base64"] = base64.b64encode(content).decode()


def left_out(covered: set[Field]) -> list[str]:
    """Return the fields of free text, of all models of a case, that are not covered."""
    return sorted(
        f"{model.__name__}.{name}"
        for model in _models(CaseFile)
        for name, field in model.model_fields.items()
        if is_free_text(field) and (model, name) not in covered
    )


def _models(model: type[BaseModel], known: set[type[BaseModel]] | None = None) -> set[Any]:
    known = set() if known is None else known
    if model not in known:
        known.add(model)
        for field in model.model_fields.values():
            for inner in _models_in(field.annotation):
                _models(inner, known)
    return known


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _filled(case: CaseFile) -> dict[str, Any]:
    plain = case.model_dump(mode="json", by_alias=True, exclude_none=True)
    for component, facts in MORE.items():
        for field, more in facts.items():
            if isinstance(more, dict):
                plain["components"][component][field] = more
            else:
                plain["components"][component].setdefault(field, []).extend(more)
    return _fill(CaseFile.model_validate(plain))


def _fill(value: Any) -> Any:
    """Return a value as plain JSON, with a text in every empty field of free text."""
    if isinstance(value, list):
        return [_fill(part) for part in value]
    if not isinstance(value, BaseModel):
        return value
    plain = {}
    for name, field in type(value).model_fields.items():
        content = getattr(value, name)
        empty = content in (None, []) and f"{type(value).__name__}.{name}" not in EITHER_OR
        if empty and is_free_text(field):
            content = "x" if content is None else ["x"]
        if content is not None:
            plain[field.alias or name] = _fill(content)
    return plain


def _covered(value: Any) -> set[Field]:
    if isinstance(value, list):
        return {one for part in value for one in _covered(part)}
    if not isinstance(value, BaseModel):
        return set()
    found: set[Field] = set()
    for name, field in type(value).model_fields.items():
        content = getattr(value, name)
        if is_free_text(field) and content not in (None, []):
            found.add((type(value), name))
        found |= _covered(content)
    return found
