"""Is this valid FHIR R4? Two judges that nobody here wrote, and the rules that both of them miss.

(a) the models of `fhir.resources` (imported as R4B: R4 and R4B are the same for every resource used
here), (b) HL7's R4 JSON schema through jsonschema-rs, (c) R4's rules for JSON and narratives. Each
accepts faults that another refuses, so valid means that all accept. The models are asked last and
only about what the others accept: they raise what they like on things of another shape.

Answers name elements of FHIR, never a value nor a name that FHIR does not know: what is judged may
be a person's record, and answers end up in logs and problem documents. Does not know profiles,
references or codes outside the schema. PROTOCOL section 4.
"""

import gzip
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module, resources
from itertools import islice
from typing import Any, NamedTuple

import orjson
from jsonschema_rs import ValidationError as SchemaFault
from jsonschema_rs import Validator, validator_for
from pydantic import BaseModel
from pydantic import ValidationError as ModelFault

from schemas.errors import EncodingError
from schemas.fhir.json_text import Part, json_findings, read_object

MAX_PROBLEMS = 100
"""As many are reported; a hostile document could hold millions."""


class Problem(NamedTuple):
    """Where in the resource (`entry[0].resource.status`, empty: all of it), and what is wrong."""

    path: str
    problem: str


def check_resource(data: bytes | dict[str, Any], path: str = "") -> list[Problem]:
    """Return what makes a resource or Bundle, as JSON bytes or parsed, invalid; empty if nothing.

    `path` stands before every answer's path. Raises nothing, whatever `data` holds.
    """
    try:
        resource = read_object(data) if isinstance(data, bytes) else data
    except EncodingError as error:
        return [Problem(path, str(error))]
    for judge in (json_problems, schema_problems, model_problems):
        problems = list(dict.fromkeys(judge(resource)))
        if problems:
            return [Problem(_under(path, place), problem) for place, problem in problems]
    return []


def json_problems(resource: dict[str, Any]) -> list[Problem]:
    """Return what breaks R4's rules for JSON and narratives (json.html, txt-1, txt-2)."""
    found = islice(json_findings(resource), MAX_PROBLEMS)
    return [Problem(_spell(place), problem) for place, problem in found]


def schema_problems(resource: dict[str, Any]) -> list[Problem]:
    """Return what HL7's JSON schema of R4 objects to."""
    try:
        found = list(islice(_schema_faults(resource), MAX_PROBLEMS))
    except UnicodeEncodeError:
        return [Problem("", "holds text that is not Unicode")]
    return [Problem(_spell(fault.instance_path), _schema_words(fault)) for fault in found]


def _schema_faults(resource: dict[str, Any]) -> Iterator[SchemaFault]:
    """Yield the schema's findings but one: it knows no `null` in lists, which R4 has.

    See json.html#primitive; `json_problems` judges those.
    """
    for fault in _schema().iter_errors(resource):
        in_list = bool(fault.instance_path) and isinstance(fault.instance_path[-1], int)
        if not (in_list and fault.instance is None):
            yield fault


def model_problems(resource: dict[str, Any]) -> list[Problem]:
    """Return what the models of `fhir.resources` object to, in a resource of the right shape."""
    try:
        _model(resource["resourceType"]).model_validate(resource)
    except ModelFault as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        return [Problem(_spell(fault["loc"]), _model_words(fault["type"])) for fault in faults]
    except RecursionError:
        return [Problem("", "is nested too deeply")]
    except LookupError:
        return [Problem("", "holds a resource type that is not read here")]
    return []


@cache
def _definitions() -> dict[str, Any]:
    packed = resources.files("schemas.fhir").joinpath("r4.schema.json.gz").read_bytes()
    schema: dict[str, Any] = orjson.loads(gzip.decompress(packed))
    return schema


@cache
def _schema() -> Validator:
    return validator_for(_definitions(), offline=True)


@cache
def _known_names() -> frozenset[str]:
    definitions = _definitions()["definitions"].values()
    return frozenset(name for one in definitions for name in one.get("properties", ()))


@cache
def _model(resource_type: str) -> type[BaseModel]:
    """Return the model class. Raises LookupError for what `fhir.resources` does not have."""
    if resource_type not in _definitions()["definitions"]:
        raise LookupError
    try:
        module = import_module(f"fhir.resources.R4B.{resource_type.lower()}")
    except ModuleNotFoundError:
        raise LookupError from None
    model: type[BaseModel] = getattr(module, resource_type)
    return model


def _under(path: str, place: str) -> str:
    return f"{path}.{place}" if path and place else path or place


def _spell(place: Iterable[Part]) -> str:
    """Return the path, without the names that FHIR does not know: they may be data."""
    return "".join(_steps(place)).removeprefix(".")


def _steps(place: Iterable[Part]) -> Iterator[str]:
    for part in place:
        if isinstance(part, int):
            yield f"[{part}]"
        elif part in _known_names():
            yield f".{part}"


_SCHEMA_WORDS = {
    "additionalProperties": "holds an element that R4 does not have here",
    "enum": "is not one of the codes that R4 allows here",
    "const": "is not the value that R4 fixes here",
}


def _schema_words(fault: SchemaFault) -> str:
    kind: Any = fault.kind
    match kind.name:
        case "required":
            return f"lacks {kind.property}"
        case "type":
            return f"must be of JSON type {' or '.join(kind.types)}"
        case "pattern":
            return f"is not a valid {fault.schema_path[-2]}"
        case name:
            return _SCHEMA_WORDS.get(name, "breaks R4's JSON schema")


def _model_words(kind: str) -> str:
    if "missing" in kind:
        return "lacks an element that R4 requires"
    if "extra" in kind:
        return "holds an element that R4 does not have here"
    return f"is refused by the R4 model ({kind})"
