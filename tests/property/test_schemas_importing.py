"""Whatever is wrong with a foreign bundle, it is imported or refused. PROTOCOL section 4."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.errors import ComponentError
from schemas.fhir.importing import import_bundle
from schemas.fhir.sections import from_sections, to_sections

BUNDLES = [
    path.read_bytes()
    for path in sorted((Path(__file__).parents[1] / "data" / "ips").glob("*.json"))
]
JUNK = st.one_of(
    st.sampled_from([None, True, 0, "", [], {}, [None], {"x": 1}, "\u0000", "\ud800", "2026-99"]),
    st.text(max_size=20),
)


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


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(bundle=st.sampled_from(BUNDLES), junk=JUNK, data=st.data())
def test_a_damaged_bundle_is_imported_or_refused_and_nothing_else(bundle, junk, data):
    parsed = json.loads(bundle)
    _put(parsed, data.draw(st.sampled_from(list(_places(parsed)))), junk)
    received = json.dumps(parsed).encode("utf-8", "surrogatepass")
    try:
        case = import_bundle(received).as_case("K7Q2-9MXD-41TB")
    except ComponentError:
        return
    for record in case.records():
        sections = to_sections(record, code_number=case.code_number, record_id="A" * 22)
        assert from_sections(record.component, sections) == record


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_refused(data):
    with pytest.raises(ComponentError, match="Bundle"):
        import_bundle(data)
