"""Whatever a component holds, its sections are FHIR R4 to every judge, and keep to the profiles.

PROTOCOL section 4. The judges and what each of them alone would let pass: test_referees.
"""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from schemas.components.base import Record
from schemas.components.records import RECORDS, parse_record
from schemas.errors import ComponentError
from schemas.fhir.sections import to_sections
from schemas.sensitivity import Component
from tests.support.profiles import emitted_faults
from tests.support.records import records, value_of
from tests.support.validity import assert_valid_r4

CODE_NUMBER = "K7Q2-9MXD-41TB"
RECORD_ID = "A" * 22
FIELDS = [
    (component, field) for component, model in RECORDS.items() for field in model.model_fields
]
CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def _assert_conforms(record: Record) -> None:
    for section in to_sections(record, code_number=CODE_NUMBER, record_id=RECORD_ID).values():
        assert_valid_r4(section)
        assert emitted_faults(json.loads(section)) == []


def _values(component: Component, field: str) -> st.SearchStrategy[Any]:
    info = RECORDS[component].model_fields[field]
    return value_of(info.annotation, list(info.metadata))


@pytest.mark.parametrize(("component", "field"), FIELDS)
@settings(max_examples=10, suppress_health_check=CHECKS)
@given(data=st.data())
def test_every_fact_becomes_conforming_r4(
    component: Component, field: str, data: st.DataObject
) -> None:
    try:
        record = parse_record(component, {field: data.draw(_values(component, field))})
    except ComponentError:
        reject()
    _assert_conforms(record)


@pytest.mark.parametrize("component", RECORDS)
@settings(max_examples=25, suppress_health_check=CHECKS)
@given(data=st.data())
def test_facts_together_become_conforming_r4(component: Component, data: st.DataObject) -> None:
    _assert_conforms(data.draw(records(component)))
