"""Author rules for every staff member there could be."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.rules.authorship import Allowed, may
from schemas.rules.narrowing import Narrowing, Reservation
from schemas.rules.qualifications import QUALIFICATIONS, REGULATED, implied_by
from schemas.rules.staff import Staff
from schemas.rules.subjects import SUBJECTS, VERBS
from schemas.wire.statement import StaffRole
from tests.support.staffing import staff

ROLES: tuple[StaffRole, ...] = StaffRole.__args__
HELD = st.frozensets(st.sampled_from(QUALIFICATIONS), max_size=6)
STAFF = st.builds(
    lambda role, held, licensed: staff(role, *held, licensed=licensed),
    st.sampled_from(ROLES),
    HELD,
    st.booleans(),
)
SUBJECT = st.sampled_from(SUBJECTS)
VERB = st.sampled_from(VERBS)
LINES = st.builds(
    Reservation,
    subject=SUBJECT,
    verb=VERB,
    roles=st.frozensets(st.sampled_from(ROLES), max_size=3),
    needs=HELD,
    licence=st.booleans(),
)
NARROWINGS = st.builds(Narrowing, reservations=st.lists(LINES, max_size=5).map(tuple))


def _is_allowed(verb, subject, who, narrowing=Narrowing()) -> bool:  # noqa: B008
    return isinstance(may(verb, subject, who, narrowing), Allowed)


def _all_allowed(who, narrowing):
    return {
        (verb, subject)
        for verb in VERBS
        for subject in SUBJECTS
        if _is_allowed(verb, subject, who, narrowing)
    }


@given(who=STAFF, narrowing=NARROWINGS)
def test_narrowing_never_widens(who, narrowing):
    assert _all_allowed(who, narrowing) <= _all_allowed(who, Narrowing())


@given(who=STAFF, narrowing=NARROWINGS, line=LINES)
def test_a_further_line_never_widens(who, narrowing, line):
    narrower = Narrowing(reservations=(*narrowing.reservations, line))
    assert _all_allowed(who, narrower) <= _all_allowed(who, narrowing)


@given(who=STAFF, narrowing=NARROWINGS)
def test_narrowing_takes_no_warning_away(who, narrowing):
    for verb, subject in _all_allowed(who, narrowing):
        assert may(verb, subject, who, narrowing) == may(verb, subject, who)


@given(held=HELD)
def test_guards_volunteers_interpreters_and_software_read_nothing(held):
    for role in ("security-guard", "volunteer", "interpreter", "system"):
        who = Staff(role=role, qualifications=held)
        assert not any(_is_allowed("read", subject, who) for subject in SUBJECTS)


@given(held=HELD)
def test_interpreters_and_software_find_nothing_themselves(held):
    for role in ("interpreter", "system"):
        who = Staff(role=role, qualifications=held)
        for verb in ("author", "approve", "attest", "confirm"):
            assert not any(_is_allowed(verb, subject, who) for subject in SUBJECTS)


@given(who=STAFF, more=HELD, verb=VERB, subject=SUBJECT)
def test_learning_something_takes_no_right_away(who, more, verb, subject):
    learned = Staff(role=who.role, qualifications=who.qualifications | more)
    assert _is_allowed(verb, subject, learned) or not _is_allowed(verb, subject, who)


@given(who=STAFF)
def test_nobody_prescribes_without_medicine_nor_tests_without_clinical_psychology(who):
    if _is_allowed("author", "prescription", who):
        assert "medicine" in who.holds
    if _is_allowed("author", "psychological-test", who):
        assert "clinical-psychology" in who.holds


@given(held=HELD)
def test_whoever_may_prescribe_may_follow_an_order_and_note_a_problem(held):
    who = Staff(role="doctor", qualifications=held)
    if _is_allowed("author", "prescription", who):
        for subject in ("prescription-on-order", "medical-test", "problem", "clinical-fact"):
            assert _is_allowed("author", subject, who)


@given(held=HELD)
def test_implied_qualifications_are_closed(held):
    assert implied_by(implied_by(held)) == implied_by(held)
    assert held <= implied_by(held)


@given(who=STAFF, verb=VERB, subject=SUBJECT)
def test_every_refusal_has_a_rule_and_a_way(who, verb, subject):
    answer = may(verb, subject, who)
    if not isinstance(answer, Allowed):
        assert answer.rule.startswith("R")
        assert answer.what_to_do.endswith(".")


@given(who=STAFF, verb=VERB, subject=SUBJECT)
def test_a_licence_is_only_asked_for_a_profession_that_is_held(who, verb, subject):
    answer = may(verb, subject, who)
    if isinstance(answer, Allowed) and not who.holds & REGULATED:
        assert all(caution.rule != "R120" for caution in answer.warnings)
