"""Security labels of sections (DS4P). PROTOCOL section 4."""

import json

import pytest

from schemas.components.records import parse_record
from schemas.errors import ComponentError
from schemas.fhir.labels import LABELS, labels_of, parse_bundle, security
from schemas.fhir.sections import to_sections
from schemas.fhir.systems import ACT_CODE, CONFIDENTIALITY, SENSITIVITY
from schemas.sensitivity import CATEGORIES

CONFIDENTIALITY_ORDER = "ULMNRV"


@pytest.fixture
def section():
    record = parse_record("administrative", {"minor_at_admission": "no"})
    (data,) = to_sections(record, code_number="K7Q2-9MXD-41TB", record_id="A" * 22).values()
    return json.loads(data)


def _bytes(bundle):
    return json.dumps(bundle).encode()


def test_every_category_has_labels_and_confidentiality_follows_strictness():
    assert tuple(LABELS) == CATEGORIES
    ranks = [CONFIDENTIALITY_ORDER.index(LABELS[category][0]) for category in CATEGORIES]
    assert ranks == sorted(ranks, reverse=True)


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_label_set_has_one_confidentiality_code_and_one_category(category):
    labels = security([category, "violence", "general"])
    systems = [label["system"] for label in labels]
    assert systems.count(CONFIDENTIALITY) == systems.count(SENSITIVITY) == 1
    assert {label["code"] for label in labels if label["system"] == ACT_CODE} >= {"SDV", "VIO"}


def test_a_section_says_what_it_is(section):
    assert labels_of(_bytes(section)) == ("administrative", "general")


def _without_labels(bundle):
    del bundle["meta"]


def _lower_confidentiality(bundle):
    bundle["meta"]["security"][0]["code"] = "U"


def _second_category(bundle):
    bundle["meta"]["security"].append({"system": SENSITIVITY, "code": "family"})


def _unknown_category(bundle):
    bundle["meta"]["security"][-1]["code"] = "harmless"


def _unknown_component(bundle):
    bundle["meta"]["tag"][0]["code"] = "gossip"


def _no_entries(bundle):
    bundle["entry"] = []


def _labels_as_text(bundle):
    bundle["meta"]["security"] = "general"


def _other_subject(bundle):
    bundle["entry"][0]["resource"]["subject"]["identifier"]["system"] = "urn:other"


@pytest.mark.parametrize(
    "spoil",
    [
        _without_labels,
        _lower_confidentiality,
        _second_category,
        _unknown_category,
        _unknown_component,
        _no_entries,
        _labels_as_text,
        _other_subject,
    ],
)
def test_a_section_with_other_labels_is_refused(section, spoil):
    spoil(section)
    with pytest.raises(ComponentError):
        labels_of(_bytes(section))


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"<Bundle/>", b"[]", b'{"resourceType":"Patient"}', b'{"a":1,"a":2}']
)
def test_what_is_no_bundle_is_refused_with_a_path(data):
    with pytest.raises(ComponentError) as caught:
        parse_bundle(data)
    assert caught.value.path.startswith("Bundle")
