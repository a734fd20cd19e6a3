"""Whole record versions against the author rules and a staff register."""

import pytest

from schemas.components.records import parse_record
from schemas.rules.narrowing import Narrowing, Reservation
from schemas.rules.writing import Register, Writer, judge_writing
from tests.support.cases import sample
from tests.support.staffing import PEOPLE, TEAM

REGISTER = Register(TEAM)
NURSE, PSYCHOLOGIST, DOCTOR, GUARD = "CW-02", "CW-03", "CW-04", "CW-07"
MANAGER = "CW-01"
PRESSURE = {"systolic": 110, "diastolic": 70, "on": "2026-03-01"}
SHEET = {"on": "2026-03-01T02:00:00Z", "by": GUARD, "risk_level": "high", "emergency_author": True}


def _writer(code):
    return Writer(code, TEAM[code])


def _judge(writer, before=None, register=REGISTER, component="health", **data):
    record = parse_record(component, data)
    earlier = parse_record(component, before) if before is not None else None
    return judge_writing(record, _writer(writer), register, before=earlier)


def _blocks(findings):
    return [(found.path, found.rule, found.key) for found in findings if found.level == "block"]


def test_an_author_who_signs_is_judged_once():
    assert _judge(NURSE, blood_pressures=[{**PRESSURE, "by": NURSE}]) == []


def test_a_fact_that_names_nobody_is_the_signers():
    assert _judge(NURSE, blood_pressures=[PRESSURE]) == []
    refused = _judge(GUARD, blood_pressures=[PRESSURE])
    assert _blocks(refused) == [("health.blood_pressures.0", "R17", "author.not-allowed")]
    assert refused[0].text.startswith("Ask a health professional")


def test_whoever_is_named_is_judged_by_what_the_fact_is():
    diagnosis = {"kind": "diagnosis", "code": {"system": "icd-10", "code": "F43.1"}, "by": NURSE}
    found = _judge(PSYCHOLOGIST, problems=[diagnosis])
    assert _blocks(found) == [("health.problems.0.by", "R30", "author.not-allowed")]
    assert _blocks(_judge(PSYCHOLOGIST, problems=[{**diagnosis, "by": PSYCHOLOGIST}])) == []


def test_whoever_signs_for_another_enters_and_is_judged_as_such():
    note = {"text": "x", "on": "2026-03-01T10:00:00Z", "by": NURSE}
    assert _judge(MANAGER, notes=[note]) == []
    found = _judge(GUARD, notes=[note])
    assert _blocks(found) == [("health.notes.0", "R79", "author.not-allowed")]


def test_a_case_manager_who_enters_a_diagnosis_is_told_who_answers_for_it():
    diagnosis = {"kind": "diagnosis", "code": {"system": "icd-10", "code": "J06.9"}, "by": DOCTOR}
    (found,) = _judge(MANAGER, problems=[diagnosis])
    assert (found.level, found.rule, found.key) == ("warn", "R17", "author.caution")


def test_software_enters_what_people_found_and_finds_nothing():
    record = parse_record("health", {"blood_pressures": [{**PRESSURE, "by": NURSE}]})
    software = Writer(None, PEOPLE["sy"])
    assert judge_writing(record, software, REGISTER) == []
    unnamed = parse_record("health", {"blood_pressures": [PRESSURE]})
    assert _blocks(judge_writing(unnamed, software, REGISTER)) == [
        ("health.blood_pressures.0", "R17", "author.not-allowed")
    ]


def test_an_unknown_caseworker_is_refused_unless_known_from_elsewhere():
    note = {"text": "x", "on": "2026-03-01T10:00:00Z", "by": "XX-99"}
    found = _judge(MANAGER, notes=[note])
    assert _blocks(found) == [("health.notes.0.by", "R82", "author.unknown")]
    elsewhere = Register(TEAM, elsewhere=frozenset({"XX-99"}))
    assert _judge(MANAGER, register=elsewhere, notes=[note]) == []


def test_the_emergency_path_lets_a_guard_write_a_crisis_sheet():
    danger = {"on": "2026-03-01T02:00:00Z", "by": GUARD, "suicidal_thoughts": "yes"}
    found = _judge(GUARD, crisis_summary=SHEET, crisis_danger=danger)
    assert [(one.level, one.rule) for one in found] == [("warn", "R22")] * 2


def test_off_the_emergency_path_a_guard_writes_no_crisis_sheet():
    found = _judge(GUARD, crisis_summary={**SHEET, "emergency_author": False})
    assert _blocks(found) == [("health.crisis_summary.by", "R21", "author.not-allowed")]


def test_a_guard_without_the_task_is_sent_to_the_check_list():
    register = Register({**TEAM, GUARD: PEOPLE["gu"]})
    found = _judge(GUARD, register=register, crisis_summary=SHEET)
    assert _blocks(found) == [("health.crisis_summary.by", "R22", "author.not-allowed")]
    assert "observation check-list" in found[0].text


@pytest.mark.parametrize(
    ("confirmer", "rule"),
    [(PSYCHOLOGIST, None), (NURSE, None), (DOCTOR, "R22"), (MANAGER, None), (GUARD, "R22")],
)
def test_a_mental_health_professional_confirms_by_an_own_signature(confirmer, rule):
    confirmed = {**SHEET, "confirmed_by": confirmer, "confirmed_on": "2026-03-01T09:00:00Z"}
    found = _judge(confirmer, before={"crisis_summary": SHEET}, crisis_summary=confirmed)
    assert [entry[1] for entry in _blocks(found)] == ([rule] if rule else [])


