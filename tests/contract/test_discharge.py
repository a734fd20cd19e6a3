"""Discharge summaries against what a discharge report must have."""

import json

import pytest

from schemas.case_file import load_sample_case
from schemas.fhir.sections import to_sections
from tests.support.discharge import OPTIONAL, REQUIRED, discharge_faults

CODES = {name: code for name, (code, _) in REQUIRED.items()}


@pytest.fixture(scope="module")
def summary():
    return load_sample_case().components.discharge_summary


def _sections(summary, **changes):
    changed = summary.model_copy(update=changes)
    cut = to_sections(changed, code_number="K7Q2-9MXD-41TB", record_id="A" * 22)
    return list(cut.values())


def test_the_summary_of_the_sample_case_has_everything(summary):
    assert discharge_faults(_sections(summary)) == []


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("reason_for_admission", "reason for admission"),
        ("course_of_stay", "course of stay"),
        ("assessment_on_admission", "assessment on admission"),
        ("mental_status", "mental status"),
        ("self_care", "self-care"),
        ("instructions", "instructions"),
        ("disposition", "disposition"),
    ],
)
def test_a_part_that_is_missing_is_missed(summary, field, name):
    faults = discharge_faults(_sections(summary, **{field: None}))
    assert faults == [f"lacks {name} ({CODES[name]})"]


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("alerts", "alerts"),
        ("diagnoses", "diagnoses"),
        ("open_problems", "open problems"),
        ("allergies", "allergies"),
        ("medications", "medicines at discharge"),
        ("copies", "papers handed over"),
    ],
)
def test_a_list_that_is_missing_is_missed(summary, field, name):
    faults = discharge_faults(_sections(summary, **{field: []}))
    assert faults == [f"lacks {name} ({CODES[name]})"]


@pytest.mark.parametrize("field", ["immunizations", "procedures"])
def test_what_may_be_missing_is_not_missed(summary, field):
    assert field in OPTIONAL
    assert discharge_faults(_sections(summary, **{field: []})) == []


def test_somebody_compiles_it_and_somebody_else_attests(summary):
    alone = summary.document.model_copy(update={"attested_by": None, "attested_on": None})
    assert discharge_faults(_sections(summary, document=alone)) == [
        "is attested by no health professional"
    ]
    same = summary.document.model_copy(update={"attested_by": summary.document.compiled_by})
    assert discharge_faults(_sections(summary, document=same)) == [
        "is attested by whoever compiled it"
    ]
    assert discharge_faults(_sections(summary, document=None)) == ["has 0 heads of type 18842-5"]


def test_comprehension_and_a_bilingual_contact_are_asked_for(summary):
    assert discharge_faults(_sections(summary, comprehension=None)) == [
        "does not say who understood it, in which language and how well"
    ]
    assert discharge_faults(_sections(summary, contacts=[])) == ["has no contact in two languages"]


def test_an_entry_of_another_kind_is_seen(summary):
    sections = [json.loads(data) for data in _sections(summary)]
    for bundle in sections:
        for entry in bundle["entry"]:
            if entry["resource"]["resourceType"] == "AllergyIntolerance":
                entry["resource"]["resourceType"] = "Basic"
    assert discharge_faults(json.dumps(one).encode() for one in sections) == [
        "allergies has an entry of another kind"
    ]
