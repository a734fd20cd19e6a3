"""Which section a fact belongs to. PROTOCOL section 4."""

import pytest

from schemas.components.assignment import ASSIGNMENTS, assignment_of, category_of
from schemas.components.codes import CODE_ROWS, category_of_code
from schemas.components.records import RECORDS, fact_model, parse_record
from schemas.errors import ComponentError
from schemas.sensitivity import CATEGORIES, COMPONENTS, strictest

KINDS = [
    (component, field, kind, category)
    for component, rows in ASSIGNMENTS.items()
    for field, row in rows.items()
    for kind, category in row.kinds.items()
]


def _fact(component, field, **data):
    return getattr(parse_record(component, {field: [data]}), field)[0]


def test_every_field_of_every_component_has_exactly_one_row():
    assert set(RECORDS) == set(ASSIGNMENTS) == set(COMPONENTS)
    for component, model in RECORDS.items():
        assert set(ASSIGNMENTS[component]) == set(model.model_fields)


@pytest.mark.parametrize(
    ("component", "field", "category"),
    [
        ("identity", "person", "identity"),
        ("identity", "whereabouts", "location"),
        ("identity", "contacts", "identity"),
        ("administrative", "profile", "general"),
        ("administrative", "legal_status", "legal-status"),
        ("administrative", "origin", "legal-status"),
        ("administrative", "family_members", "family"),
        ("administrative", "safe_contact", "location"),
        ("administrative", "identification", "trafficking"),
        ("health", "legal_papers", "legal-liaison"),
        ("health", "screenings", "infectious"),
        ("health", "pregnancy", "reproductive"),
        ("health", "exploitation", "trafficking"),
        ("health", "crisis_substances", "substance-use"),
        ("health", "crisis_family", "violence"),
        ("health", "observation", "mental-health"),
        ("discharge-summary", "contacts", "location"),
        ("consent", "consent", "identity"),
    ],
)
def test_what_the_booklet_keeps_apart_is_a_section_of_its_own(component, field, category):
    assert assignment_of(component, field).category == category


@pytest.mark.parametrize(("component", "field", "kind", "category"), KINDS)
def test_every_kind_in_the_table_exists_and_only_tightens(component, field, kind, category):
    row = assignment_of(component, field)
    assert kind in fact_model(component, field).model_fields[row.kind].annotation.__args__
    assert strictest([category, row.category]) == category


def test_a_field_without_a_row_is_refused():
    with pytest.raises(ComponentError, match=r"health\.horoscope"):
        category_of("health", "horoscope", None)


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ({"system": "icd-10", "code": "F43.1"}, "mental-health"),
        ({"system": "icd-10", "code": "B18.1"}, "infectious"),
        ({"system": "icd-10", "code": "T74.2"}, "violence"),
        ({"system": "icd-10", "code": "F10.2"}, "substance-use"),
        ({"system": "icd-10", "code": "Z33"}, "reproductive"),
        ({"system": "icd-10-cm", "code": "Z62.813"}, "trafficking"),
        ({"system": "icd-10-cm", "code": "T74.51XA"}, "trafficking"),
        ({"system": "snomed", "code": "734998001"}, "trafficking"),
        ({"system": "icd-10", "code": "J06.9"}, "general"),
        ({"text": "cough"}, "general"),
    ],
)
def test_a_problem_goes_where_its_code_says(code, category):
    assert category_of("health", "problems", _fact("health", "problems", code=code)) == category


def test_a_code_anywhere_in_a_fact_counts():
    coded = {"test": {"text": "test"}, "finding": {"system": "snomed", "code": "86406008"}}
    assert (
        category_of("health", "lab_results", _fact("health", "lab_results", **coded))
        == "infectious"
    )


def test_of_several_sensitivities_the_strictest_wins_whatever_their_order():
    pair = ["family", "violence"]
    for stated in (pair, pair[::-1]):
        fact = _fact("health", "problems", code={"text": "x"}, sensitivities=stated)
        assert category_of("health", "problems", fact) == "violence"


def test_an_author_can_tighten_and_never_loosen():
    note = {"text": "x", "on": "2026-02-01", "by": "CW-01"}
    tightened = _fact("health", "notes", **note, sensitivities=["trafficking"])
    assert category_of("health", "notes", tightened) == "trafficking"
    loosened = _fact("health", "notes", **note, kind="counselling", sensitivities=["general"])
    assert category_of("health", "notes", loosened) == "mental-health"


def test_the_longest_known_beginning_of_a_code_counts_and_strangers_have_none():
    assert category_of_code("icd-10", "Z61.5") == "violence"
    assert category_of_code("icd-10", "Z61.1") == "family"
    assert category_of_code("atc", "N07BB04") == "substance-use"
    assert category_of_code("atc", "N02BE01") == "general"
    assert category_of_code("snomed", "999999999") is None
    assert category_of_code("loinc", "85354-9") == "general"
    assert category_of_code("snomed", "473") is None


def test_every_category_that_codes_can_mean_has_codes():
    beyond_codes = {"identity", "location", "legal-liaison"}
    assert {row.category for row in CODE_ROWS} == set(CATEGORIES) - beyond_codes
