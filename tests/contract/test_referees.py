"""The judges of FHIR R4 that we did not write: what each accepts, and what all of them must.

Valid means that the models, HL7's JSON schema, R4's JSON rules and Medplum all accept: each of them
alone accepts faults. The tables here show that, and would show a new version judging otherwise.
"""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from schemas.case_file import load_sample_case
from schemas.fhir.sections import to_sections
from schemas.fhir.validity import json_problems, model_problems, schema_problems
from tests.support.medplum import Medplum
from tests.support.profiles import emitted_faults
from tests.support.r4_schema import TARGET, encode, make
from tests.support.validity import assert_valid_r4, r4_faults

DATA = Path(__file__).parents[1] / "data" / "fhir"
EVERYONE = {"json", "schema", "models", "medplum"}


def _files(folder: str) -> list[Path]:
    return sorted((DATA / folder).glob("*.json"))


def refusing(data: bytes, medplum: Medplum) -> set[str]:
    """Return which judges refuse a resource, each asked alone."""
    resource = json.loads(data)
    verdicts: dict[str, Any] = {
        "json": json_problems(resource),
        "schema": schema_problems(resource),
        "models": model_problems(resource),
        "medplum": medplum.judge(data),
    }
    return {name for name, problems in verdicts.items() if problems}


@pytest.mark.parametrize("path", [*_files("good"), *_files("pcf")], ids=lambda path: path.stem)
def test_everyone_accepts_the_known_good(path: Path, medplum: Medplum) -> None:
    assert refusing(path.read_bytes(), medplum) == set()
    assert_valid_r4(path.read_bytes())


REFUSED_BY = {
    "ai3": {"schema", "models", "medplum"},
    "empty-array": {"json"},
    "hakan-se": {"schema", "models", "medplum"},
    "json-comments": {"schema", "models", "medplum"},
    "obs-vs-2": {"schema", "models", "medplum"},
    "pat-security-bad-xhtml": {"json"},
    "patient-id-bad-1": {"schema", "models"},
    "patient-id-bad-3": {"schema"},
}


@pytest.mark.parametrize("path", _files("bad"), ids=lambda path: path.stem)
def test_someone_refuses_each_published_fault(path: Path, medplum: Medplum) -> None:
    assert refusing(path.read_bytes(), medplum) == REFUSED_BY[path.stem]
    with pytest.raises(AssertionError, match="not valid FHIR R4"):
        assert_valid_r4(path.read_bytes())


def _patient(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", **elements}


def _observation(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "code": {"text": "Weight"}, **elements}


def _condition(code: str) -> dict[str, Any]:
    system = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    status = {"coding": [{"system": system, "code": code}]}
    return {"resourceType": "Condition", "subject": {"display": "A"}, "clinicalStatus": status}


def _bundle(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in entries],
    }


_CATEGORY_SYSTEM = "http://terminology.hl7.org/CodeSystem/observation-category"
_CATEGORY = {"coding": [{"system": _CATEGORY_SYSTEM, "code": "mood"}]}
_ORGANIZATION = "0b8b0a6e-9d8b-4a55-8f43-3a8f1f4a9a10"
_SUBJECT_OF_A_WRONG_TYPE = _bundle(
    [
        {"resourceType": "Organization", "id": _ORGANIZATION, "name": "A"},
        {
            **_observation(status="final", subject={"reference": f"urn:uuid:{_ORGANIZATION}"}),
            "id": "0b8b0a6e-9d8b-4a55-8f43-3a8f1f4a9a11",
        },
    ]
)
FAULTS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "status missing": (_observation(), {"models", "medplum"}),
    "boolean as text": (_patient(active="true"), {"schema", "medplum"}),
    "code outside a required set": (_patient(gender="f"), {"schema", "medplum"}),
    "concept outside a required set": (_condition("cured"), {"medplum"}),
    "concept nobody defined": (_observation(status="final", category=[_CATEGORY]), {"medplum"}),
    "no such day": (_patient(birthDate="2023-02-31"), {"models", "medplum"}),
    "two values of one choice": (
        _patient(multipleBirthBoolean=True, multipleBirthInteger=2),
        {"models", "medplum"},
    ),
    "fraction for an integer": (_patient(multipleBirthInteger=1.5), {"models", "medplum"}),
    "invariant broken": (_patient(contact=[{"gender": "female"}]), {"medplum"}),
    "not base64": (_patient(photo=[{"data": "###"}]), {"medplum"}),
    "reference to a wrong type": (_SUBJECT_OF_A_WRONG_TYPE, {"medplum"}),
    "id of 65 characters": (_patient(id="a" * 65), {"schema"}),
    "null": (_patient(birthDate=None), {"json", "schema", "medplum"}),
    "script in a narrative": (
        _patient(
            text={
                "status": "generated",
                "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p onclick="x()">A</p></div>',
            }
        ),
        {"json"},
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_judge_alone_accepts_faults(name: str, medplum: Medplum) -> None:
    resource, by = FAULTS[name]
    data = json.dumps(resource).encode()
    assert refusing(data, medplum) == by
    assert r4_faults(data)


def test_the_tables_have_a_fault_that_each_judge_misses() -> None:
    refusals = [*REFUSED_BY.values(), *(by for _, by in FAULTS.values())]
    missed = set().union(*(EVERYONE - by for by in refusals))
    assert missed == EVERYONE
    assert all(refusals)


def test_a_valid_concept_of_a_required_set_is_accepted() -> None:
    assert_valid_r4(_condition("active"))


def test_null_beside_an_extension_is_accepted() -> None:
    """R4 allows it (json.html#primitive) where HL7's own schema does not."""
    masked = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason"}
    given = [None, {"extension": [{**masked, "valueCode": "masked"}]}]
    assert_valid_r4(_patient(name=[{"given": ["A", None], "_given": given}]))


def test_the_shipped_schema_is_what_the_pinned_package_gives(medplum: Medplum) -> None:
    """`python -m tests.support.r4_schema` makes it anew."""
    assert gzip.decompress(TARGET.read_bytes()) == encode(make())


def test_the_sample_case_is_valid_and_conforms() -> None:
    case = load_sample_case()
    faults: dict[str, list[str]] = {}
    for record in case.records():
        sections = to_sections(record, code_number=case.code_number, record_id="A" * 22)
        for category, data in sections.items():
            found = r4_faults(data) + emitted_faults(json.loads(data))
            if found:
                faults[f"{record.component}/{category}"] = found
    assert faults == {}
