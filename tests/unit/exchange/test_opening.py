"""Opening what an honest hub and an honest owner sent. PROTOCOL section 7."""

from tests.support.story import CONSENTED, Story, ask, bundle


def test_a_release_opens_exactly_the_consented_sections() -> None:
    story = Story()
    asked = ask(story.consent())
    opened = story.open(story.hub.release(asked), asked)
    assert {(one.line.component, one.line.category) for one in opened.sections} == set(CONSENTED)
    assert {one.section.bundle for one in opened.sections} == {
        bundle(labels, "version 1") for labels in CONSENTED
    }
    assert opened.refused == ()
    assert opened.accepted.withheld == 0