def test_nobody_confirms_for_another():
    confirmed = {**SHEET, "confirmed_by": PSYCHOLOGIST}
    found = _judge(NURSE, before={"crisis_summary": SHEET}, crisis_summary=confirmed)
    assert _blocks(found) == [("health.crisis_summary.confirmed_by", "R119", "author.not-own-hand")]


def test_nobody_attests_for_another_but_approval_may_be_told():
    document = {"on": "2026-03-05", "compiled_by": MANAGER}
    attested = {**document, "attested_by": DOCTOR, "attested_on": "2026-03-05T15:00:00Z"}
    by_manager = _judge(MANAGER, component="discharge-summary", document=attested)
    assert _blocks(by_manager) == [
        ("discharge-summary.document.attested_by", "R119", "author.not-own-hand")
    ]
    by_doctor = _judge(
        DOCTOR, before={"document": document}, component="discharge-summary", document=attested
    )
    assert by_doctor == []
    request = {
        "on": "2026-03-02",
        "kind": "other",
        "priority": "normal",
        "reason": "x",
        "services": ["health"],
        "made_by": MANAGER,
        "approved_by": DOCTOR,
    }
    (found,) = _judge(MANAGER, component="referral", request=request)
    assert (found.level, found.key) == ("warn", "author.not-own-hand")


def test_a_psychologist_who_is_not_medical_attests_but_a_manager_does_not():
    part = {"part": "mental-status", "on": "2026-03-05T15:00:00Z"}
    for by, blocked in ((PSYCHOLOGIST, False), (MANAGER, True)):
        found = _judge(by, component="discharge-summary", attestations=[{**part, "by": by}])
        assert bool(_blocks(found)) is blocked


def test_what_is_unchanged_is_not_judged_again():
    held = {"blood_pressures": [{**PRESSURE, "by": NURSE}]}
    complaint = {"text": "x", "on": "2026-03-02"}
    assert _judge(GUARD, before=held, **held, complaints=[complaint]) == []


def test_one_of_two_like_facts_that_is_new_is_judged():
    held = {"blood_pressures": [{**PRESSURE, "by": NURSE}]}
    twice = {"blood_pressures": [{**PRESSURE, "by": NURSE}] * 2}
    found = _judge(GUARD, before=held, **twice)
    assert _blocks(found) == [("health.blood_pressures.1", "R17", "author.not-allowed")]


def test_what_is_struck_out_must_be_ones_own_or_ones_to_enter():
    held = {"blood_pressures": [{**PRESSURE, "by": NURSE}], "complaints": [{"text": "x"}]}
    kept = {"complaints": [{"text": "x"}]}
    assert _judge(NURSE, before=held, **kept) == []
    assert _judge(DOCTOR, before=held, **kept) == []
    found = _judge(GUARD, before=held, **kept)
    assert _blocks(found) == [("health.blood_pressures.0", "R17", "author.not-allowed")]
    found = _judge(GUARD, before={"crisis_summary": SHEET})
    assert found == []
    found = _judge("CW-06", before={"crisis_summary": SHEET})
    assert _blocks(found) == [("health.crisis_summary", "R17", "author.not-allowed")]


def test_a_prescriber_has_the_role_that_the_prescription_states():
    order = {"product": {"text": "x"}, "prescribed_by": NURSE, "on_order": "order of 1 March"}
    found = _judge(NURSE, prescriptions=[{**order, "prescriber_role": "doctor"}])
    assert _blocks(found) == [
        ("health.prescriptions.0.prescriber_role", "R26", "author.role-differs")
    ]
    assert _judge(NURSE, prescriptions=[{**order, "prescriber_role": "nurse"}]) == []


def test_telling_unwelcome_news_is_a_health_professionals():
    told = {"disease": "hiv", "result": "positive", "by": NURSE, "told_to_person": "yes"}
    found = _judge(NURSE, screenings=[{**told, "told_by": MANAGER}])
    assert _blocks(found) == [("health.screenings.0.told_by", "R24", "author.not-allowed")]
    assert _judge(NURSE, screenings=[{**told, "told_by": DOCTOR}]) == []


def test_a_facilitys_narrowing_counts_here_too():
    line = Reservation(subject="clinical-fact", verb="author", roles=frozenset({"nurse"}))
    register = Register(TEAM, narrowing=Narrowing(reservations=(line,)))
    found = _judge(NURSE, register=register, blood_pressures=[PRESSURE])
    assert _blocks(found) == [("health.blood_pressures.0", "R16", "author.not-allowed")]


def test_the_unit_decides_of_what_training_is_spoken():
    register = Register({NURSE: PEOPLE["vt"]}, unit="mid-term")
    record = parse_record("health", {"complaints": [{"text": "x"}]})
    (found,) = judge_writing(record, Writer(NURSE, PEOPLE["vt"]), register)
    assert found.rule == "R15"


def test_several_caseworkers_of_one_intervention_are_each_judged():
    session = {"kind": "psychotherapy", "on": "2026-03-01T10:00:00Z", "by": [PSYCHOLOGIST, NURSE]}
    found = _judge(PSYCHOLOGIST, component="interventions", interventions=[session])
    assert _blocks(found) == [("interventions.interventions.0.by", "R33", "author.not-allowed")]


def test_the_sample_case_names_nobody_who_could_not_have_written_what_it_says():
    by_name = [
        found
        for record in (getattr(sample(), name) for name in type(sample()).model_fields)
        if record is not None
        for found in judge_writing(record, _writer(MANAGER), REGISTER)
        if found.path.endswith("by") and found.key == "author.not-allowed"
    ]
    assert by_name == []
