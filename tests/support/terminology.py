"""Makes schemas/fhir/terminology/*.json from the models and maps.

`python -m tests.support.terminology` writes them.

Every value that a model allows is written to FHIR once; the codes of ours that come out are the
code systems, and those of others are listed. Nothing is kept by hand but the labels.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

import schemas.fhir.terminology
from schemas.components.records import RECORDS, fact_model
from schemas.components.values import Coded
from schemas.fhir.fact_map import VALUE
from schemas.fhir.maps.registry import MAPS
from schemas.fhir.subject import stamp
from schemas.fhir.systems import CODE_SYSTEMS, COMPONENT, FACT, OWN, SENSITIVITY, STATED, own
from schemas.fhir.terminology.labels import ICD_10, label_of
from schemas.sensitivity import CATEGORIES, COMPONENTS

Json = dict[str, Any]
FOLDER = Path(schemas.fhir.terminology.__file__).parent
TARGETS = ("code-systems.json", "value-sets.json")
VERSION = "1"
_CODE = "K7Q2-9MXD-41TB"
_LANGUAGE, _COUNTRY = "qaa", "XZ"
"""Stand for any language and country, which are no codes of ours."""
_LEAVES = (
    True,
    1,
    30,
    1.5,
    "2026-01-01T00:00:00Z",
    "2026-01-01",
    "CW-01",
    _COUNTRY,
    _LANGUAGE,
    "0000",
    "F-0000000000",
    "A" * 22,
    "A" * 43,
    "text/plain",
    "name",
)


def _leaf(annotation: Any, metadata: list[Any]) -> Any:
    kind = Annotated[(annotation, *metadata)] if metadata else annotation
    adapter = TypeAdapter(kind, config=ConfigDict(strict=True))
    for value in _LEAVES:
        try:
            adapter.validate_python(value)
        except ValidationError:
            continue
        return value
    raise AssertionError(f"no value for {annotation}")


def _values(annotation: Any, metadata: list[Any]) -> Iterator[Any]:
    """Yield plain JSON values of an annotation that use every literal at least once."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        extra = [
            m for part in more for m in (part.metadata if isinstance(part, FieldInfo) else [part])
        ]
        yield from _values(inner, [*extra, *metadata])
    elif origin in (Union, UnionType):
        for part in get_args(annotation):
            if part is not type(None):
                yield from _values(part, metadata)
    elif origin is Literal:
        yield from get_args(annotation)
    elif origin is list:
        yield from ([value] for value in _values(get_args(annotation)[0], []))
    elif annotation is Coded:
        yield {"text": "name"}
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from variants(annotation)
    else:
        yield _leaf(annotation, metadata)


def variants(model: type[BaseModel]) -> Iterator[Json]:
    """Yield plain JSON of a model with all its fields, once for every value of every field."""
    options = {
        name: list(_values(field.annotation, list(field.metadata)))
        for name, field in model.model_fields.items()
        if name != "sensitivities"
    }
    full = {name: values[0] for name, values in options.items()}
    yield full
    for name, values in options.items():
        yield from (full | {name: value} for value in values[1:])


def _facts() -> Iterator[Json]:
    """Yield a resource for every variant of every fact of every component."""
    for component, maps in MAPS.items():
        for field, fact_map in maps.items():
            try:
                contents = list(variants(fact_model(component, field)))
            except TypeError:
                info = RECORDS[component].model_fields[field]
                found = _values(info.annotation, list(info.metadata))
                contents = [{VALUE: value} for value in found]
            for content in contents:
                yield fact_map.encode(content, stamp(fact_map.resource, _CODE))


def _pairs(node: Any) -> Iterator[tuple[str, str]]:
    """Yield (system, code) of every Coding in a resource, and of codes in extensions of ours."""
    if isinstance(node, list):
        for part in node:
            yield from _pairs(part)
    elif isinstance(node, dict):
        if "system" in node and "code" in node:
            yield node["system"], node["code"]
        if str(node.get("url", "")).startswith(OWN) and "valueCode" in node:
            yield node["url"], node["valueCode"]
        for part in node.values():
            yield from _pairs(part)


