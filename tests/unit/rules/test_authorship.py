"""The author rules, cell by cell against a table that was written by hand."""

import re
from pathlib import Path

import pytest

from schemas.rules.authorship import Allowed, NotAllowed, may
from schemas.rules.matrix.groups import WRITE_ONLY
from schemas.rules.matrix.table import MATRIX
from schemas.rules.staff import Staff
from schemas.rules.subjects import SUBJECTS, VERBS
from tests.support.staffing import PEOPLE, staff

TABLE = (Path(__file__).parents[2] / "data" / "rules" / "authorship.md").read_text()
ABOUT_REGISTER = {"R14", "R15", "R120"}
"""Cautions about courses and licences, which are no part of the table."""


def _cells():
    columns: list[str] = []
    for line in TABLE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == "what":
            columns = cells[3:]
        elif cells[0] in SUBJECTS:
            subject, verb, rule = cells[:3]
            for column, expected in zip(columns, cells[3:], strict=True):
                yield subject, verb, rule, column, expected


CELLS = list(_cells())


def _seen(answer) -> str:
    if isinstance(answer, NotAllowed):
        return "."
    own = [caution for caution in answer.warnings if caution.rule not in ABOUT_REGISTER]
    return "!" if own else "+"


@pytest.mark.parametrize("column", PEOPLE)
def test_every_cell_is_as_the_table_says(column):
    wrong = [
        f"{subject} {verb}: {seen} instead of {expected}"
        for subject, verb, _, who, expected in CELLS
        if who == column and (seen := _seen(may(verb, subject, PEOPLE[column]))) != expected
    ]
    assert wrong == []


def test_every_refusal_names_the_rule_of_its_row_and_what_to_do():
    for subject, verb, rule, column, expected in CELLS:
        if expected == ".":
            answer = may(verb, subject, PEOPLE[column])
            own = WRITE_ONLY.get(PEOPLE[column].role) if verb == "read" else None
            assert answer.rule == (own or rule), (subject, verb, column)
            assert len(answer.what_to_do) > 15


def test_the_table_holds_every_clause_of_the_matrix_once():
    rows = [(subject, verb) for subject, verb, _, column, _ in CELLS if column == "cm"]
    clauses = [(subject, verb) for subject, row in MATRIX.items() for verb in row.clauses]
    assert sorted(rows) == sorted(clauses)
    assert {column for *_, column, _ in CELLS} == set(PEOPLE)


def test_a_verb_that_a_row_does_not_know_is_refused_to_everybody():
    unknown = [(s, v) for s in SUBJECTS for v in VERBS if v not in MATRIX[s].clauses]
    assert ("plan", "attest") in unknown
    for subject, verb in unknown:
        for who in PEOPLE.values():
            assert may(verb, subject, who).rule == MATRIX[subject].rule


def test_texts_are_sentences_with_rules_of_the_requirements():
    for row in MATRIX.values():
        for clause in row.clauses.values():
            assert re.fullmatch(r"R\d{1,3}", clause.rule)
            assert re.fullmatch(r"[A-Z][^!?]+\.", clause.instead)
            for right in clause.rights:
                if right.caution:
                    assert re.fullmatch(r"R\d{1,3}", right.caution.rule)
                    assert re.fullmatch(r"[A-Z].+\.", right.caution.text)


def test_a_nurse_without_an_order_is_told_the_rule_and_the_way():
    answer = may("author", "prescription", PEOPLE["nu"])
    assert answer.rule == "R26"
    assert "names the doctor's order" in answer.what_to_do


def test_a_doctor_unknown_to_the_register_is_told_what_it_lacks():
    answer = may("author", "prescription", PEOPLE["dx"])
    assert answer.what_to_do.endswith("The staff register does not show: medicine.")
    trained = staff("doctor", "medicine")
    answer = may("author", "functioning", trained)
    assert answer.what_to_do.endswith("does not show: training in mental health care.")


