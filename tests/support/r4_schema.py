"""Makes `schemas/fhir/r4.schema.json.gz` from what the pinned npm package ships.

`python -m tests.support.r4_schema` writes it; test_referees holds the file against a fresh making.

Medplum publishes HL7's JSON schema of R4 (4.0.1, CC0) with definitions and elements of its own
mixed in, which no R4 reader knows. Those are taken out again, so are descriptions, and the list of
resources becomes a choice by `resourceType`: as HL7 writes it (`oneOf` of 146) a fault in a bundle
entry is reported as "not exactly one of 146", here as what it is.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.medplum import DEFINITIONS, install

TARGET = Path(__file__).parents[2] / "schemas" / "fhir" / "r4.schema.json.gz"

NOT_HL7 = {
    "DeviceDefinition": {"classification"},
    "HealthcareService": {"offeredIn"},
    "Meta": {"account", "author", "compartment", "project"},
    "ObservationDefinition": {"publisher"},
    "OperationOutcome": {"resource", "status"},
    "Reference": {"resource"},
}
"""Elements that Medplum adds to HL7's definitions, found against HL7's own 4.0.0 schema."""


def make() -> dict[str, Any]:
    """Return the schema, draft 7, from the installed package."""
    source = _without_descriptions(_read("fhir.schema.json"))
    definitions: dict[str, Any] = source["definitions"]
    for name, elements in NOT_HL7.items():
        for element in elements:
            del definitions[name]["properties"][element]
            definitions[name]["properties"].pop(f"_{element}", None)
    resources = sorted(_hl7_resources() & definitions.keys())
    definitions["ResourceList"] = _choice(resources)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$ref": "#/definitions/ResourceList",
        "definitions": _reachable(definitions, "ResourceList"),
    }


def encode(schema: dict[str, Any]) -> bytes:
    """Return the schema as the one JSON text that is compared and shipped."""
    return json.dumps(schema, separators=(",", ":"), sort_keys=True).encode()


def _read(name: str) -> Any:
    return json.loads((DEFINITIONS / name).read_bytes())


def _hl7_resources() -> set[str]:
    published = (entry["resource"] for entry in _read("profiles-resources.json")["entry"])
    structures = (one for one in published if one["resourceType"] == "StructureDefinition")
    return {one["name"] for one in structures if one["kind"] == "resource" and not one["abstract"]}


def _choice(resources: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["resourceType"],
        "properties": {"resourceType": {"enum": resources}},
        "allOf": [
            {
                "if": {
                    "required": ["resourceType"],
                    "properties": {"resourceType": {"const": name}},
                },
                "then": {"$ref": f"#/definitions/{name}"},
            }
            for name in resources
        ],
    }


def _reachable(definitions: dict[str, Any], root: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    waiting = [root]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = definitions[name]
            waiting.extend(_references(definitions[name]))
    return found


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str):
            yield target.removeprefix("#/definitions/")
        for child in node.values():
            yield from _references(child)
    elif isinstance(node, list):
        for child in node:
            yield from _references(child)


def _without_descriptions(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: _without_descriptions(value)
            for key, value in node.items()
            if not (key == "description" and isinstance(value, str))
        }
    if isinstance(node, list):
        return [_without_descriptions(item) for item in node]
    return node


if __name__ == "__main__":
    install()
    TARGET.write_bytes(gzip.compress(encode(make()), 9, mtime=0))