def collected() -> dict[str, list[str]]:
    """Return system -> codes that the maps write, ours and those of others, in a fixed order."""
    codes: dict[str, set[str]] = defaultdict(set)
    for resource in _facts():
        for system, code in _pairs(resource):
            if code not in (_LANGUAGE, _COUNTRY):
                codes[system].add(code)
    codes[COMPONENT].update(COMPONENTS)
    codes[SENSITIVITY].update(CATEGORIES)
    codes[STATED].update(CATEGORIES)
    for maps in MAPS.values():
        codes[FACT].update(maps)
        codes[CODE_SYSTEMS["loinc"]].update(one.section for one in maps.values() if one.section)
    return {system: sorted(found) for system, found in sorted(codes.items())}


def _name(system: str) -> str:
    return system.removeprefix(f"{OWN}:").replace(":", "-")


def _head(kind: str, name: str, url: str) -> Json:
    title = name.replace("-", " ").capitalize()
    return {
        "resourceType": kind,
        "id": name[:64],
        "url": url,
        "version": VERSION,
        "name": "Safehand" + "".join(part.capitalize() for part in name.split("-")),
        "title": title,
        "status": "active",
        "experimental": False,
        "publisher": "The Safehand authors",
    }


def code_system(system: str, codes: list[str]) -> Json:
    """Return the CodeSystem of one of our systems."""
    name = _name(system)
    short = name.removeprefix("extension-")
    return _head("CodeSystem", name, system) | {
        "caseSensitive": True,
        "valueSet": own(f"valueset:{name}"),
        "content": "complete",
        "count": len(codes),
        "concept": [{"code": code, "display": label_of(short, code)} for code in codes],
    }


def value_set(system: str) -> Json:
    """Return the ValueSet of all codes of one of our systems."""
    name = _name(system)
    head = _head("ValueSet", name, own(f"valueset:{name}"))
    return head | {"compose": {"include": [{"system": system}]}}


def icd_labels() -> Json:
    """Return our labels of WHO codes as a supplement, so that no title of WHO's is repeated."""
    concepts = [
        {"code": code, "designation": [{"language": "en", "value": label}]}
        for code, label in sorted(ICD_10.items())
    ]
    name = "icd-10-labels"
    return _head("CodeSystem", name, own(name)) | {
        "content": "supplement",
        "supplements": CODE_SYSTEMS["icd-10"],
        "count": len(concepts),
        "concept": concepts,
    }


def listed(name: str, system: str, codes: list[str]) -> Json:
    """Return the ValueSet of some codes of a published system, without its titles."""
    include = {"system": system, "concept": [{"code": code} for code in codes]}
    return _head("ValueSet", name, own(f"valueset:{name}")) | {"compose": {"include": [include]}}


def _bundle(resources: list[Json]) -> Json:
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": one["url"], "resource": one} for one in resources],
    }


def make() -> dict[str, Json]:
    """Return the content of each file."""
    codes = collected()
    ours = {system: found for system, found in codes.items() if system.startswith(OWN)}
    published = [
        listed("problems", CODE_SYSTEMS["icd-10"], sorted(ICD_10)),
        listed("snomed-used", CODE_SYSTEMS["snomed"], codes[CODE_SYSTEMS["snomed"]]),
        listed("loinc-used", CODE_SYSTEMS["loinc"], codes[CODE_SYSTEMS["loinc"]]),
    ]
    systems = [code_system(*pair) for pair in ours.items()]
    sets = [value_set(system) for system in ours]
    return dict(
        zip(TARGETS, (_bundle([*systems, icd_labels()]), _bundle([*sets, *published])), strict=True)
    )


def encode(bundle: Json) -> str:
    """Return the text of a file."""
    return json.dumps(bundle, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for target, bundle in make().items():
        (FOLDER / target).write_text(encode(bundle), "utf-8")
