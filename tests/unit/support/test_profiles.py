"""The profile checkers object to what they should: a checker that never objects proves nothing."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from tests.support.profiles import (
    ACT_CODE,
    CONFIDENTIALITY,
    Level,
    ds4p_faults,
    emitted_faults,
    pcf_faults,
    section_faults,
)

PCF = Path(__file__).parents[2] / "data" / "fhir" / "pcf"
Json = dict[str, Any]


def _label(system: str, code: str) -> Json:
    return {"system": system, "code": code}


def _labelled(kind: str, *labels: Json, **more: Any) -> Json:
    return {"resourceType": kind, "id": "a", "meta": {"security": list(labels)}, **more}


N, R, V = (_label(CONFIDENTIALITY, code) for code in "NRV")
PSY, MARK = _label(ACT_CODE, "PSY"), _label(ACT_CODE, "NODSCLCD")


def _bundle(label: Json, *inside: Json) -> Json:
    entries = [{"fullUrl": f"urn:uuid:{i}", "resource": one} for i, one in enumerate(inside)]
    return _labelled("Bundle", label, entry=entries)


def test_ds4p_accepts_one_confidentiality_and_known_sensitivities() -> None:
    assert ds4p_faults(_labelled("Observation", R, PSY, MARK)) == []
    assert ds4p_faults(_bundle(R, _labelled("Patient", N), _labelled("Condition", R, PSY))) == []


@pytest.mark.parametrize(
    ("resource", "fault"),
    [
        ({"resourceType": "Patient"}, "exactly one confidentiality"),
        (_labelled("Patient", PSY), "exactly one confidentiality"),
        (_labelled("Patient", N, R), "exactly one confidentiality"),
        (_labelled("Patient", _label(CONFIDENTIALITY, "PSY")), "exactly one confidentiality"),
        (_labelled("Patient", R, _label(ACT_CODE, "SECRET")), "SECRET is not a sensitivity"),
        (_labelled("DocumentReference", R, MARK), "may not carry NODSCLCD"),
        (_bundle(N, _labelled("Condition", R)), "most confidential entry"),
        (_bundle(V, _labelled("Condition", R)), "most confidential entry"),
        (_bundle(N, _labelled("Condition")), "Condition/a: needs exactly one"),
    ],
)
def test_ds4p_objects(resource: Json, fault: str) -> None:
    assert any(fault in found for found in ds4p_faults(resource))


def test_a_section_holds_what_it_refers_to() -> None:
    inside = _labelled("Condition", R, subject={"reference": "urn:uuid:0"})
    by_identifier = _labelled("Condition", R, subject={"identifier": {"value": "K7Q2-9MXD-41TB"}})
    contained = _labelled("Condition", R, subject={"reference": "#p"})
    outside = _labelled("Condition", R, evidence=[{"detail": [{"reference": "Patient/1"}]}])
    assert section_faults(_bundle(R, inside, by_identifier, contained)) == []
    assert section_faults(_bundle(R, outside)) == [
        "Condition/a: refers to something outside the bundle"
    ]


def test_a_section_gives_each_resource_an_address() -> None:
    bundle = _bundle(R, _labelled("Condition", R))
    del bundle["entry"][0]["fullUrl"]
    assert section_faults(bundle) == ["Condition/a: has no fullUrl"]


def _level(consent: Json) -> Level:
    return cast("Level", consent["meta"]["profile"][0].rpartition("consent")[2].lower())


@pytest.mark.parametrize("path", sorted(PCF.glob("*.json")), ids=lambda path: path.stem)
def test_pcf_accepts_the_published_examples_at_their_level(path: Path) -> None:
    consent = json.loads(path.read_bytes())
    assert pcf_faults(consent, _level(consent)) == []


def test_pcf_levels_grow() -> None:
    advanced = json.loads(
        (PCF / "Consent-ex-consent-advanced-normal-focused-psy.json").read_bytes()
    )
    data = json.loads((PCF / "Consent-ex-consent-intermediate-data.json").read_bytes())
    assert "securityLabel is beyond intermediate" in pcf_faults(advanced, "intermediate")
    assert "data is beyond basic" in pcf_faults(data, "basic")
    assert pcf_faults(data, "advanced") == []


def _without(element: str) -> Callable[[Json], None]:
    return lambda consent: consent.pop(element)


def _in_provision(**elements: Any) -> Callable[[Json], None]:
    return lambda consent: consent["provision"].update(elements)


BREAKAGES: dict[str, Callable[[Json], None]] = {
    "lacks status": _without("status"),
    "lacks category": _without("category"),
    "lacks patient": _without("patient"),
    "lacks dateTime": _without("dateTime"),
    "lacks performer": _without("performer"),
    "lacks organization": _without("organization"),
    "lacks source[x]": _without("sourceReference"),
    "lacks provision": _without("provision"),
    "lacks policy or policyRule (ppc-1)": _without("policy"),
    "scope is not patient-privacy": lambda consent: consent.update(scope={"text": "privacy"}),
    "a policy lacks its uri": lambda consent: consent.update(policy=[{"authority": "urn:a"}]),
    "verification is forbidden": lambda consent: consent.update(verification=[{"verified": True}]),
    "provision lacks type": lambda consent: consent["provision"].pop("type"),
    "provision.action is forbidden": _in_provision(action=[{"text": "a"}]),
    "provision.class is forbidden": _in_provision(**{"class": [{"code": "a"}]}),
    "provision.code is forbidden": _in_provision(provision=[{"code": [{"text": "a"}]}]),
    "a provision of the third level is forbidden": _in_provision(provision=[{"provision": [{}]}]),
    "the role of an actor is not IRCP": _in_provision(actor=[{"role": {"text": "nurse"}}]),
    "data.meaning is not instance, related or authoredby": _in_provision(
        data=[{"meaning": "dependents"}]
    ),
    "a securityLabel lacks its code": _in_provision(securityLabel=[{"display": "a"}]),
}


@pytest.mark.parametrize("fault", BREAKAGES)
def test_pcf_objects(fault: str) -> None:
    consent = json.loads((PCF / "Consent-ex-consent-basic-reject.json").read_bytes())
    broken = copy.deepcopy(consent)
    BREAKAGES[fault](broken)
    assert fault not in pcf_faults(consent, "advanced")
    assert fault in pcf_faults(broken, "advanced")


def test_a_section_is_held_to_all_profiles_at_once() -> None:
    patient = _labelled("Patient", N, R, link=[{"other": {"reference": "Patient/1"}}])
    consent = _labelled("Consent", N)
    faults = emitted_faults(_bundle(N, patient, consent))
    assert {fault.partition(": ")[0] for fault in faults} == {"Patient/a", "Consent/a"}
    assert "Consent/a: lacks provision" in faults
    assert "Patient/a: refers to something outside the bundle" in faults
