"""Every component field has its row in the author table; every named caseworker is judged."""

import pytest

from schemas.components.records import RECORDS, fact_model, parse_record
from schemas.components.references import _names_caseworkers
from schemas.components.values import Coded
from schemas.errors import ComponentError
from schemas.rules.fields import ALWAYS, FIELDS, judged, subject_of, subject_of_diagnosis
from schemas.rules.instruments import INSTRUMENTS, subject_of_instrument
from schemas.rules.matrix.table import MATRIX
from schemas.rules.subjects import SUBJECTS
from schemas.sensitivity import COMPONENTS

ROWS = [
    (component, field, row) for component, rows in FIELDS.items() for field, row in rows.items()
]
NO_AUTHORS = {
    "administrative.stays": {"case_manager"},
    "administrative.confidentiality_assured": {"interpreter"},
    "discharge-summary.comprehension": {"interpreter"},
    "referral.request": {"case_manager"},
    "interventions.caseworkers": {"code"},
    "interventions.interventions": {"interpreter"},
    "interventions.handovers": {"receiver"},
    "consent.consent": {"interpreter"},
}
"""Fields that name a caseworker who did not write, find or decide anything there."""


def _model(component, field):
    try:
        return fact_model(component, field)
    except TypeError:
        return None


def test_every_field_of_every_component_has_exactly_one_row():
    assert set(FIELDS) == set(RECORDS) == set(COMPONENTS)
    for component, model in RECORDS.items():
        assert set(FIELDS[component]) == set(model.model_fields), component


def test_every_row_of_the_matrix_is_used_by_a_field():
    used = {row.subject for *_, row in ROWS}
    used |= {when.subject for *_, row in ROWS for when in row.when}
    used |= {named.subject for *_, row in ROWS for named in row.named if named.subject}
    used |= {row.enter_as for *_, row in ROWS if row.enter_as}
    used |= {"diagnosis-medical", "diagnosis-psychiatric", "diagnosis-uncoded"}
    used |= {"crisis-sheet-emergency"}
    assert used == set(SUBJECTS)


def test_every_verb_that_a_row_asks_for_is_in_the_matrix():
    for component, field, row in ROWS:
        model = _model(component, field)
        for named in row.named:
            if model and named.field in model.model_fields:
                subjects = {row.subject} | {when.subject for when in row.when}
                for subject in {named.subject} if named.subject else subjects:
                    assert named.verb in MATRIX[subject].clauses, (component, field, named)


@pytest.mark.parametrize(("component", "field", "row"), ROWS)
def test_conditions_are_on_values_that_the_field_can_have(component, field, row):
    for when in row.when:
        annotation = fact_model(component, field).model_fields[when.field].annotation
        if when.value != "*":
            assert when.value in annotation.__args__


@pytest.mark.parametrize(("component", "field", "row"), ROWS)
def test_every_caseworker_whom_a_fact_names_is_judged_or_known_to_be_none(component, field, row):
    model = _model(component, field)
    if model is None:
        return
    listed = {name for name in model.model_fields if _names_caseworkers(model, name)}
    judged_here = {named.field for named in row.named}
    assert listed - judged_here == NO_AUTHORS.get(f"{component}.{field}", set())


@pytest.mark.parametrize(("component", "field", "row"), ROWS)
def test_names_that_are_the_rows_own_exist(component, field, row):
    own = {named.field for named in row.named if named not in ALWAYS}
    assert own <= set(fact_model(component, field).model_fields if own else ())


def test_a_field_without_a_row_is_refused():
    with pytest.raises(ComponentError, match=r"health\.horoscope"):
        judged("health", "horoscope")


def test_every_instrument_that_a_record_can_name_has_its_row():
    annotation = fact_model("health", "instruments").model_fields["instrument"].annotation
    assert set(annotation.__args__) <= set(INSTRUMENTS)


def test_an_unknown_instrument_counts_as_a_psychological_test():
    assert subject_of_instrument("rorschach") == "psychological-test"
    assert subject_of_instrument("other") == "psychological-test"
    assert all(not row.licensed or row.administer_by != "trained-staff"
               for row in INSTRUMENTS.values())  # fmt: skip


@pytest.mark.parametrize(
    ("code", "subject"),
    [
        ({"system": "icd-10", "code": "F43.1"}, "diagnosis-psychiatric"),
        ({"system": "icd-10", "code": "F10.2"}, "diagnosis-psychiatric"),
        ({"system": "icd-10-cm", "code": "F43.10"}, "diagnosis-psychiatric"),
        ({"system": "icd-10", "code": "R76.1"}, "diagnosis-medical"),
        ({"system": "icd-10", "code": "Z91.4"}, "diagnosis-medical"),
        ({"system": "snomed", "code": "47505003"}, "diagnosis-psychiatric"),
        ({"system": "snomed", "code": "66214007"}, "diagnosis-psychiatric"),
        ({"system": "snomed", "code": "38341003"}, "diagnosis-medical"),
        ({"system": "snomed", "code": "999999994"}, "diagnosis-uncoded"),
        ({"system": "loinc", "code": "44261-6"}, "diagnosis-uncoded"),
        ({"text": "PTSD"}, "diagnosis-uncoded"),
    ],
)
def test_whose_diagnosis_it_is_follows_from_the_code(code, subject):
    assert subject_of_diagnosis(Coded(**code)) == subject
    assert _subject("problems", kind="diagnosis", code=code) == subject
    assert _subject("problems", kind="problem", code=code) == "problem"


def _subject(field, *, emergency=False, **data):
    holds_list = field != "crisis_summary"
    record = parse_record("health", {field: [data] if holds_list else data})
    held = getattr(record, field)
    fact = held[0] if holds_list else held
    return subject_of("health", field, fact, emergency=emergency)


def test_a_nursing_diagnosis_is_one_by_its_kind():
    assert _subject("problems", kind="nursing", code={"text": "x"}) == "diagnosis-nursing"


def test_a_prescription_that_names_an_order_is_another_subject():
    order = {"product": {"text": "x"}, "prescribed_by": "CW-02", "prescriber_role": "nurse"}
    assert _subject("prescriptions", **order) == "prescription"
    assert _subject("prescriptions", **order, on_order="14 March") == "prescription-on-order"


def test_on_the_emergency_path_only_the_crisis_sheet_is_another_subject():
    summary = {"on": "2026-03-01", "by": "CW-07", "risk_level": "high"}
    assert _subject("crisis_summary", **summary) == "crisis-sheet"
    assert _subject("crisis_summary", emergency=True, **summary) == "crisis-sheet-emergency"
    complaint = {"text": "x"}
    assert _subject("complaints", emergency=True, **complaint) == "complaint"


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("progress", "progress-note"),
        ("counselling", "counselling-note"),
        ("observation", "observation"),
    ],
)
def test_a_note_is_judged_by_its_kind(kind, subject):
    assert _subject("notes", kind=kind, text="x", on="2026-03-01", by="CW-02") == subject
