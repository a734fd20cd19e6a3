"""Values that records are made of."""

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.components.values import (
    Coded,
    Day,
    Language,
    Line,
    Moment,
    PartialDate,
    Text,
    Time,
    is_after,
    tidy_text,
)


def _accepts(kind, value):
    return TypeAdapter(kind).validate_python(value)


def test_texts_keep_their_script_and_lines_and_lose_odd_spaces():
    assert _accepts(Text, " Олена\r\nțâșnit\u00a0\u2028漢字 ") == "Олена\nțâșnit  漢字"
    assert _accepts(Line, "one\n two\t three") == "one two three"


@pytest.mark.parametrize(
    "text", ["", " \n\u00a0", "a\x00b", "a\x1bb", "a\ud800b", "a\ufffe", "a\U0010ffff"]
)
def test_texts_that_fhir_or_xml_cannot_carry_are_refused(text):
    with pytest.raises(ValidationError):
        _accepts(Text, text)


def test_tidying_twice_changes_nothing():
    once = tidy_text(" a\r\rb\u3000c ")
    assert tidy_text(once) == once


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Day, "2026-02-30"),
        (Day, "2026-2-3"),
        (Day, "1026-02-03"),
        (PartialDate, "2026-13"),
        (PartialDate, "26"),
        (Moment, "2026-02-03T10:00:00"),
        (Moment, "2026-02-03T10:00Z"),
        (Moment, "2026-02-03T25:00:00Z"),
        (Moment, "2026-02-03T10:00:00.5Z"),
        (Time, "2026-02-03T"),
        (Time, "soon"),
        (Language, "Romanian"),
        (Language, "RO"),
    ],
)
def test_what_is_no_date_or_language_is_refused(kind, value):
    with pytest.raises(ValidationError):
        _accepts(kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Day, "2026-02-28"),
        (PartialDate, "1998"),
        (PartialDate, "1998-07"),
        (Moment, "2026-02-03T10:00:00+02:00"),
        (Time, "1998-07-21"),
        (Time, "2026-02-03T10:00:00Z"),
        (Language, "uk-Cyrl"),
        (Language, "pt-BR"),
    ],
)
def test_dates_and_languages_stay_as_written(kind, value):
    assert _accepts(kind, value) == value


@pytest.mark.parametrize(
    ("first", "second", "after"),
    [
        ("2026-03", "2026-02-28", True),
        ("2026-02-28", "2026", False),
        ("2026-02-03T01:00:00+02:00", "2026-02-03T00:30:00Z", False),
        ("2026-02-03T01:00:00Z", "2026-02-03T00:30:00Z", True),
        ("2026-02-03T23:00:00Z", "2026-02-03", False),
    ],
)
def test_a_time_is_after_another_only_if_that_is_sure(first, second, after):
    assert is_after(first, second) is after


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"system": "icd-10"},
        {"code": "F43.1"},
        {"system": "icd-10", "code": "PTSD"},
        {"system": "icd-11", "code": "6B40"},
        {"system": "atc", "code": "n05"},
        {"system": "icd-10", "code": "F43.1", "display": "x"},
    ],
)
def test_half_a_code_or_a_wrong_one_is_refused(data):
    with pytest.raises(ValidationError):
        Coded.model_validate(data)
