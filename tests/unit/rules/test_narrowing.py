"""A facility takes away from the author rules, and adds nothing."""

import pytest

from schemas.rules.authorship import Allowed, NotAllowed, may
from schemas.rules.narrowing import Narrowing, Reservation
from tests.support.staffing import PEOPLE, staff


def _narrow(**line):
    return Narrowing(reservations=(Reservation(subject="plan", verb="author", **line),))


def test_without_lines_nothing_changes():
    assert may("author", "plan", PEOPLE["nu"], Narrowing()) == Allowed()


def test_a_line_withdraws_a_verb_from_everyone():
    answer = may("author", "plan", PEOPLE["nu"], _narrow())
    assert answer == NotAllowed("R16", "Ask the case manager who does this here.")


def test_a_line_concerns_only_the_roles_it_names():
    narrowing = _narrow(roles=frozenset({"nurse"}), instead="Bring it to the conference.")
    refused = may("author", "plan", PEOPLE["nu"], narrowing)
    assert refused == NotAllowed("R16", "Bring it to the conference.")
    assert may("author", "plan", PEOPLE["dr"], narrowing) == Allowed()


def test_a_line_concerns_only_its_verb_and_subject():
    assert may("read", "plan", PEOPLE["nu"], _narrow()) == Allowed()
    assert may("author", "social-history", PEOPLE["nu"], _narrow()) == Allowed()


def test_a_line_can_ask_for_more_qualifications():
    narrowing = _narrow(needs=frozenset({"mental-health", "nursing"}))
    assert isinstance(may("author", "plan", PEOPLE["nu"], narrowing), NotAllowed)
    assert isinstance(may("author", "plan", PEOPLE["py"], narrowing), NotAllowed)
    assert may("author", "plan", PEOPLE["nm"], narrowing) == Allowed()


def test_implied_qualifications_meet_a_line():
    narrowing = _narrow(needs=frozenset({"mental-health"}))
    assert may("author", "plan", PEOPLE["ps"], narrowing) == Allowed()


def test_a_line_can_turn_the_warning_of_a_missing_licence_into_a_refusal():
    line = Reservation(subject="prescription", verb="author", licence=True)
    narrowing = Narrowing(reservations=(line,))
    unlicensed = staff("doctor", "medicine", "training-high", licensed=False)
    assert isinstance(may("author", "prescription", unlicensed), Allowed)
    assert isinstance(may("author", "prescription", unlicensed, narrowing), NotAllowed)
    assert may("author", "prescription", PEOPLE["dr"], narrowing) == Allowed()


def test_all_lines_have_to_be_met():
    lines = (
        Reservation(subject="plan", verb="author", needs=frozenset({"nursing"})),
        Reservation(subject="plan", verb="author", needs=frozenset({"medicine"})),
    )
    narrowing = Narrowing(reservations=lines)
    assert isinstance(may("author", "plan", PEOPLE["nu"], narrowing), NotAllowed)
    both = staff("doctor", "medicine", "nursing", "training-high")
    assert may("author", "plan", both, narrowing) == Allowed()


def test_it_reads_from_json_and_refuses_what_it_does_not_know():
    line = '{"subject": "plan", "verb": "author", "roles": ["nurse"]}'
    read = Narrowing.model_validate_json(f'{{"reservations": [{line}]}}')
    assert read == _narrow(roles=frozenset({"nurse"}))
    for wrong in ('{"subject": "plan", "verb": "author", "allow": ["nurse"]}',
                  '{"subject": "horoscope", "verb": "author"}'):  # fmt: skip
        with pytest.raises(ValueError, match="validation error"):
            Narrowing.model_validate_json(f'{{"reservations": [{wrong}]}}')
