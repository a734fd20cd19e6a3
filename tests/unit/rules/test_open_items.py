"""No problem, result, treatment or plan is dropped: at discharge and at acceptance (R105)."""

import pytest

from schemas.components.records import RECORDS
from schemas.rules.handing_over import check_dropped, check_taken_up, received_items
from schemas.rules.open_items import SOURCES, open_items
from tests.support.cases import case, keys, sample

PTSD = {"system": "icd-10", "code": "F43.1"}
OPEN = {
    "alerts": {"kind": "suicide"},
    "problems": {"code": PTSD},
    "screenings": {"disease": "hiv", "result": "pending"},
    "lab_results": {"test": {"text": "Blood count"}},
    "medications": {"product": {"text": "Sertraline"}},
    "care_plan": {"service": "Counselling"},
    "goals": {"text": "To sleep", "area": "health"},
}
CARRIED = {
    "alerts": ("alerts", {"kind": "suicide"}),
    "problems": ("open_problems", {"code": PTSD}),
    "screenings": ("screenings", {"disease": "hiv", "result": "pending"}),
    "lab_results": ("results", {"test": {"text": "Blood count"}}),
    "medications": ("medications", {"product": {"text": "Sertraline"}}),
    "care_plan": ("care_plan", {"service": "Counselling"}),
    "goals": ("goals", {"text": "To sleep", "area": "health"}),
}
KINDS = {
    "alerts": "alert",
    "problems": "problem",
    "screenings": "result",
    "lab_results": "result",
    "medications": "treatment",
    "care_plan": "plan",
    "goals": "plan",
}


def _dropped(health, summary, *, closing=False, referral=None):
    components = case(health=health, discharge=summary, referral=referral or {})
    return list(check_dropped(components, closing=closing))


def _not_carried(kind, text):
    return {"kind": kind, "what": {"text": text}, "reason": "x", "by": "CW-01"}


@pytest.mark.parametrize("field", OPEN)
def test_an_open_item_that_the_summary_leaves_out_is_found(field):
    (found,) = _dropped({field: [OPEN[field]]}, {})
    assert (found.key, found.rule, found.level) == ("open-item.dropped", "R105", "warn")
    assert found.path == f"health.{field}.0"
    assert found.text.endswith(f": {KINDS[field]}.")
    (closing,) = _dropped({field: [OPEN[field]]}, {}, closing=True)
    assert closing.level == "block"


@pytest.mark.parametrize("field", OPEN)
def test_an_open_item_in_the_summary_is_not_dropped(field):
    where, fact = CARRIED[field]
    assert _dropped({field: [OPEN[field]]}, {where: [fact]}, closing=True) == []


@pytest.mark.parametrize("field", OPEN)
def test_an_item_left_out_on_purpose_is_not_dropped(field):
    words = {
        "alerts": "suicide",
        "problems": "",
        "screenings": "HIV",
        "lab_results": "blood  count",
        "medications": "sertraline",
        "care_plan": "COUNSELLING",
        "goals": "to sleep",
    }[field]
    line = _not_carried(KINDS[field], words) if words else {
        "kind": "problem", "what": PTSD, "reason": "x", "by": "CW-01"
    }  # fmt: skip
    assert _dropped({field: [OPEN[field]]}, {"not_carried": [line]}, closing=True) == []


def test_an_item_of_one_kind_does_not_stand_for_another():
    summary = {"care_plan": [{"service": "Sertraline"}]}
    assert len(_dropped({"medications": [OPEN["medications"]]}, summary)) == 1


@pytest.mark.parametrize(
    ("field", "closed"),
    [
        ("alerts", {"kind": "suicide", "status": "inactive"}),
        ("problems", {"code": PTSD, "status": "resolved"}),
        ("problems", {"code": PTSD, "status": "remission"}),
        ("problems", {"code": PTSD, "certainty": "refuted"}),
        ("screenings", {"disease": "hiv", "result": "negative"}),
        ("screenings", {"disease": "hiv", "result": "declined"}),
        ("lab_results", {"test": {"text": "x"}, "text": "normal"}),
        ("lab_results", {"test": {"text": "x"}, "quantity": {"value": 1.0, "unit": "g"}}),
        ("lab_results", {"test": {"text": "x"}, "finding": {"text": "negative"}}),
        ("medications", {"product": {"text": "x"}, "status": "stopped"}),
        ("medications", {"product": {"text": "x"}, "status": "completed"}),
        ("care_plan", {"service": "x", "status": "completed"}),
        ("care_plan", {"service": "x", "status": "cancelled"}),
        ("goals", {"text": "x", "area": "health", "status": "completed"}),
    ],
)
def test_what_is_closed_need_not_be_carried(field, closed):
    assert _dropped({field: [closed]}, {}, closing=True) == []


@pytest.mark.parametrize("result", ["positive", "indeterminate", "pending"])
def test_a_result_that_wants_something_done_is_open(result):
    assert len(_dropped({"screenings": [{"disease": "hiv", "result": result}]}, {})) == 1


