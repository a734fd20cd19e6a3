"""Components to FHIR sections and back. PROTOCOL section 4."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.components.records import RECORDS
from schemas.fhir.labels import labels_of
from schemas.fhir.sections import from_sections, to_sections
from tests.support.records import records

CODE = "K7Q2-9MXD-41TB"
RECORD = "AAAAAAAAAAAAAAAAAAAAAA"
SLOW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.parametrize("component", RECORDS)
@SLOW
@given(data=st.data())
def test_nothing_is_lost_between_component_and_sections(component, data):
    record = data.draw(records(component))
    sections = to_sections(record, code_number=CODE, record_id=RECORD)
    assert from_sections(component, sections) == record
    for category, bundle in sections.items():
        assert labels_of(bundle) == (component, category)
