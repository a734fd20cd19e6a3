"""Components to FHIR sections and back, whatever they hold. PROTOCOL section 4."""

import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.case_file import load_sample_case
from schemas.components.assignment import category_of
from schemas.components.base import facts_of
from schemas.components.records import RECORDS
from schemas.errors import ComponentError
from schemas.fhir.labels import labels_of
from schemas.fhir.sections import from_sections, to_sections
from tests.support.records import records

CODE = "K7Q2-9MXD-41TB"
RECORD = "AAAAAAAAAAAAAAAAAAAAAA"
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
JUNK = st.sampled_from([None, True, 0, -1.5, "", "x", [], {}, ["x"], {"x": 1}])


@pytest.mark.parametrize("component", RECORDS)
@settings(suppress_health_check=SLOW)
@given(data=st.data())
def test_nothing_is_lost_between_component_and_sections(component, data):
    record = data.draw(records(component))
    sections = to_sections(record, code_number=CODE, record_id=RECORD)
    assert from_sections(component, sections) == record
    for category, bundle in sections.items():
        assert labels_of(bundle) == (component, category)


@pytest.mark.parametrize("component", RECORDS)
@settings(max_examples=25, suppress_health_check=SLOW)
@given(data=st.data())
def test_any_of_its_sections_can_be_read_without_the_others(component, data):
    record = data.draw(records(component))
    sections = to_sections(record, code_number=CODE, record_id=RECORD)
    for category, bundle in sections.items():
        part = from_sections(component, {category: bundle})
        assert all(category_of(component, *placed) == category for placed in facts_of(part))
        assert to_sections(part, code_number=CODE, record_id=RECORD) == {category: bundle}


def _places(node, path=()):
    """Yield the path of every element below a node."""
    children = node.items() if isinstance(node, dict) else enumerate(node)
    for key, child in children:
        yield (*path, key)
        if isinstance(child, dict | list):
            yield from _places(child, (*path, key))


def _put(node, path, junk):
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = junk


SECTIONS = [
    (record.component, category, bundle)
    for record in load_sample_case().records()
    for category, bundle in to_sections(record, code_number=CODE, record_id=RECORD).items()
]


@settings(max_examples=300)
@given(section=st.sampled_from(SECTIONS), junk=JUNK, data=st.data())
def test_a_damaged_section_is_read_or_refused_and_nothing_else(section, junk, data):
    component, category, bundle = section
    parsed = json.loads(bundle)
    _put(parsed, data.draw(st.sampled_from(list(_places(parsed)))), junk)
    with suppress(ComponentError):
        from_sections(component, {category: json.dumps(parsed).encode()})
