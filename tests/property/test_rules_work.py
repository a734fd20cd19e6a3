"""Rules of the work over any case there could be."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.case_file import CaseComponents
from schemas.components.records import RECORDS
from schemas.rules.changes import new_facts, placed_facts, struck_facts
from schemas.rules.findings import blocking
from schemas.rules.handing_over import check_dropped, check_taken_up
from schemas.rules.leaves import free_texts
from schemas.rules.names import check_names
from schemas.rules.reading import readable
from schemas.rules.times import closes, opens, surely_before
from schemas.rules.work import at_acceptance, at_discharge, on_writing
from schemas.rules.writing import Register, Writer, judge_writing
from tests.support.cases import NOW, case, stay
from tests.support.records import records
from tests.support.staffing import PEOPLE, TEAM

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
FEW = settings(max_examples=25, suppress_health_check=SLOW)


@st.composite
def cases(draw) -> CaseComponents:
    """Draw a case of one to three components."""
    chosen = draw(st.lists(st.sampled_from(sorted(RECORDS)), min_size=1, max_size=3, unique=True))
    held = {name.replace("-", "_"): draw(records(name)) for name in chosen}
    return CaseComponents().model_copy(update=held)


def _resolve(components, path):
    """Walk a path of a finding; an absent value ends the walk, a wrong name raises."""
    name, *steps = path.split(".")
    found = getattr(components, name.replace("-", "_"))
    for step in steps:
        if found is None:
            return
        found = found[int(step)] if isinstance(found, list) else getattr(found, step)


@FEW
@given(components=cases())
def test_findings_point_at_what_is_there_and_repeat_nothing_of_it(components):
    found = [*on_writing(components, NOW), *at_discharge(components, NOW)]
    texts = {text for record in _held(components) for _, text in free_texts(record)}
    for one in found:
        _resolve(components, one.path)
        assert not [text for text in texts if len(text) > 12 and text in one.text]


def _held(components):
    found = (getattr(components, name) for name in type(components).model_fields)
    return [record for record in found if record is not None]


@FEW
@given(components=cases())
def test_the_same_case_is_judged_the_same(components):
    assert on_writing(components, NOW) == on_writing(components, NOW)


@FEW
@given(components=cases())
def test_closing_finds_what_writing_finds_and_only_raises_it(components):
    written = on_writing(components, NOW)
    closing = at_discharge(components, NOW)
    assert [(one.key, one.path) for one in written] == [(one.key, one.path) for one in closing]
    assert len(blocking(written)) <= len(blocking(closing))


@FEW
@given(components=cases())
def test_what_is_accepted_whole_drops_nothing(components):
    assert at_acceptance(components, components) == []


@FEW
@given(
    services=st.lists(st.sampled_from("abcdef"), min_size=1, max_size=5, unique=True),
    data=st.data(),
)
def test_exactly_what_is_left_out_of_a_summary_is_found(services, data):
    kept = data.draw(st.sets(st.sampled_from(services)))
    health = {"care_plan": [{"service": service} for service in services]}
    summary = {"follow_ups": [{"service": service.upper()} for service in sorted(kept)]}
    found = check_dropped(case(health=health, discharge=summary), closing=True)
    left_out = [place for place, service in enumerate(services) if service not in kept]
    assert [one.path for one in found] == [f"health.care_plan.{place}" for place in left_out]
    received, own = case(health=health), case(referral=summary)
    assert len(list(check_taken_up(received, own))) == len(left_out)


@FEW
@given(
    unit=st.sampled_from(["short-term", "mid-term", "long-term"]),
    admitted=st.dates().filter(lambda day: 1900 < day.year < 2026).map(lambda day: day.isoformat()),
)
def test_no_length_of_stay_ever_blocks(unit, admitted):
    admin = {"stays": [stay(unit=unit, admitted=admitted)]}
    assert blocking(on_writing(case(administrative=admin), NOW)) == []


MINIMUM_FIELDS = {
    "profile": {"gender": "unknown"},
    "age_band": "18-24",
    "urgent_needs": {"needs": ["medical"]},
    "consent_state": {"state": "unable", "on": "2026-03-05"},
    "stays": [stay()],
    "absent": [{"field": "languages", "reason": "temp-unknown"}],
}


@FEW
@given(chosen=st.sets(st.sampled_from(sorted(MINIMUM_FIELDS))))
def test_any_part_of_the_emergency_minimum_is_valid(chosen):
    admin = {name: MINIMUM_FIELDS[name] for name in chosen}
    health = {"alerts": [{"kind": "suicide"}], "complaints": [{"text": "x", "urgent": True}]}
    for components in (case(administrative=admin), case(administrative=admin, health=health)):
        assert blocking(on_writing(components, NOW)) == []


NAMES = st.sampled_from(["Kovalchuk", "Țurcanu", "Олена", "Łucja", "İpek", "小明", "Ana"])


@FEW
@given(name=NAMES, before=st.text("ab ,.\n", max_size=8), after=st.text(" ,.!\n", max_size=8))
def test_a_planted_name_is_found_and_its_text_named(name, before, after):
    text = f"{before} {name}{after}".strip()
    identity = {"person": {"names": [{"text": name}]}}
    health = {"complaints": [{"text": text}], "notes": []}
    (found,) = check_names(case(identity=identity, health=health))
    assert found.path == "health.complaints.0.text"
    assert name not in repr(found)


@FEW
@given(components=cases(), data=st.data())
def test_names_found_are_in_the_text_that_is_named(components, data):
    name = data.draw(NAMES)
    identity = case(identity={"person": {"names": [{"text": name}]}}).identity
    texts = {path for record in _held(components) for path, _ in free_texts(record)}
    found = check_names(components.model_copy(update={"identity": identity}))
    assert {one.path for one in found} <= texts


TIMES = st.one_of(
    st.dates().filter(lambda day: 1900 <= day.year <= 2199).map(lambda day: day.isoformat()),
    st.sampled_from(["2026", "2026-02", "2026-02-28", "2026-12-31T23:59:59Z"]),
)


@given(first=TIMES, second=TIMES)
def test_a_span_of_time_runs_forward_and_before_is_one_way(first, second):
    assert opens(first) <= closes(first)
    assert not (surely_before(first, second) and surely_before(second, first))
    assert not surely_before(first, first)


@pytest.mark.parametrize("component", sorted(RECORDS))
@FEW
@given(data=st.data())
def test_any_record_is_judged_without_a_stumble(component, data):
    record, earlier = data.draw(records(component)), data.draw(records(component))
    for column in ("cm", "dr", "gt", "sy"):
        writer = Writer("CW-01", PEOPLE[column])
        judge_writing(record, writer, Register(TEAM), before=earlier)
        readable(record, PEOPLE[column])


@pytest.mark.parametrize("component", ["health", "administrative"])
@FEW
@given(data=st.data())
def test_an_unchanged_record_is_never_refused(component, data):
    record = data.draw(records(component))
    for column in PEOPLE:
        writer = Writer(None, PEOPLE[column])
        assert judge_writing(record, writer, Register(TEAM), before=record) == []


@pytest.mark.parametrize("component", ["health", "interventions"])
@FEW
@given(data=st.data())
def test_changes_are_what_one_version_has_and_the_other_has_not(component, data):
    record = data.draw(records(component))
    assert list(new_facts(record, record)) == []
    assert list(struck_facts(record, record)) == []
    assert [fact for *_, fact in new_facts(record, None)] == [
        fact for *_, fact in placed_facts(record)
    ]
    assert list(struck_facts(record, None)) == []