def test_only_the_nearest_gap_in_the_register_is_named():
    answer = may("author", "psychotherapy", PEOPLE["cp"])
    assert answer.what_to_do.endswith("does not show: training in psychotherapy.")


def test_nothing_is_said_of_the_register_where_the_role_is_the_reason():
    answer = may("author", "prescription", PEOPLE["vc"])
    assert "register" not in answer.what_to_do


def test_a_guard_at_night_always_has_something_to_write():
    for who in ("gu", "gt"):
        for subject in ("observation", "alert", "complaint", "handover"):
            assert isinstance(may("author", subject, PEOPLE[who]), Allowed)


def test_the_right_with_the_least_to_mind_is_used():
    both = staff("nurse", "nursing", "nursing-diagnosis", "training-high")
    assert may("author", "diagnosis-nursing", both) == Allowed()
    doctor_and_nurse = staff("doctor", "medicine", "nursing", "training-high")
    assert may("author", "medical-examination", doctor_and_nurse) == Allowed()


@pytest.mark.parametrize(
    ("role", "held", "subject", "named"),
    [
        ("doctor", "medicine", "prescription", "medicine"),
        ("nurse", "nursing", "clinical-fact", "nursing"),
        ("psychologist", "clinical-psychology", "psychological-test", "clinical psychology"),
        ("psychiatrist", "psychiatry", "diagnosis-psychiatric", "psychiatry"),
        ("legal-officer", "law", "legal-guidance", "law"),
    ],
)
def test_a_missing_licence_warns_and_does_not_refuse(role, held, subject, named):
    unlicensed = staff(role, held, "training-high", licensed=False)
    (caution,) = may("author", subject, unlicensed).warnings
    assert caution.rule == "R120"
    assert f"licence for {named}:" in caution.text
    assert may("author", subject, staff(role, held, "training-high")).warnings == ()


def test_no_licence_is_asked_where_a_right_rests_on_no_regulated_profession():
    unlicensed = staff("nurse", "nursing", "training-high", licensed=False)
    assert may("author", "plan", unlicensed) == Allowed()


def test_a_specialists_licence_covers_the_profession_it_is_a_part_of():
    psychiatrist = PEOPLE["py"]
    assert may("author", "prescription", psychiatrist) == Allowed()


@pytest.mark.parametrize(
    ("course", "unit", "rules"),
    [
        (None, None, ["R14"]),
        ("training-introductory", "short-term", ["R14"]),
        ("training-basic", None, []),
        ("training-basic", "short-term", []),
        ("training-basic", "mid-term", ["R15"]),
        ("training-intermediate", "mid-term", []),
        ("training-intermediate", "long-term", ["R15"]),
        ("training-high", "long-term", []),
        ("training-high", "short-term", []),
    ],
)
def test_a_missing_course_warns_of_what_the_unit_asks(course, unit, rules):
    held = [course] if course else []
    answer = may("author", "plan", staff("social-worker", *held), unit=unit)
    assert [caution.rule for caution in answer.warnings] == rules


def test_courses_concern_writing_only_and_people_only():
    untrained = staff("social-worker")
    assert may("read", "plan", untrained, unit="long-term") == Allowed()
    assert may("compile", "plan", PEOPLE["sy"], unit="long-term") == Allowed()


def test_qualifications_of_a_guard_or_volunteer_give_no_profession():
    nurse_on_guard = staff("security-guard", "nursing", "medicine", "training-high")
    for subject in ("clinical-fact", "prescription", "diagnosis-medical"):
        assert isinstance(may("author", subject, nurse_on_guard), NotAllowed)
        assert isinstance(may("read", subject, nurse_on_guard), NotAllowed)


def test_a_licence_without_its_qualification_is_refused():
    licences = PEOPLE["dr"].licences
    with pytest.raises(ValueError, match="needs the qualification"):
        Staff(role="doctor", qualifications=frozenset({"nursing"}), licences=licences)