@pytest.mark.parametrize("status", ["active", "recurrence"])
def test_a_problem_that_goes_on_or_came_back_is_open(status):
    assert len(_dropped({"problems": [{"code": PTSD, "status": status}]}, {})) == 1


@pytest.mark.parametrize("status", ["active", "on-hold"])
def test_a_medicine_that_is_only_paused_is_open(status):
    paused = {"product": {"text": "x"}, "status": status}
    assert len(_dropped({"medications": [paused]}, {})) == 1


def test_a_problem_is_the_same_by_code_whatever_the_words_and_by_words_whatever_the_case():
    coded = {"problems": [{"code": {**PTSD, "text": "PTSD after months"}}]}
    assert _dropped(coded, {"diagnoses": [{"code": PTSD}]}) == []
    words = {"problems": [{"code": {"text": "Tension  headache"}}]}
    assert _dropped(words, {"open_problems": [{"code": {"text": "tension Headache"}}]}) == []
    assert len(_dropped(coded, {"diagnoses": [{"code": {"text": "depression"}}]})) == 1


def test_another_alert_is_told_by_its_words():
    other = {"kind": "other", "text": "No alcohol"}
    assert len(_dropped({"alerts": [other]}, {"alerts": [{"kind": "other", "text": "x"}]})) == 1
    assert (
        _dropped({"alerts": [other]}, {"alerts": [{"kind": "other", "text": "no alcohol"}]}) == []
    )


@pytest.mark.parametrize(
    "summary",
    [
        {"follow_ups": [{"service": "Counselling"}]},
        {"appointments": [
            {"service": "Counselling", "start": "2026-04-01T10:00:00Z", "minutes": 50}
        ]},
    ],
)  # fmt: skip
def test_a_plan_may_go_on_as_follow_up_or_appointment(summary):
    assert _dropped({"care_plan": [OPEN["care_plan"]]}, summary) == []


def test_a_plan_may_go_on_in_the_referral():
    referral = {"follow_ups": [{"service": "counselling"}]}
    assert _dropped({"care_plan": [OPEN["care_plan"]]}, {}, referral=referral) == []


def test_without_a_summary_nothing_is_dropped_yet():
    health = {field: [fact] for field, fact in OPEN.items()}
    assert list(check_dropped(case(health=health), closing=True)) == []


def test_what_a_received_case_leaves_open_comes_from_summary_and_health_once():
    received = case(
        health={"problems": [OPEN["problems"]], "medications": [OPEN["medications"]]},
        discharge={"open_problems": [OPEN["problems"]]},
    )
    assert [item.path for item in received_items(received)] == [
        "discharge-summary.open_problems.0",
        "health.medications.0",
    ]


@pytest.mark.parametrize("field", OPEN)
def test_what_was_received_open_must_be_taken_up_or_answered(field):
    where, fact = CARRIED[field]
    received = case(discharge={where: [fact]})
    (found,) = check_taken_up(received, case())
    assert (found.key, found.level) == ("open-item.not-taken-up", "block")
    assert found.path == f"discharge-summary.{where}.0"
    assert list(check_taken_up(received, case(health={field: [OPEN[field]]}))) == []


def test_closing_an_item_in_the_own_record_takes_it_up():
    received = case(discharge={"medications": [OPEN["medications"]]})
    stopped = {**OPEN["medications"], "status": "stopped"}
    assert list(check_taken_up(received, case(health={"medications": [stopped]}))) == []


def test_an_answer_in_the_referral_takes_an_item_up():
    received = case(discharge={"care_plan": [OPEN["care_plan"]]})
    answer = {
        "kind": "plan",
        "what": {"text": "counselling"},
        "answer": "not-possible",
        "reason": "x",
        "by": "CW-11",
        "on": "2026-03-20",
    }
    assert list(check_taken_up(received, case(referral={"taken_up": [answer]}))) == []


def test_a_recipient_answers_only_for_what_it_received():
    assert list(check_taken_up(case(), case(health={"problems": [OPEN["problems"]]}))) == []
    left_out = case(discharge={"not_carried": [_not_carried("problem", "x")]})
    assert list(check_taken_up(left_out, case())) == []


def test_every_listed_source_is_a_field_and_says_of_what_kind():
    items = open_items(sample().health, sample().discharge_summary, sample().referral)
    assert {item.kind for item in items} == {"alert", "problem", "result", "treatment", "plan"}
    fields = {
        name
        for component in ("health", "discharge-summary", "referral")
        for name in RECORDS[component].model_fields
    }
    assert set(SOURCES) <= fields


def test_findings_of_open_items_are_for_the_checker_only():
    found = _dropped({"medications": [{"product": {"text": "Secret"}}]}, {})
    assert "Secret" not in repr(found)
    assert keys(found) == ["open-item.dropped"]
