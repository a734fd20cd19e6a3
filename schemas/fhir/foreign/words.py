"""Foreign strings as values of ours: texts tidied and free of names, dates at our precision.

The bundle as received keeps what is lost here.
"""

import re
from collections.abc import Iterable
from typing import Any
from unicodedata import normalize

from schemas.components.values import tidy_line, tidy_text
from schemas.fhir.codecs import Json

REMOVED = "[name removed]"
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)")
_WORD = re.compile(r"\w+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_UNTOUCHED = frozenset(
    {"system", "code", "unit", "kind", "status", "certainty", "severity", "criticality"}
)
"""Fields that hold one of a few words, which someone's name may be too."""


def line(text: Any, limit: int = 300) -> str | None:
    """Return a foreign string on one line, None if nothing is left of it."""
    try:
        return tidy_line(_CONTROL.sub(" ", str(text)))[:limit].strip()
    except ValueError:
        return None


def lines(texts: Iterable[Any], limit: int = 20_000) -> str | None:
    """Return foreign strings as one text, None if nothing is left of them."""
    joined = "\n".join(str(text) for text in texts if text)
    try:
        return tidy_text(_CONTROL.sub(" ", joined.replace("\r", "\n")))[:limit].strip()
    except ValueError:
        return None


def time(text: Any) -> str | None:
    """Return a FHIR dateTime without fractions of a second."""
    if not isinstance(text, str):
        return None
    moment = _MOMENT.fullmatch(text)
    return moment[1] + moment[2] if moment else text[:10]


def day(text: Any) -> str | None:
    """Return the date part of a FHIR dateTime, as precise as it is."""
    return text[:10] if isinstance(text, str) else None


def present(**fields: Any) -> Json:
    """Return the fields that have a value."""
    return {name: value for name, value in fields.items() if value not in (None, [], {}, "")}


def without_names(value: Any, names: frozenset[str]) -> Any:
    """Return plain JSON in which every word that is part of a known name is replaced.

    A name that is spelt otherwise than where names.py finds it is not found.
    """
    if isinstance(value, dict):
        return {
            key: part if key in _UNTOUCHED and isinstance(part, str) else without_names(part, names)
            for key, part in value.items()
        }
    if isinstance(value, list):
        return [without_names(part, names) for part in value]
    if isinstance(value, str):
        composed = normalize("NFC", value)
        return _WORD.sub(lambda word: REMOVED if word[0].casefold() in names else word[0], composed)
    return value
