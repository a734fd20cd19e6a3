"""A hub that lies about a release is caught, at a known step, and nothing it lied about opens."""

import pytest

from exchange.errors import OpenError
from exchange.opening import OpenedRelease
from schemas.wire.hub_api import ReleaseOut
from tests.support.lies import about_consent, about_statements, about_the_log
from tests.support.lies.scene import Scene, lies_of
from tests.support.story import CONSENTED, bundle

LIES = lies_of(about_statements, about_consent, about_the_log)
WHOLE = {name: one for name, one in LIES.items() if one.whole}
PARTIAL = {name: one for name, one in LIES.items() if not one.whole}


def open_answer(scene: Scene, answer: ReleaseOut) -> OpenedRelease:
    return scene.story.open(
        answer, scene.asked, memory=scene.memory, bodies=scene.bodies, now=scene.now
    )


def open_lie(name: str) -> OpenedRelease:
    scene = Scene()
    return open_answer(scene, LIES[name].tell(scene))


def test_the_truth_opens() -> None:
    scene = Scene()
    opened = open_answer(scene, scene.truth())
    assert {one.section.bundle for one in opened.sections} == {
        bundle(labels, "version 1") for labels in CONSENTED
    }
    assert opened.refused == ()


@pytest.mark.parametrize("name", WHOLE)
def test_a_lie_about_the_release_refuses_all_of_it(name: str) -> None:
    with pytest.raises(OpenError) as refused:
        open_lie(name)
    assert (refused.value.step, refused.value.reason) == (WHOLE[name].step, WHOLE[name].reason)
    assert str(refused.value) == "could not be opened"


@pytest.mark.parametrize("name", PARTIAL)
def test_a_lie_about_a_section_refuses_that_section_and_no_other(name: str) -> None:
    opened = open_lie(name)
    found = {(one.step, one.reason) for one in opened.refused}
    assert found == {(PARTIAL[name].step, PARTIAL[name].reason)}
    refused = {one.manifest for one in opened.refused}
    assert not refused & {one.section.digest for one in opened.sections}
