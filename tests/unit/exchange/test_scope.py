"""Scope tags. PROTOCOL section 4."""

import pytest

from exchange.errors import SealError
from exchange.scope import scope_tag
from schemas.sensitivity import CATEGORIES, COMPONENTS
from tests.support.facilities import seed


def test_tags_of_one_case_are_all_different() -> None:
    tags = {
        scope_tag(seed("case"), component, category)
        for component in COMPONENTS
        for category in CATEGORIES
    }
    assert len(tags) == len(COMPONENTS) * len(CATEGORIES)


def test_tags_are_stable_within_a_case_and_differ_between_cases() -> None:
    one = scope_tag(seed("case"), "health", "general")
    assert one == scope_tag(seed("case"), "health", "general")
    assert one != scope_tag(seed("another case"), "health", "general")


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33)])
def test_a_key_of_another_size_is_refused(key: bytes) -> None:
    with pytest.raises(SealError):
        scope_tag(key, "health", "general")
