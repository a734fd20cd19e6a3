"""Need-to-know inside a facility."""

import pytest

from schemas.rules.narrowing import Narrowing, Reservation
from schemas.rules.reading import readable
from tests.support.cases import sample
from tests.support.staffing import PEOPLE


@pytest.mark.parametrize("column", ["gu", "gt", "vo", "vt", "vc", "in", "sy"])
def test_some_read_nothing_of_any_component(column):
    case = sample()
    for name in type(case).model_fields:
        record = getattr(case, name)
        if record is not None:
            assert readable(record, PEOPLE[column]) == type(record)()


def test_a_case_manager_reads_a_whole_health_record():
    health = sample().health
    assert readable(health, PEOPLE["cm"]) == health


def test_a_legal_officer_reads_legal_papers_and_no_diagnosis():
    seen = readable(sample().health, PEOPLE["lo"])
    assert seen.legal_papers == sample().health.legal_papers
    assert seen.problems == []
    assert seen.notes == []


def test_a_doctor_reads_no_legal_papers():
    seen = readable(sample().health, PEOPLE["dr"])
    assert seen.legal_papers == []
    assert seen.problems == sample().health.problems


def test_one_list_is_read_in_part_by_the_kind_of_its_facts():
    interventions = sample().interventions
    seen = readable(interventions, PEOPLE["dr"]).interventions
    assert {"legal", "health"} <= {one.kind for one in interventions.interventions}
    assert "legal" not in {one.kind for one in seen}
    assert "health" in {one.kind for one in seen}


def test_a_facility_can_take_reading_away():
    line = Reservation(subject="problem", verb="read", roles=frozenset({"nurse"}))
    seen = readable(sample().health, PEOPLE["nu"], Narrowing(reservations=(line,)))
    assert seen.problems
    assert "problem" not in {problem.kind for problem in seen.problems}
