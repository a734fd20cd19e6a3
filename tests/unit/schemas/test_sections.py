"""Sections of the shipped case: what each holds, what it must not hold. PROTOCOL section 4."""

import json
import re

import pytest

from schemas.case_file import load_sample_case
from schemas.components.assignment import category_of
from schemas.components.base import facts_of
from schemas.components.records import parse_record
from schemas.errors import ComponentError
from schemas.fhir.sections import from_sections, to_sections
from schemas.fhir.systems import CODE_NUMBER, FACT
from schemas.sensitivity import CATEGORIES
from tests.support.free_text import texts_of, with_texts
from tests.support.profiles import emitted_faults
from tests.support.validity import assert_valid_r4

CODE = "K7Q2-9MXD-41TB"
RECORD = "A" * 22


def _cut(record, record_id=RECORD, code_number=CODE):
    return to_sections(record, code_number=code_number, record_id=record_id)


@pytest.fixture(scope="module")
def case():
    return load_sample_case()


@pytest.fixture(scope="module")
def sections(case):
    return {
        (record.component, category): bundle
        for record in case.records()
        for category, bundle in _cut(record).items()
    }


def _resources(bundle):
    return [entry["resource"] for entry in json.loads(bundle)["entry"]]


def _strings(node):
    if isinstance(node, dict):
        for value in node.values():
            yield from _strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value)
    elif isinstance(node, str):
        yield node


def test_the_sample_case_comes_back_as_it_was(case):
    for record in case.records():
        assert from_sections(record.component, _cut(record)) == record


def test_the_sample_case_needs_every_category(sections):
    assert {category for _, category in sections} == set(CATEGORIES)


def test_every_section_is_valid_and_keeps_to_the_profiles(sections):
    for bundle in sections.values():
        assert_valid_r4(bundle)
        assert emitted_faults(json.loads(bundle)) == []


def test_the_code_number_is_on_every_resource(sections):
    for bundle in sections.values():
        for resource in _resources(bundle):
            marked = json.dumps({"system": CODE_NUMBER, "value": CODE})
            assert marked in json.dumps(resource)


def test_every_narrative_begins_with_the_code_number(sections):
    for bundle in sections.values():
        parts = _resources(bundle)[0]["section"]
        assert all(f"<p>{CODE}</p>" in part["text"]["div"] for part in parts)


def test_no_name_of_a_person_is_outside_identity(case, sections):
    person = case.components.identity.person
    contacts = case.components.identity.contacts
    names = [name for holder in (person, *contacts) for name in holder.names]
    words = {
        word
        for name in names
        for text in (name.family, name.text, *name.given)
        if text
        for word in re.findall(r"\w+", text)
    }
    assert len(words) > 6
    for (component, category), bundle in sections.items():
        found = words & set(re.findall(r"\w+", bundle.decode()))
        assert not found or (component, category) == ("identity", "identity")


def test_each_fact_is_in_the_one_section_that_the_table_gives(case, sections):
    for record in case.records():
        wanted = {}
        for field, fact in facts_of(record):
            key = (category_of(record.component, field, fact), field)
            wanted[key] = wanted.get(key, 0) + 1
        found = {}
        for category in CATEGORIES:
            for resource in _resources(sections.get((record.component, category), b'{"entry":[]}')):
                for tag in resource["meta"].get("tag", ()):
                    if tag["system"] == FACT:
                        key = (category, tag["code"])
                        found[key] = found.get(key, 0) + 1
        assert found == wanted


def test_a_section_holds_no_word_of_another(case):
    """Every text is made unlike every other; then each may be in its own section only."""
    texts = list(texts_of(case))
    marks = {path: f"mark{number:04}x" for number, path in enumerate(texts)}
    marked = with_texts(case, lambda path, _: marks[path])
    for record in marked.records():
        homes = {}
        for field, fact in facts_of(record):
            category = category_of(record.component, field, fact)
            content = fact.model_dump_json() if hasattr(fact, "model_dump_json") else str(fact)
            homes |= dict.fromkeys(re.findall(r"mark\d{4}x", content), category)
        for category, bundle in _cut(record).items():
            assert {homes[mark] for mark in re.findall(r"mark\d{4}x", bundle.decode())} <= {
                category
            }


def test_a_section_does_not_change_with_what_is_outside_it(case):
    health = case.components.health
    before = _cut(health)
    after = _cut(health.model_copy(update={"exploitation": None, "legal_papers": []}))
    changed = {"trafficking", "legal-liaison"}
    assert {category for category in before if before[category] != after.get(category)} == changed


def test_the_same_component_gives_the_same_bytes(case):
    assert _cut(case.components.health) == _cut(load_sample_case().components.health)


