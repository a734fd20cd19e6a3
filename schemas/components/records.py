"""All components, and the parsing of one from outside data."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from schemas.components.administrative import AdministrativeRecord
from schemas.components.base import Fact, Record
from schemas.components.consent import ConsentRecord
from schemas.components.discharge import DischargeSummaryRecord
from schemas.components.health import HealthRecord
from schemas.components.identity import IdentityRecord
from schemas.components.interventions import InterventionsRecord
from schemas.components.referral import ReferralRecord
from schemas.components.values import FieldError
from schemas.errors import ComponentError
from schemas.sensitivity import Component

RECORDS: dict[Component, type[Record]] = {
    "administrative": AdministrativeRecord,
    "identity": IdentityRecord,
    "health": HealthRecord,
    "discharge-summary": DischargeSummaryRecord,
    "referral": ReferralRecord,
    "interventions": InterventionsRecord,
    "consent": ConsentRecord,
}
"""Component -> its model."""

MAX_FAULTS = 100
"""As many are reported of one content."""


@cache
def holds_list(model: type[Record], field: str) -> bool:
    """Say whether a field of a component holds a list of facts (else at most one)."""
    annotation = model.model_fields[field].annotation
    return list in {get_origin(part) or part for part in (annotation, *get_args(annotation))}


@cache
def fact_model(component: Component, field: str) -> type[Fact]:
    """Return the model of the facts of a field; fields of plain values have none (TypeError)."""
    annotation = RECORDS[component].model_fields[field].annotation
    for part in (annotation, *get_args(annotation)):
        if isinstance(part, type) and issubclass(part, Fact):
            return part
    raise TypeError(f"{component}.{field} holds plain values")


def _name(part: str | int) -> str:
    """Return a step of a path, unless it may be content: unknown field names are the caller's."""
    text = str(part)
    return text if re.fullmatch(r"[a-z0-9_-]{1,40}", text) else "?"


def _fault(found: ErrorDetails, root: str) -> ComponentError:
    place = [root, *(_name(part) for part in found["loc"])]
    cause = found.get("ctx", {}).get("error")
    if isinstance(cause, FieldError):
        place.append(cause.field)
    return ComponentError(found["msg"].removeprefix("Value error, "), ".".join(place))


def component_error(error: ValidationError, root: str) -> ComponentError:
    """Return the faults of a pydantic error as one: where and what, never the value."""
    found = error.errors(include_input=False, include_url=False)[:MAX_FAULTS]
    first, *others = (_fault(one, root) for one in found)
    return ComponentError(first.problem, first.path, tuple(others))


def parse_record(component: Component, data: Mapping[str, Any] | bytes) -> Record:
    """Return the record of a component from plain JSON data. Raises ComponentError."""
    model = RECORDS[component]
    try:
        if isinstance(data, bytes):
            return model.model_validate_json(data)
        return model.model_validate(data)
    except ValidationError as error:
        raise component_error(error, component) from None
