"""Hypothesis strategies for record components, read off the models themselves.

A new field is generated as soon as it is in a model. Values are plain JSON, as a caller would send
them; `records(component)` parses them.
"""

import types
from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le, MaxLen, MinLen
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, StringConstraints
from pydantic.fields import FieldInfo

from schemas.components import values
from schemas.components.base import Record
from schemas.components.records import RECORDS, parse_record
from schemas.errors import ComponentError
from schemas.sensitivity import Component

_SCRIPTS = "aé ß<&>\"'\n\tжїțңلا漢字🙂\u00a0\u200d\u2028"
_WORDS = st.text(
    st.one_of(
        st.sampled_from(_SCRIPTS),
        st.characters(exclude_categories=["Cc", "Cs"]).filter(lambda c: ord(c) & 0xFFFF < 0xFFFE),
    ),
    min_size=1,
    max_size=40,
).filter(lambda text: text.replace("\ufeff", " ").strip() != "")
_DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(date.isoformat)
_PARTIAL = st.tuples(_DAYS, st.sampled_from([4, 7, 10])).map(lambda pair: pair[0][: pair[1]])
_ZONES = st.integers(-12 * 4, 14 * 4).map(
    lambda quarters: timezone(timedelta(minutes=15 * quarters))
)
_MOMENTS = st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=_ZONES).map(
    lambda moment: moment.replace(microsecond=0).isoformat()
)
_AMOUNTS = st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: round(number, 6))
_BY_VALIDATOR: dict[Any, st.SearchStrategy[Any]] = {
    "tidy_text": _WORDS,
    "tidy_line": _WORDS,
    "_is_day": _DAYS,
    "_is_partial_date": _PARTIAL,
    "_is_moment": _MOMENTS,
    "_is_time": st.one_of(_PARTIAL, _MOMENTS),
}
_CODES: dict[str, list[str]] = {
    "icd-10": ["F43.1", "F43.-", "B18.1", "T74.2", "Z33", "F10.2", "J06.9", "Z65.4"],
    "icd-10-cm": ["T74.51XA", "Z62.813"],
    "snomed": ["47505003", "734998001", "38341003"],
    "loinc": ["8310-5", "5195-3", "75626-2"],
    "atc": ["N05BA01", "J04AC01", "A02BC01", "N06A"],
}
_CODED = st.one_of(
    st.builds(lambda text: {"text": text}, _WORDS),
    st.sampled_from([(system, code) for system, codes in _CODES.items() for code in codes]).flatmap(
        lambda pair: st.fixed_dictionaries(
            {"system": st.just(pair[0]), "code": st.just(pair[1])}, optional={"text": _WORDS}
        )
    ),
)


def _limit(metadata: list[Any], kind: type, name: str, default: Any) -> Any:
    return next((getattr(part, name) for part in metadata if isinstance(part, kind)), default)


def _string(metadata: list[Any]) -> st.SearchStrategy[Any]:
    for part in metadata:
        if isinstance(part, AfterValidator) and part.func.__name__ in _BY_VALIDATOR:
            return _BY_VALIDATOR[part.func.__name__]
    for part in metadata:
        if isinstance(part, StringConstraints) and part.pattern:
            return st.from_regex(str(part.pattern), fullmatch=True, alphabet=_ascii())
    raise AssertionError("no strategy for a text without a pattern")


def _ascii() -> st.SearchStrategy[str]:
    return st.characters(min_codepoint=33, max_codepoint=126)


def _number(annotation: Any, metadata: list[Any]) -> st.SearchStrategy[Any]:
    if annotation is bool:
        return st.booleans()
    if annotation is float:
        return _AMOUNTS
    return st.integers(_limit(metadata, Ge, "ge", 0), _limit(metadata, Le, "le", 10**6))


def _flat(annotation: Any, metadata: list[Any]) -> tuple[Any, list[Any]]:
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        extra = [
            m for part in more for m in (part.metadata if isinstance(part, FieldInfo) else [part])
        ]
        return _flat(inner, [*extra, *metadata])
    return annotation, metadata


def value_of(annotation: Any, metadata: list[Any]) -> st.SearchStrategy[Any]:
    """Return the strategy of plain JSON for an annotation with its constraints."""
    annotation, metadata = _flat(annotation, metadata)
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        kinds = [part for part in get_args(annotation) if part is not type(None)]
        return st.one_of([value_of(part, metadata) for part in kinds])
    if origin is Literal:
        return st.sampled_from(get_args(annotation))
    if origin is list:
        (inner,) = get_args(annotation)
        least = _limit(metadata, MinLen, "min_length", 0)
        most = min(_limit(metadata, MaxLen, "max_length", 3), least + 2)
        return st.lists(value_of(inner, []), min_size=least, max_size=most)
    if annotation is values.Coded:
        return _CODED
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return model_data(annotation)
    return _string(metadata) if annotation is str else _number(annotation, metadata)


@cache
def model_data(model: type[BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    """Return the strategy of plain JSON for a model: required fields always, others at times."""
    required, optional = {}, {}
    for name, field in model.model_fields.items():
        strategy = value_of(field.annotation, list(field.metadata))
        (required if field.is_required() else optional)[field.alias or name] = strategy
    return st.fixed_dictionaries(required, optional=optional)


def records(component: Component) -> st.SearchStrategy[Record]:
    """Return the strategy of valid records of a component."""

    def parse(data: dict[str, Any]) -> Record | None:
        try:
            return parse_record(component, data)
        except ComponentError:
            return None

    return _component_data(component).map(parse).filter(lambda record: record is not None)


@cache
def _fields(component: Component) -> dict[str, st.SearchStrategy[Any]]:
    fields = RECORDS[component].model_fields.items()
    return {name: value_of(field.annotation, list(field.metadata)) for name, field in fields}


def _component_data(component: Component) -> st.SearchStrategy[dict[str, Any]]:
    """A few fields at a time: a whole record in every example would be slow and show no more."""
    fields = _fields(component)
    chosen = st.lists(st.sampled_from(sorted(fields)), min_size=1, max_size=4, unique=True)
    return chosen.flatmap(
        lambda names: st.fixed_dictionaries({name: fields[name] for name in names})
    )
