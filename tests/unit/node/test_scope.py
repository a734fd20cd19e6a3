"""From what a person chose to the lines of a scope: never more than the choice. PROTOCOL 6."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from exchange.scope import scope_tag
from schemas.sensitivity import CATEGORIES, COMPONENTS
from services.node.scope import ScopeChoice, ScopeItem, scope_lines

KEY = bytes(range(32))
ITEMS = st.builds(
    ScopeItem,
    component=st.one_of(st.none(), st.sampled_from(COMPONENTS)),
    category=st.sampled_from(CATEGORIES),
)


def test_one_category_of_one_component() -> None:
    choice = ScopeChoice(only=[ScopeItem(component="health", category="general")])
    (line,) = scope_lines(choice, KEY)
    assert (line.component, line.category) == ("health", "general")
    assert line.tag == scope_tag(KEY, "health", "general")


def test_a_component_means_all_its_categories() -> None:
    choice = ScopeChoice(only=[ScopeItem(component="referral")])
    assert choice.labels() == [("referral", category) for category in CATEGORIES]


def test_all_except_keeps_consent_records_at_home() -> None:
    labels = ScopeChoice(all_except=[]).labels()
    assert len(labels) == (len(COMPONENTS) - 1) * len(CATEGORIES)
    assert "consent" not in {component for component, _ in labels}


def test_consent_records_travel_if_they_are_named() -> None:
    choice = ScopeChoice(only=[ScopeItem(component="consent")])
    assert {component for component, _ in choice.labels()} == {"consent"}


@given(st.lists(ITEMS, max_size=6))
def test_scope_is_exactly_what_the_choice_names(items: list[ScopeItem]) -> None:
    only = set(ScopeChoice(only=items).labels())
    rest = set(ScopeChoice(all_except=items).labels())
    for component in COMPONENTS:
        for category in CATEGORIES:
            named = any(item.covers(component, category) for item in items)
            assert ((component, category) in only) == named
            assert ((component, category) in rest) == (not named and component != "consent")


@given(st.lists(ITEMS, max_size=6))
def test_every_line_has_a_tag_of_its_own(items: list[ScopeItem]) -> None:
    lines = scope_lines(ScopeChoice(only=items), KEY)
    assert len({line.tag for line in lines}) == len(lines)


@pytest.mark.parametrize(
    "choice",
    [{}, {"only": None}, {"only": [], "all_except": []}, {"only": [{}]}, {"everything": True}],
)
def test_unclear_choices_are_refused(choice: object) -> None:
    with pytest.raises(ValidationError):
        ScopeChoice.model_validate(choice)
