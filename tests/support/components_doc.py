"""Makes docs/COMPONENTS.md from the models and maps: `python -m tests.support.components_doc`."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from schemas.components.assignment import ASSIGNMENTS
from schemas.components.records import RECORDS, fact_model, holds_list
from schemas.fhir.fact_map import VALUE
from schemas.fhir.labels import LABELS
from schemas.fhir.maps.registry import MAPS
from schemas.fhir.systems import LOINC, SNOMED, own
from schemas.sensitivity import CATEGORIES, Component
from tests.support.dictionary import ELEMENTS, OMISSIONS

TARGET = Path(__file__).parents[2] / "docs" / "COMPONENTS.md"
CHAPTERS: dict[Component, str] = {
    "administrative": "7.2.1",
    "identity": "7.1(1), 7.2.5",
    "health": "7.2.2",
    "discharge-summary": "7.2.3",
    "referral": "7.2.4",
    "interventions": "7.1(3)",
    "consent": "8.4, 7.5",
}
_INTRO = """# Components

What a record holds, field by field, where each part goes in FHIR R4, and which section it is sealed
in. Made by `python -m tests.support.components_doc` from the models in `schemas/components` and the
maps in `schemas/fhir/maps`; a test fails when it is out of date, so do not edit it by hand.

- A row is a field of a component; `[]` means a list. Its parts are given as part → element of the
  resource, `*` marks those that must be there if the field is. Nothing else must ever be there: an
  emergency record can be one alert.
- Every fact may also carry `sensitivities`, which its author adds and which can only make the
  section stricter. Codes count as well: a problem coded `B18.1` goes to `infectious`.
- Closed values are listed below; with labels they are in `schemas/fhir/terminology` as FHIR code
  systems and value sets; where the codes of others were looked up is in
  `schemas/fhir/terminology/SOURCES.md`.
- Chapters are those of the booklet.
"""


def _chapter(component: Component, field: str) -> str:
    try:
        said = fact_model(component, field).__doc__ or ""
    except TypeError:
        said = ""
    found = re.search(r"booklet ([0-9][^;)]*(?:\([0-9a-z]\))?)", said)
    return found[1].strip() if found else CHAPTERS[component]


def _required(component: Component, field: str) -> set[str]:
    try:
        fields = fact_model(component, field).model_fields
    except TypeError:
        return {VALUE}
    return {name for name, info in fields.items() if info.is_required()}


def _parts(component: Component, field: str) -> str:
    required = _required(component, field)
    parts = []
    for lens in MAPS[component][field].lenses:
        name = field if lens.name == VALUE else lens.name
        mark = "*" if lens.name in required and lens.name != VALUE else ""
        parts.append(f"{name}{mark} → {lens.element}")
    return "; ".join(parts)


_SHORT = {
    LOINC: "LOINC ",
    SNOMED: "SNOMED CT ",
    own("observable"): "own code ",
    own("task"): "own code ",
}


def _coded(component: Component, field: str) -> str:
    """Return what the resource itself is coded as, if that is the same for all such facts."""
    fixed = MAPS[component][field].fixed
    codings = (fixed.get("code") or fixed.get("type") or {}).get("coding", [])
    said = [f"{_SHORT[one['system']]}{one['code']}" for one in codings if one["system"] in _SHORT]
    return f" ({said[0]})" if said else ""


def _section(component: Component, field: str) -> str:
    row = ASSIGNMENTS[component][field]
    kinds: dict[str, list[str]] = {}
    for kind, category in row.kinds.items():
        kinds.setdefault(category, []).append(kind)
    if kinds.keys() == set(CATEGORIES):
        return f"the one that `{row.kind}` names"
    said = [f"`{to}` if {row.kind} is {', '.join(names)}" for to, names in kinds.items()]
    return "; ".join([f"`{row.category}`", *said])


def _rows() -> Iterator[str]:
    yield "| Booklet | Component | Field | FHIR | Section |"
    yield "|---|---|---|---|---|"
    for component, model in RECORDS.items():
        for field in model.model_fields:
            one = MAPS[component][field]
            name = f"{field}[]" if holds_list(model, field) else field
            fhir = f"**{one.resource}**{_coded(component, field)} {_parts(component, field)}"
            loinc = f" (LOINC {one.section})" if one.section else ""
            yield (
                f"| {_chapter(component, field)} | {component} | `{name}` {one.label}{loinc}"
                f" | {fhir} | {_section(component, field)} |"
            )


def _codes(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from map(str, get_args(annotation))
    for part in () if get_origin(annotation) is Literal else get_args(annotation):
        yield from _codes(part)


def _closed(info: FieldInfo) -> str:
    return ", ".join(f"`{code}`" for code in dict.fromkeys(_codes(info.annotation)))


def _values() -> Iterator[str]:
    yield "| Component | Field | Part | Allowed values |"
    yield "|---|---|---|---|"
    for component, model in RECORDS.items():
        for field, info in model.model_fields.items():
            try:
                parts = dict(fact_model(component, field).model_fields)
                parts.pop("sensitivities")
            except TypeError:
                parts = {"": info}
            for name, part in parts.items():
                if said := _closed(part):
                    yield f"| {component} | `{field}` | {name and f'`{name}`'} | {said} |"


def _labels() -> Iterator[str]:
    yield "| Section | Confidentiality | Sensitivity (v3-ActCode) |"
    yield "|---|---|---|"
    for category, (confidentiality, codes) in LABELS.items():
        yield f"| `{category}` | {confidentiality} | {', '.join(codes) or '-'} |"


def _table(head: tuple[str, str], rows: dict[str, str]) -> Iterator[str]:
    yield f"| {head[0]} | {head[1]} |"
    yield "|---|---|"
    yield from (f"| {name} | {reason} |" for name, reason in rows.items())


def make() -> str:
    """Return the text of docs/COMPONENTS.md."""
    parts = [
        _INTRO,
        "## Fields\n",
        *_rows(),
        "\n## Sections and their labels\n",
        "Strictest first; a fact that could go to several goes to the first of them.\n",
        *_labels(),
        "\n## Closed lists of values\n",
        *_values(),
        "\n## Left out on purpose\n",
        *_table(("What", "Why"), OMISSIONS),
        "\n## Where another element may be expected\n",
        *_table(
            ("Field", "Why it is this one"), {f"`{name}`": why for name, why in ELEMENTS.items()}
        ),
    ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    TARGET.write_text(make(), "utf-8")
