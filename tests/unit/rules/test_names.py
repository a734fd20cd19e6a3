"""Names, numbers and addresses of the identity part in free text (R101)."""

import pytest

from schemas.rules.leaves import free_texts
from schemas.rules.names import check_names
from tests.support.cases import case, keys, sample

PERSON = {
    "names": [
        {"family": "Ковальчук", "given": ["Олена", "Андріївна"], "language": "uk-Cyrl"},
        {"family": "Kovalchuk-Łoś", "given": ["Ana"]},
        {"text": "Lenuța"},
        {"family": "王", "given": ["小明"]},
        {"family": "मीना"},
        {"family": "Ñuñez"},
        {"family": "الخطيب"},
    ],
    "numbers": [{"type": "passport", "number": "FM 613902"}],
}
CONTACT = {
    "relation": "mother",
    "names": [{"given": ["Domnica"]}],
    "phones": ["+380 44 555 01 43"],
    "addresses": [{"text": "вул. Польова 14, Верхній Яр"}],
}


def _found(text, **identity):
    identity = identity or {"person": PERSON, "contacts": [CONTACT]}
    components = case(identity=identity, health={"complaints": [{"text": text}]})
    return list(check_names(components))


@pytest.mark.parametrize(
    "text",
    [
        "Олена плаче",
        "з Оленою говорили",
        "Олену привезли вночі",
        "лист до Ковальчук",
        "КОВАЛЬЧУК не прийшла",
        "розмова з Ковальчуком",
        "spoke to Kovalchuk today",
        "Kovalchukova said",
        "asked for lenuta",
        "LENUȚA came",
        "Łoś, then sleep",
        "Los, then sleep",
        "Ana slept",
        "her friend calls her ANA",
        "她叫小明嗎",
        "मीना को बुलाया",
        "Nuñez called",
        "nunez called",
        "قال الخَطيب",
    ],
)
def test_the_persons_name_is_found_in_any_case_ending_and_accent(text):
    (found,) = _found(text)
    assert (found.level, found.rule, found.key) == ("warn", "R101", "name.person")
    assert found.path == "health.complaints.0.text"


@pytest.mark.parametrize(
    "text",
    [
        "no name here",
        "ana lysis of urine",
        "banana and analysis",
        "олень у лісі",
        "the code number K7Q2-9MXD-41TB",
        "小红",
        "मन भारी है",
        "los dolores",
        "marital, lena and koval",
        "613902 m",
    ],
)
def test_what_is_no_name_is_left_alone(text):
    assert _found(text) == []


def test_a_contacts_name_has_a_key_of_its_own():
    assert keys(_found("wants to ring Domnica")) == ["name.contact"]


@pytest.mark.parametrize(
    "text",
    ["passport fm613902", "FM-613902", "call 380445550143", "+380 (44) 555-01-43",
     "lives at вул. Польова 14, Верхній Яр now"],
)  # fmt: skip
def test_numbers_and_addresses_are_found_whatever_their_spacing(text):
    assert keys(_found(text)) == ["name.number"]


def test_no_finding_repeats_the_name():
    for found in _found("Олена, Lenuța, FM 613902 and Domnica"):
        for word in ("Олена", "олена", "Lenu", "613902", "Domnica"):
            assert word not in repr(found)


def test_without_an_identity_component_nothing_is_looked_for():
    assert list(check_names(case(health={"complaints": [{"text": "Олена"}]}))) == []
    assert _found("Олена", person={}) == []


def test_the_identity_component_itself_and_the_consent_are_left_out():
    consent = sample().consent
    held = case(identity={"person": PERSON, "contacts": [{**CONTACT, "note": "Олена"}]})
    assert list(check_names(held.model_copy(update={"consent": consent}))) == []


def test_names_are_found_deep_in_lists_and_in_the_words_of_codes():
    components = case(
        identity={"person": PERSON},
        administrative={"safe_contact": {"method": "phone", "never_contact": ["x", "Олена"]}},
        health={"problems": [{"code": {"text": "Kovalchuk sleeps badly"}}]},
        interventions={
            "interventions": [
                {"kind": "other", "on": "2026-03-01T10:00:00Z", "by": ["CW-01"], "note": "Lenuța"}
            ]
        },
    )
    assert [found.path for found in check_names(components)] == [
        "administrative.safe_contact.never_contact.1",
        "health.problems.0.code.text",
        "interventions.interventions.0.note",
    ]


def test_codes_languages_and_choices_are_no_free_text():
    named_male = {"person": {"names": [{"given": ["Male", "Female"]}]}}
    components = case(
        identity=named_male,
        administrative={"profile": {"gender": "female", "languages": [{"language": "uk"}]}},
    )
    assert list(check_names(components)) == []


def test_the_sample_case_keeps_names_out_of_its_texts():
    assert list(check_names(sample())) == []


def test_free_texts_and_codes_of_a_record_are_told_apart():
    texts = dict(free_texts(sample().health))
    assert "health.complaints.0.text" in texts
    assert not [path for path in texts if path.endswith((".by", ".on", ".code.code"))]
