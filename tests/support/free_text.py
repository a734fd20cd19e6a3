"""Replaces every text of a case that a person wrote: names, notes, addresses, numbers on papers.

What is free text is read off the models (`Text` and `Line`), so a new field is covered when it is
in a model. Codes, dates and code numbers stay as they are.
"""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, get_args, get_origin

from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo

from schemas.case_file import CaseFile
from schemas.components.values import tidy_line, tidy_text

Replace = Callable[[str, str], str]
"""(path of the text, text) -> the text to put there."""

_FREE = frozenset({tidy_line, tidy_text})


def _validators(annotation: Any) -> Iterator[Any]:
    if isinstance(annotation, AfterValidator):
        yield annotation.func
    elif isinstance(annotation, FieldInfo):
        for part in annotation.metadata:
            yield from _validators(part)
    elif get_origin(annotation) is Annotated or get_args(annotation):
        for part in get_args(annotation):
            yield from _validators(part)


def is_free_text(field: FieldInfo) -> bool:
    """Say whether a field holds text that a person wrote, or a list of such texts."""
    found = {
        *_validators(field.annotation),
        *(f for part in field.metadata for f in _validators(part)),
    }
    return bool(found & _FREE)


def _replaced(value: Any, path: str, replace: Replace, free: bool) -> Any:
    if isinstance(value, BaseModel):
        return {
            field.alias or name: _replaced(
                getattr(value, name), f"{path}.{name}", replace, is_free_text(field)
            )
            for name, field in type(value).model_fields.items()
        }
    if isinstance(value, list):
        return [
            _replaced(part, f"{path}.{index}", replace, free) for index, part in enumerate(value)
        ]
    return replace(path, value) if free and isinstance(value, str) else value


def with_texts(case: CaseFile, replace: Replace) -> CaseFile:
    """Return the case with `replace` of every free text in it. The result is validated."""
    return CaseFile.model_validate(_replaced(case, "case", replace, free=False))


def texts_of(case: CaseFile) -> dict[str, str]:
    """Return every free text of a case by its path."""
    found: dict[str, str] = {}

    def note(path: str, text: str) -> str:
        found[path] = text
        return text

    with_texts(case, note)
    return found
