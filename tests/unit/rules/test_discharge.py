"""Discharge, referral, caseworkers and telling: what is missing before a person leaves."""

import pytest

from schemas.rules.caseworkers import check_caseworkers
from schemas.rules.discharge import CLINICAL_PARTS, GONE, check_discharge
from schemas.rules.referral import check_referral
from schemas.rules.told import check_told, untold_facts
from tests.support.cases import case, keys, stay

TALK = {
    "on": "2026-03-05",
    "by": "CW-01",
    "to": "person",
    "language": "uk",
    "understood": "understood",
}
COMPLETE = {
    "document": {"on": "2026-03-05", "compiled_by": "CW-01", "attested_by": "CW-04"},
    "comprehension": TALK,
    "self_care": {"capacity": "able"},
    "copies": [{"title": "x", "outcome": "given", "language": "uk"}],
    "contacts": [{"name": "x", "name_translated": "y", "translation_language": "uk"}],
    "allergies": [{"none_known": True}],
}
PARTS = {
    "assessment_on_admission": {"text": "x"},
    "diagnoses": [{"code": {"text": "x"}}],
    "open_problems": [{"code": {"text": "x"}}],
    "mental_status": {"text": "x"},
    "allergies": [{"none_known": True}],
    "medications": [{"product": {"text": "x"}}],
    "immunizations": [{"vaccine": {"text": "x"}, "on": "2026"}],
    "procedures": [{"code": {"text": "x"}}],
    "results": [{"test": {"text": "x"}}],
    "screenings": [{"disease": "hiv", "result": "negative"}],
}


def _found(summary, *, closing=False, **components):
    return list(check_discharge(case(discharge=summary, **components), closing=closing))


def _without(*names):
    return {name: value for name, value in COMPLETE.items() if name not in names}


def test_a_complete_summary_is_well():
    assert _found(COMPLETE) == []
    assert _found(COMPLETE, closing=True) == []


def test_every_clinical_part_is_in_the_list():
    assert set(PARTS) == set(CLINICAL_PARTS)


@pytest.mark.parametrize("part", PARTS)
def test_a_clinical_part_wants_an_attestation_before_it_leaves(part):
    summary = {**_without("document", "allergies"), part: PARTS[part]}
    (draft,) = _found(summary)
    assert (draft.key, draft.level, draft.rule) == ("discharge.unattested", "warn", "R94")
    assert draft.path == f"discharge-summary.{part}"
    (closing,) = _found(summary, closing=True)
    assert closing.level == "block"
    unattested = {"on": "2026-03-05", "compiled_by": "CW-01"}
    assert keys(_found({**summary, "document": unattested})) == ["discharge.unattested"]


@pytest.mark.parametrize("part", [part for part in PARTS if part != "screenings"])
def test_one_part_can_be_attested_by_itself(part):
    attested = {"part": part.replace("_", "-"), "by": "CW-04", "on": "2026-03-05T10:00:00Z"}
    summary = {**_without("document", "allergies"), part: PARTS[part], "attestations": [attested]}
    assert _found(summary, closing=True) == []
    other = {**attested, "part": "self-care"}
    assert keys(_found({**summary, "attestations": [other]})) == ["discharge.unattested"]


def test_a_summary_without_clinical_parts_needs_no_attestation():
    assert _found(_without("document", "allergies"), closing=True) == []


def test_compiling_and_attesting_are_two_peoples_work():
    document = {**COMPLETE["document"], "attested_by": "CW-01"}
    assert keys(_found({**COMPLETE, "document": document})) == ["discharge.attested-by-compiler"]


def test_the_case_manager_of_a_stay_compiles():
    admin = {"stays": [stay(case_manager="CW-09")]}
    assert keys(_found(COMPLETE, administrative=admin)) == ["discharge.other-compiler"]
    admin = {"stays": [stay(case_manager="CW-09"), stay(case_manager="CW-01")]}
    assert _found(COMPLETE, administrative=admin) == []


