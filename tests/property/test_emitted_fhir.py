"""Whatever a component holds, its sections are FHIR R4 to every judge, labelled and self-contained.

PROTOCOL section 4. The judges and what each of them alone would let pass: test_referees.
"""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.components.records import RECORDS
from schemas.fhir.sections import to_sections
from schemas.sensitivity import Component
from tests.support.profiles import ds4p_faults, section_faults
from tests.support.records import records
from tests.support.validity import assert_valid_r4

CODE_NUMBER = "K7Q2-9MXD-41TB"
RECORD_ID = "A" * 22


@pytest.mark.parametrize("component", RECORDS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_sections_are_valid_r4_and_conform_to_ds4p(
    component: Component, data: st.DataObject
) -> None:
    record = data.draw(records(component))
    for section in to_sections(record, code_number=CODE_NUMBER, record_id=RECORD_ID).values():
        assert_valid_r4(section)
        assert ds4p_faults(json.loads(section)) == []
        assert section_faults(json.loads(section)) == []
