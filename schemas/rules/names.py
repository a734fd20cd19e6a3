"""Names where a code number belongs (R101): the identity's own words found in free text.

Looks for the names of the person and of her contacts, for their numbers and addresses, in every
free text outside the components `identity` and `consent`. Marks and case don't count; a longer name
that begins with a capital counts with other endings, too, since many languages bend names. Names of
two letters are not looked for, nor other transliterations than those recorded. Warns only, for a
name can also be a word; no finding repeats what was found.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from schemas.case_file import CaseComponents
from schemas.components.base import Record
from schemas.components.identity import IdentityRecord, Name
from schemas.rules.findings import Finding, finding
from schemas.rules.leaves import free_texts

_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u06d6-\u06ed]")
"""Accents, and the points of Hebrew and Arabic; the signs of Indic scripts are letters."""
_LETTERS = str.maketrans({"đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ı": "i"})
"""Letters that don't come apart into a base and a mark."""
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
"""Scripts written without spaces: there a name stands inside a run of letters."""
_LETTER = "\\w\u0900-\u0dff"
_WORD = re.compile(f"[{_LETTER}]+")
_VOWELS = "aeiouyаеёиоуыэюяіє"
_BENDABLE = 5
_LONG = 7
_NUMBER = 6


class Wanted(NamedTuple):
    """What to look for: in the text without marks, in the same without case, in it squeezed."""

    written: re.Pattern[str] | None
    folded: re.Pattern[str] | None
    squeezed: re.Pattern[str] | None

    def is_in(self, forms: tuple[str, str, str]) -> bool:
        """Say whether any of it stands in a text, given in these three forms."""
        return any(
            pattern.search(form) for pattern, form in zip(self, forms, strict=True) if pattern
        )


def check_names(case: CaseComponents) -> Iterator[Finding]:
    """Find free texts that hold a name or a number of the identity component."""
    if case.identity is None:
        return
    wanted = _wanted(case.identity)
    for record in _records(case):
        for path, text in free_texts(record):
            forms = _forms(text)
            for key, sought in wanted.items():
                if sought.is_in(forms):
                    yield finding(key, path)


def _records(case: CaseComponents) -> list[Record]:
    found = (
        case.administrative,
        case.health,
        case.discharge_summary,
        case.referral,
        case.interventions,
    )
    return [record for record in found if record is not None]


def _wanted(identity: IdentityRecord) -> dict[str, Wanted]:
    person, whereabouts = identity.person, identity.whereabouts
    numbers = [number.number for number in person.numbers] if person else []
    numbers += whereabouts.phones if whereabouts else []
    numbers += [address.text for address in whereabouts.addresses] if whereabouts else []
    for contact in identity.contacts:
        numbers += [*contact.phones, *(address.text for address in contact.addresses)]
    contacts = [name for contact in identity.contacts for name in contact.names]
    return {
        "name.person": _of_names(person.names if person else []),
        "name.contact": _of_names(contacts),
        "name.number": Wanted(None, None, _any({_squeeze(number) for number in numbers}, _NUMBER)),
    }


def _of_names(names: Iterable[Name]) -> Wanted:
    words = {
        word.casefold()
        for name in names
        for part in (name.family, *name.given, name.text)
        for word in _WORD.findall(without_marks(part or ""))
    }
    run = {word for word in words if re.search(f"[{_UNSPACED}]", word)}
    spaced = words - run
    written = [form for word in spaced for form in _written_forms(word)]
    whole = [_alone(re.escape(word)) for word in spaced if len(word) > 3]
    return Wanted(
        _either(written),
        _either([*whole, *(re.escape(word) for word in run if len(word) > 1)]),
        None,
    )


def _written_forms(word: str) -> list[str]:
    """Return patterns of a name as it is written: three letters exactly, five and more bent."""
    if len(word) == 3:
        return [_alone(re.escape(form)) for form in (word.capitalize(), word.upper())]
    if len(word) < _BENDABLE:
        return []
    stem = word[:-1] if word[-1] in _VOWELS else word
    ending = 3 if len(word) >= _LONG else 2
    forms = (stem.capitalize(), stem.upper())
    return [_alone(re.escape(form) + f"[{_LETTER}]{{0,{ending}}}") for form in forms]


def _alone(pattern: str) -> str:
    return f"(?<![{_LETTER}]){pattern}(?![{_LETTER}])"


def _either(patterns: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(sorted(patterns))) if patterns else None


def _any(words: set[str], least: int) -> re.Pattern[str] | None:
    return _either([re.escape(word) for word in words if len(word) >= least])


def without_marks(text: str) -> str:
    """Return a text without accents and points, letters decomposed."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).translate(_LETTERS)


def _forms(text: str) -> tuple[str, str, str]:
    plain = without_marks(text)
    folded = plain.casefold()
    return plain, folded, "".join(_WORD.findall(folded))


def _squeeze(text: str) -> str:
    """Return only letters and digits, without marks and case: `FM 613902` is `fm613902`."""
    return _forms(text)[2]
