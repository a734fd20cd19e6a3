"""Scopes as people write them."""

import pytest
import typer

from services.cli.choices import scope_choice, scope_item


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("health/infectious", {"component": "health", "category": "infectious"}),
        ("health/*", {"component": "health"}),
        ("*/identity", {"category": "identity"}),
        ("identity/*", {"component": "identity"}),
        ("referral", {"component": "referral"}),
        ("infectious", {"category": "infectious"}),
    ],
)
def test_a_scope_item_is_read(text: str, item: dict[str, str]) -> None:
    assert scope_item(text) == item


@pytest.mark.parametrize("text", ["identity", "*/*", "/", "", "helth", "health/infection", "*"])
def test_what_is_ambiguous_or_unknown_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        scope_item(text)


def test_exactly_one_kind_of_scope_is_needed() -> None:
    for only, all_except in ([], []), (["health"], ["family"]):
        with pytest.raises(typer.BadParameter):
            scope_choice(only, all_except)


def test_a_scope_is_what_was_listed() -> None:
    assert scope_choice(["health"], []) == {"only": [{"component": "health"}]}
    assert scope_choice([], ["family"]) == {"all_except": [{"category": "family"}]}