@pytest.mark.parametrize(
    ("on", "ends", "differs"),
    [
        ("2026-03-09", ["2026-03-09T10:00:00Z"], False),
        ("2026-03-09", ["2026-03-01"], True),
        ("2026-03-09", ["2026-03-01", "2026-03-09"], False),
        ("2026-03-09", ["2026-03-01", None], False),
        (None, ["2026-03-01"], False),
        ("2026-03-09", [], False),
    ],
)
def test_the_departure_is_the_end_of_a_stay(on, ends, differs):
    stays = [
        stay(status="finished" if end else "active", admitted="2026-02-01", departed=end)
        for end in ends
    ]
    going = {"disposition": {"kind": "home", "on": on}}
    found = _found({**COMPLETE, **going}, administrative={"stays": stays})
    assert keys(found) == (["stay.left-another-day"] if differs else [])


@pytest.mark.parametrize(
    ("left_out", "key"),
    [
        ("comprehension", "discharge.not-explained"),
        ("self_care", "discharge.self-care-missing"),
        ("copies", "discharge.no-copies"),
        ("contacts", "contacts.none"),
    ],
)
def test_what_is_left_out_is_missed_unless_nobody_was_there(left_out, key):
    (found,) = _found(_without(left_out), closing=True)
    assert (found.key, found.level) == (key, "warn")
    for kind in GONE:
        gone = {"disposition": {"kind": kind}}
        assert _found({**_without(left_out), **gone}, closing=True) == []


@pytest.mark.parametrize("understood", ["partly", "not"])
def test_what_was_not_understood_is_explained_again(understood):
    talk = {**TALK, "understood": understood}
    assert keys(_found({**COMPLETE, "comprehension": talk})) == ["discharge.not-understood"]


def test_a_minor_does_not_stand_alone():
    minor = {"minor_at_admission": "yes"}
    assert keys(_found(COMPLETE, administrative=minor)) == ["discharge.minor-alone"]
    guardian = {**COMPLETE, "comprehension": {**TALK, "to": "guardian"}}
    assert _found(guardian, administrative=minor) == []


def test_copies_name_their_language_and_contacts_stand_in_two():
    copies = [{"title": "x", "outcome": "given"}, {"title": "y", "outcome": "declined-as-unsafe"}]
    found = _found({**COMPLETE, "copies": copies, "contacts": [{"name": "x"}]})
    assert [(one.key, one.path) for one in found] == [
        ("copy.no-language", "discharge-summary.copies.0"),
        ("contact.one-language", "discharge-summary.contacts.0"),
    ]


def test_without_a_summary_there_is_nothing_to_find():
    assert list(check_discharge(case(), closing=True)) == []


REQUEST = {
    "on": "2026-03-02",
    "kind": "change-of-location",
    "priority": "normal",
    "reason": "x",
    "services": ["health"],
    "made_by": "CW-07",
}
GONE_HOME = {"disposition": {"kind": "home"}}


def _workers(role):
    return {"caseworkers": [{"code": "CW-07", "role": role}]}


@pytest.mark.parametrize(
    ("role", "approved"),
    [("security-guard", False), ("volunteer", False), ("nurse", True), ("case-manager", True)],
)
def test_a_referral_by_no_professional_wants_approval(role, approved):
    components = case(referral={"request": REQUEST}, interventions=_workers(role))
    assert keys(check_referral(components)) == ([] if approved else ["referral.unapproved"])
    request = {**REQUEST, "approved_by": "CW-04"}
    components = case(referral={"request": request}, interventions=_workers(role))
    assert keys(check_referral(components)) == []


def test_a_referral_by_somebody_unknown_wants_approval():
    assert keys(check_referral(case(referral={"request": REQUEST}))) == ["referral.unapproved"]


@pytest.mark.parametrize(
    ("state", "agreed"),
    [
        (None, False),
        ("offered", False),
        ("rejected", False),
        ("accepted", True),
        ("completed", True),
    ],
)
def test_nobody_moves_before_the_other_side_agreed(state, agreed):
    referral = {"request": {**REQUEST, "approved_by": "CW-04"}}
    if state:
        referral["state"] = {"state": state, "on": "2026-03-02", "reason": "x"}
    components = case(referral=referral, discharge=GONE_HOME)
    assert keys(check_referral(components)) == ([] if agreed else ["referral.not-agreed"])
    assert keys(check_referral(case(referral=referral))) == []


def test_a_referral_for_services_moves_nobody():
    request = {**REQUEST, "kind": "additional-services", "approved_by": "CW-04"}
    components = case(referral={"request": request}, discharge=GONE_HOME)
    assert keys(check_referral(components)) == []
    assert keys(check_referral(case(referral={}))) == []
    assert keys(check_referral(case())) == []


