"""What is asked of a record has a place in one, or a reason for having none."""

from typing import get_args

import pytest
from pydantic import BaseModel

from schemas.components.records import RECORDS
from tests.support.components_doc import TARGET, make
from tests.support.dictionary import ELEMENTS, OMISSIONS, places

ASKED = [(asked, place) for _, asked, where in places() for place in where]


def _model_in(annotation):
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        if model := _model_in(part):
            return model
    return None


def _exists(place):
    component, *parts = place.split(".")
    model = RECORDS[component]
    for part in parts:
        if model is None or part not in model.model_fields:
            return False
        model = _model_in(model.model_fields[part].annotation)
    return True


@pytest.mark.parametrize(("asked", "place"), ASKED)
def test_what_is_asked_for_has_a_place(asked, place):
    assert place == "every resource" or _exists(place), asked


@pytest.mark.parametrize("place", ELEMENTS)
def test_what_is_explained_exists(place):
    assert _exists(place)


def test_no_place_is_made_up():
    assert not _exists("health.horoscope")
    assert not _exists("health.problems.code.horoscope")
    assert not _exists("administrative.education.level")


def test_every_field_of_every_component_is_asked_for():
    asked = {".".join(place.split(".")[:2]) for _, place in ASKED}
    fields = {
        f"{component}.{field}"
        for component, model in RECORDS.items()
        for field in model.model_fields
    }
    papers = {f"{component}.documents" for component in ("identity", "referral")}
    assert fields - asked == papers


def test_everything_left_out_has_a_reason():
    assert all(reason for reason in OMISSIONS.values())


def test_the_page_of_components_is_what_the_code_says():
    """`python -m tests.support.components_doc` writes it anew."""
    assert TARGET.read_text("utf-8") == make()
