"""What is shown before acceptance, and what must never be."""

import pytest

from schemas.case_file import load_sample_case
from schemas.components.preview import band_of, preview_of
from schemas.components.records import parse_record
from schemas.components.referral import Preview
from tests.support.free_text import texts_of

ON = "2026-03-02"
REQUEST = {
    "on": ON,
    "kind": "change-of-location",
    "priority": "urgent",
    "reason": "Return at her own wish",
    "services": ["safe-house", "health"],
    "made_by": "CW-01",
}


def _preview(**record):
    request = parse_record("referral", {"request": REQUEST}).request
    return preview_of(parse_record("administrative", record), request, "mid-term")


def test_the_sample_case_shows_what_the_sample_says():
    case = load_sample_case()
    referral = case.components.referral
    made = preview_of(case.components.administrative, referral.request, "mid-term")
    assert made == referral.preview


def test_nothing_that_a_person_wrote_is_shown():
    case = load_sample_case()
    shown = preview_of(
        case.components.administrative, case.components.referral.request, "mid-term"
    ).model_dump_json()
    assert case.code_number not in shown
    written = [text for text in texts_of(case).values() if len(text) > 12]
    assert len(written) > 100
    assert not [text for text in written if text in shown]


def test_a_preview_has_no_field_for_a_name_a_country_or_an_illness():
    assert set(Preview.model_fields) == {
        "sensitivities",
        "unit",
        "services",
        "priority",
        "language",
        "interpreter_needed",
        "age_band",
        "gender",
        "with_child",
    }


@pytest.mark.parametrize(
    ("years", "band"),
    [
        (0, "0-5"),
        (5, "0-5"),
        (6, "6-11"),
        (14, "12-14"),
        (17, "15-17"),
        (18, "18-24"),
        (39, "25-39"),
        (40, "40-59"),
        (60, "60-and-over"),
        (120, "60-and-over"),
    ],
)
def test_an_age_falls_into_one_band(years, band):
    assert band_of(years) == band
    assert _preview(age={"years": years}).age_band == band


def test_a_band_that_was_said_counts_before_an_age():
    assert _preview(age={"years": 30}, age_band="18-24").age_band == "18-24"
    assert _preview().age_band == "unknown"


def test_languages_are_said_without_script_and_region():
    languages = [{"language": "ro"}, {"language": "pt-BR", "preferred": True}]
    profile = {"gender": "female", "languages": languages, "interpreter_needed": True}
    shown = _preview(profile=profile)
    assert (shown.language, shown.interpreter_needed, shown.gender) == ("pt", True, "female")
    assert _preview(profile={"gender": "male"}).language is None
    assert _preview(profile={"gender": "male", "languages": languages[:1]}).language == "ro"


def test_a_child_that_comes_along_is_told_without_its_code_number():
    child = {"relation": "child", "code_number": "K7Q2-9MXD-42TB"}
    shown = _preview(linked_persons=[child])
    assert shown.with_child is True
    assert "K7Q2" not in shown.model_dump_json()
    assert _preview(linked_persons=[child | {"relation": "mother"}]).with_child is False
