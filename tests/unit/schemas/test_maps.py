"""The FHIR maps fit the models: nothing can be lost for want of a place."""

import pytest
from pydantic import BaseModel

from schemas.components.records import RECORDS, fact_model
from schemas.components.values import CODE_SHAPES
from schemas.errors import ComponentError
from schemas.fhir.codecs import mapped, renamed
from schemas.fhir.fact_map import VALUE
from schemas.fhir.maps.registry import MAPS, map_of
from schemas.fhir.systems import CODE_SYSTEMS

FIELDS = [
    (component, field) for component, model in RECORDS.items() for field in model.model_fields
]


def _fields_of(component, field):
    try:
        model = fact_model(component, field)
    except TypeError:
        return {VALUE}
    assert issubclass(model, BaseModel)
    return set(model.model_fields) - {"sensitivities"}


@pytest.mark.parametrize(("component", "field"), FIELDS)
def test_every_field_of_every_fact_has_one_place(component, field):
    names = [lens.name for lens in map_of(component, field).lenses]
    assert sorted(names) == sorted(_fields_of(component, field))


@pytest.mark.parametrize("component", RECORDS)
def test_no_map_is_left_over(component):
    assert set(MAPS[component]) == set(RECORDS[component].model_fields)


@pytest.mark.parametrize(("component", "field"), FIELDS)
def test_every_map_can_be_shown_to_a_person(component, field):
    entry = map_of(component, field)
    assert entry.label
    assert entry.resource
    assert all(lens.element for lens in entry.lenses)


def test_an_unknown_field_has_no_map():
    with pytest.raises(ComponentError):
        map_of("health", "horoscope")


def test_code_systems_and_code_shapes_go_together():
    assert set(CODE_SYSTEMS) == set(CODE_SHAPES)


def test_codecs_of_tables_are_inverse():
    table = {"a": ("s", "1"), "b": ("s", "2")}
    for codec, names in ((mapped(table), table), (renamed({"a": "x", "b": "y"}), table)):
        assert [codec.decode(codec.encode(name)) for name in names] == list(names)