def test_whoever_is_named_anywhere_is_in_the_list():
    components = case(
        administrative={"care_team": {"members": [{"caseworker": "CW-08", "role": "nurse"}]}},
        interventions={
            **_workers("security-guard"),
            "handovers": [{"giver": "CW-07", "receiver": "CW-09", "on": "2026-03-01"}],
        },
    )
    found = list(check_caseworkers(components))
    assert [(one.key, one.path) for one in found] == [
        ("caseworker.unlisted", "administrative.care_team.members.0.caseworker"),
        ("caseworker.unlisted", "interventions.handovers.0.receiver"),
    ]


def test_without_the_list_nobody_is_missed():
    held = case(administrative={"stays": [stay()]})
    assert list(check_caseworkers(held)) == []


@pytest.mark.parametrize(
    ("role", "licensed"), [("doctor", True), ("nurse", True), ("volunteer", False)]
)
def test_a_licensed_profession_names_body_and_country(role, licensed):
    worker = {"code": "CW-04", "role": role, "qualification": "x"}
    found = list(check_caseworkers(case(interventions={"caseworkers": [worker]})))
    assert keys(found) == (["caseworker.no-licence"] if licensed else [])
    worker |= {"licence_body": "chamber", "licence_country": "DE"}
    assert list(check_caseworkers(case(interventions={"caseworkers": [worker]}))) == []


def test_nobody_interprets_for_themselves():
    session = {
        "kind": "intake",
        "on": "2026-03-01T10:00:00Z",
        "by": ["CW-01"],
        "interpreter": "CW-01",
    }
    workers = [{"code": "CW-01", "role": "case-manager"}]
    (found,) = check_caseworkers(
        case(interventions={"caseworkers": workers, "interventions": [session]})
    )
    assert found.key == "caseworker.interprets-self"


NEWS = {
    "problems": {"kind": "diagnosis", "code": {"text": "x"}},
    "lab_results": {"test": {"text": "x"}, "text": "x"},
    "screenings": {"disease": "hiv", "result": "positive"},
    "instruments": {"instrument": "phq-9", "on": "2026-03-01"},
    "documents": {"title": "x", "kind": "laboratory"},
}


@pytest.mark.parametrize("field", NEWS)
def test_a_result_says_whether_the_person_was_told(field):
    (found,) = check_told(case(health={field: [NEWS[field]]}))
    assert (found.key, found.rule, found.path) == ("told.open", "R24", f"health.{field}.0")
    for told in ("yes", "no", "declined"):
        assert (
            list(check_told(case(health={field: [{**NEWS[field], "told_to_person": told}]}))) == []
        )


@pytest.mark.parametrize(
    ("field", "fact"),
    [
        ("problems", {"code": {"text": "x"}}),
        ("screenings", {"disease": "hiv", "result": "pending"}),
        ("screenings", {"disease": "hiv", "result": "declined"}),
        ("documents", {"title": "x", "kind": "letter"}),
        ("complaints", {"text": "x"}),
    ],
)
def test_where_there_is_no_news_nothing_has_to_be_told(field, fact):
    assert list(check_told(case(health={field: [fact]}))) == []


@pytest.mark.parametrize(("told", "untold"), [(None, 1), ("no", 1), ("declined", 1), ("yes", 0)])
def test_only_what_was_told_is_for_a_copy(told, untold):
    for field, fact in NEWS.items():
        record = case(health={field: [{**fact, "told_to_person": told}]}).health
        assert untold_facts(record) == [f"health.{field}.0"] * untold


def test_a_problem_that_the_person_has_not_been_told_is_not_for_a_copy_either():
    problem = {"code": {"text": "x"}, "told_to_person": "no"}
    assert untold_facts(case(health={"problems": [problem]}).health) == ["health.problems.0"]


def test_a_result_is_explained_before_it_is_handed_over():
    copy = {"title": "x", "kind": "imaging", "outcome": "given", "language": "uk"}
    assert keys(check_told(case(discharge={"copies": [copy]}))) == ["told.copy-first"]
    for harmless in ({"explained_by": "CW-04"}, {"outcome": "declined"}, {"kind": "other"}):
        assert list(check_told(case(discharge={"copies": [{**copy, **harmless}]}))) == []
