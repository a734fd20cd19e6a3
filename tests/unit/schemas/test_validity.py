"""What the run-time judges say, and what they may never say."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.fhir.validity import MAX_PROBLEMS, Problem, check_resource

GOOD = sorted((Path(__file__).parents[2] / "data" / "fhir" / "good").glob("*.json"))
SECRET = "Olena Kovalchuk"


def _places(resource: Any) -> list[str]:
    return [place for place, _ in check_resource(resource)]


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_resources_have_no_problems(path: Path) -> None:
    assert check_resource(path.read_bytes()) == []
    assert check_resource(json.loads(path.read_bytes())) == []


def test_paths_lead_to_the_element() -> None:
    entries = [
        {"resource": {"resourceType": "Patient", "gender": "f"}},
        {"resource": {"resourceType": "Patient", "name": [{"given": ["A", 1]}]}},
        {"resource": {"resourceType": "Nothing"}},
    ]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    assert check_resource(bundle) == [
        Problem("entry[0].resource.gender", "is not one of the codes that R4 allows here"),
        Problem("entry[1].resource.name[0].given[1]", "must be of JSON type string"),
        Problem("entry[2].resource.resourceType", "is not one of the codes that R4 allows here"),
    ]


def test_the_callers_path_comes_first() -> None:
    patient = {"resourceType": "Patient", "gender": "f"}
    assert check_resource(patient, "case.bundle")[0].path == "case.bundle.gender"
    assert check_resource(b"?", "case.bundle")[0].path == "case.bundle"


def test_the_models_are_asked_about_what_the_schema_accepts() -> None:
    observation = {"resourceType": "Observation", "code": {"text": "Weight"}}
    assert check_resource(observation) == [Problem("status", "lacks an element that R4 requires")]


def test_a_resource_type_of_r4_that_nobody_here_reads_is_refused() -> None:
    product = {"resourceType": "MedicinalProduct", "name": [{"productName": "A"}]}
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": product}]}
    assert check_resource(product) == [Problem("", "holds a resource type that is not read here")]
    assert check_resource(bundle) == [Problem("", "holds a resource type that is not read here")]


@pytest.mark.parametrize(
    "resource",
    [
        {SECRET: 1, "resourceType": "Patient"},
        {"resourceType": SECRET},
        {"resourceType": "Patient", "name": SECRET},
        {"resourceType": "Patient", "name": [{SECRET: SECRET}]},
        {"resourceType": "Patient", "gender": SECRET, "birthDate": SECRET, "active": SECRET},
        {"resourceType": "Patient", "text": {"status": "generated", "div": f"<p>{SECRET}</p>"}},
        {"resourceType": "Patient", "multipleBirthInteger": 1.5, "id": SECRET},
        {"resourceType": "Observation", "code": {"text": SECRET}, "valueString": SECRET},
    ],
)
def test_neither_values_nor_foreign_names_are_repeated(resource: dict[str, Any]) -> None:
    said = repr(check_resource(resource))
    assert "Problem" in said
    assert not any(word in said for word in SECRET.split())


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\xff{}", "is not JSON in UTF-8"),
        (b"\xef\xbb\xbf{}", "is not JSON in UTF-8"),
        (b"{", "is not JSON in UTF-8"),
        (b"[" * 100_000, "is not JSON in UTF-8"),
        (b"[]", "must be a JSON object"),
        (b'{"resourceType":"Patient","id":"a","id":"b"}', "an object has a member twice"),
        (b'{"resourceType":"Patient","x":NaN}', "holds a number that JSON does not have"),
        (b'{"resourceType":"Patient","x":1e999}', "holds a number that is too large"),
        (b'{"resourceType":"Patient","id":"\\ud800"}', "holds text that is not Unicode"),
    ],
)
def test_bytes_that_two_parsers_could_read_differently_are_refused(
    data: bytes, problem: str
) -> None:
    assert check_resource(data) == [Problem("", problem)]


@pytest.mark.parametrize("depth", [40, 200, 100_000])
def test_endless_nesting_is_refused_before_any_stack_ends(depth: int) -> None:
    resource: dict[str, Any] = {"resourceType": "Patient"}
    for _ in range(depth):
        resource = {"resourceType": "Patient", "contained": [resource]}
    assert [problem for _, problem in check_resource(resource)] == ["is nested too deeply"]


def test_the_number_of_answers_is_limited() -> None:
    patient = {"resourceType": "Patient", "name": [{"use": "x"}] * 10_000}
    assert len(check_resource(patient)) == MAX_PROBLEMS


def test_null_stands_only_beside_something() -> None:
    masked = {"url": "http://example.org/why", "valueCode": "masked"}
    name = {"given": ["A", None], "_given": [None, {"extension": [masked]}]}
    assert check_resource({"resourceType": "Patient", "name": [name]}) == []
    impostors: list[Any] = [[None], [None, None], [], "x", {}]
    for beside in impostors:
        lonely = {"resourceType": "Patient", "name": [{**name, "_given": beside}]}
        assert "name[0].given[1]" in _places(lonely)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def _spots(node: Any) -> list[tuple[Any, Any]]:
    """Return (container, key) of everything inside."""
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    found = [(node, key) for key in keys]
    for key in keys:
        if isinstance(node[key], dict | list):
            found += _spots(node[key])
    return found


@given(path=st.sampled_from(GOOD), value=json_values, data=st.data())
def test_whatever_is_in_a_resource_there_is_an_answer(
    path: Path, value: Any, data: st.DataObject
) -> None:
    resource = copy.deepcopy(json.loads(path.read_bytes()))
    container, key = data.draw(st.sampled_from(_spots(resource)))
    container[key] = value
    assert all(isinstance(one, Problem) and one.problem for one in check_resource(resource))


@given(st.dictionaries(st.text(max_size=8), json_values) | st.binary())
def test_whatever_comes_there_is_an_answer(value: dict[str, Any] | bytes) -> None:
    assert check_resource(value)
