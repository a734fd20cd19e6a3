"""Any change to a release in transit is refused. PROTOCOL section 7."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from exchange.errors import OpenError
from schemas.wire.hub_api import ReleaseOut
from tests.support.story import CONSENTED, Story, ask, bundle

STORY = Story()
ASKED = ask(STORY.consent())
ANSWER = STORY.hub.release(ASKED).to_bytes()
TRUE = {bundle(labels, "version 1") for labels in CONSENTED}


@settings(max_examples=150)
@given(st.integers(0, len(ANSWER) - 1), st.integers(1, 255))
def test_a_changed_byte_never_passes_unnoticed(place: int, change: int) -> None:
    changed = bytearray(ANSWER)
    changed[place] ^= change
    try:
        answer = ReleaseOut.from_bytes(bytes(changed))
        opened = STORY.open(answer, ASKED)
    except (ValidationError, OpenError):
        return
    assert opened.refused
    assert {one.section.bundle for one in opened.sections} < TRUE


@given(st.permutations(range(3)))
def test_the_order_of_sections_is_part_of_what_was_logged(order: list[int]) -> None:
    answer = ReleaseOut.from_bytes(ANSWER)
    moved = answer.model_copy(update={"sections": [answer.sections[at] for at in order]})
    if order == [0, 1, 2]:
        assert not STORY.open(moved, ASKED).refused
        return
    with pytest.raises(OpenError) as refused:
        STORY.open(moved, ASKED)
    assert (refused.value.step, refused.value.reason) == ("audit", "other-details")