def test_a_recipient_of_some_sections_gets_those_facts_and_no_trace_of_others(case):
    cut = _cut(case.components.health)
    partial = from_sections("health", {"infectious": cut["infectious"]})
    assert partial.screenings == case.components.health.screenings
    assert partial.exploitation is None
    assert partial.crisis_danger is None
    assert len(partial.problems) == 1


def test_nothing_at_all_is_an_empty_component():
    assert from_sections("health", {}) == parse_record("health", {})
    assert _cut(parse_record("health", {})) == {}


def test_facts_stand_in_the_order_of_their_sections():
    problems = [
        {"code": {"text": "cough"}},
        {"code": {"system": "icd-10", "code": "F43.1"}},
        {"code": {"text": "itch"}},
        {"code": {"system": "icd-10", "code": "A15.0"}},
    ]
    record = parse_record("health", {"problems": problems})
    said = [problem.code.code or problem.code.text for problem in record.problems]
    assert said == ["A15.0", "F43.1", "cough", "itch"]


def _spoiled(bundle, spoil):
    parsed = json.loads(bundle)
    spoil(parsed)
    return json.dumps(parsed).encode()


def _add_element(bundle):
    bundle["entry"][1]["resource"]["language"] = "en"


def _add_extension(bundle):
    bundle["entry"][1]["resource"]["extension"] = [{"url": "urn:other", "valueString": "x"}]


def _add_foreign_resource(bundle):
    bundle["entry"].append({"resource": {"resourceType": "Basic", "meta": {}}})


def _repeat_single_fact(bundle):
    bundle["entry"].append(bundle["entry"][1])


def _rename_fact(bundle):
    bundle["entry"][1]["resource"]["meta"]["tag"][0]["code"] = "horoscope"


def _change_subject(bundle):
    identifier = bundle["entry"][1]["resource"]["identifier"]
    identifier[0]["value"] = "ZZZZ-ZZZZ-ZZZZ"


def _break_shape(bundle):
    bundle["entry"][1]["resource"]["communication"] = "uk"


def _drop_meta(bundle):
    del bundle["entry"][1]["resource"]["meta"]


def _untidy_text(bundle):
    bundle["entry"][1]["resource"]["gender"] = "female "


def _drop_entry_resource(bundle):
    bundle["entry"][1] = {}


@pytest.mark.parametrize(
    "spoil",
    [
        _add_element,
        _add_extension,
        _add_foreign_resource,
        _repeat_single_fact,
        _rename_fact,
        _change_subject,
        _break_shape,
        _drop_meta,
        _untidy_text,
        _drop_entry_resource,
    ],
)
def test_content_that_would_be_lost_or_misread_is_refused(spoil):
    record = parse_record("administrative", {"profile": {"gender": "female"}})
    general = _spoiled(_cut(record)["general"], spoil)
    with pytest.raises(ComponentError):
        from_sections("administrative", {"general": general})


def test_a_fact_smuggled_into_a_milder_section_is_refused():
    record = parse_record("health", {"problems": [{"code": {"text": "x"}}]})
    general = _cut(record)["general"].decode()
    coded = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "A15.0"}]}
    smuggled = general.replace('"code":{"text":"x"}', '"code":' + json.dumps(coded))
    assert smuggled != general
    with pytest.raises(ComponentError, match="health"):
        from_sections("health", {"general": smuggled.encode()})


def test_a_section_is_read_only_under_its_own_labels(case):
    cut = _cut(case.components.health)
    with pytest.raises(ComponentError, match="labels"):
        from_sections("health", {"general": cut["infectious"]})
    with pytest.raises(ComponentError, match="labels"):
        from_sections("referral", {"general": cut["general"]})


@pytest.mark.parametrize(
    "other", [{"record_id": "B" * 21 + "A"}, {"code_number": "AAAA-BBBB-CCCC"}]
)
def test_sections_of_different_records_or_persons_are_not_mixed(case, other):
    cut, stranger = _cut(case.components.health), _cut(case.components.health, **other)
    with pytest.raises(ComponentError, match="another record"):
        from_sections("health", {"general": cut["general"], "family": stranger["family"]})


def test_a_refusal_names_the_place_and_never_the_value():
    secret = "Kovalchuk-Kovalchuk"
    for data in (
        {"person": {"names": [{"use": secret}]}},
        {"person": {"birth_date": secret}},
        {secret: 1},
        {"person": {secret: 1}},
    ):
        with pytest.raises(ComponentError) as caught:
            parse_record("identity", data)
        assert secret not in str(caught.value)
        assert caught.value.path.startswith("identity")
