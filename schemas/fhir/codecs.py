"""Single values to and from their FHIR data types. Each codec is a pair of inverse functions.

Decoding assumes what encoding produces; whoever decodes re-encodes and compares (see
schemas.fhir.sections), so a foreign shape is refused there and not in every codec.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.components.values import CodeSystem
from schemas.fhir.systems import CODE_SYSTEMS, UCUM

Json = dict[str, Any]
_SYSTEM_NAMES: dict[str, CodeSystem] = {uri: name for name, uri in CODE_SYSTEMS.items()}


@dataclass(frozen=True)
class Codec:
    """`encode` makes the FHIR value of a plain one, `decode` undoes it."""

    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


PLAIN = Codec(_same, _same)
"""Strings, numbers, booleans and dates that FHIR spells as we do."""


def coding(system: str) -> Codec:
    """Return the codec of a slug as a Coding."""
    return Codec(lambda slug: {"system": system, "code": slug}, lambda value: value["code"])


def concept(system: str) -> Codec:
    """Return the codec of a slug as a CodeableConcept with one coding."""
    return Codec(
        lambda slug: {"coding": [{"system": system, "code": slug}]},
        lambda value: value["coding"][0]["code"],
    )


def mapped(codes: Mapping[str, tuple[str, str]]) -> Codec:
    """Return the codec of slugs that have a published (system, code) each."""
    back = {pair: slug for slug, pair in codes.items()}

    def encode(slug: str) -> Json:
        system, code = codes[slug]
        return {"coding": [{"system": system, "code": code}]}

    def decode(value: Json) -> str:
        first = value["coding"][0]
        return back[first["system"], first["code"]]

    return Codec(encode, decode)


def renamed(names: Mapping[str, str]) -> Codec:
    """Return the codec of slugs that R4 spells otherwise in a required code."""
    back = {theirs: ours for ours, theirs in names.items()}
    return Codec(names.__getitem__, back.__getitem__)


def _encode_coded(value: Json) -> Json:
    concept: Json = {}
    if system := value.get("system"):
        concept["coding"] = [{"system": CODE_SYSTEMS[system], "code": value["code"]}]
    if text := value.get("text"):
        concept["text"] = text
    return concept


def _decode_coded(value: Json) -> Json:
    coded: Json = {}
    for first in value.get("coding", ())[:1]:
        coded = {"system": _SYSTEM_NAMES[first["system"]], "code": first["code"]}
    if "text" in value:
        coded["text"] = value["text"]
    return coded


CODED = Codec(_encode_coded, _decode_coded)
"""`Coded` as a CodeableConcept."""

TEXT_CONCEPT = Codec(lambda text: {"text": text}, lambda value: value["text"])
"""Words where R4 wants a CodeableConcept."""

DISPLAY = Codec(lambda text: {"display": text}, lambda value: value["display"])
"""An organisation or person outside the exchange, in words, as a Reference."""


def reference(kind: str, system: str) -> Codec:
    """Return the codec of a code as a logical Reference: by identifier, never by address."""
    return Codec(
        lambda code: {"type": kind, "identifier": {"system": system, "value": code}},
        lambda value: value["identifier"]["value"],
    )


def quantity(unit: str) -> Codec:
    """Return the codec of a number as a Quantity in a UCUM unit."""
    return Codec(
        lambda number: {"value": number, "unit": unit, "system": UCUM, "code": unit},
        lambda value: value["value"],
    )


def wrapped(name: str, codec: Codec) -> Codec:
    """Return the codec of what `codec` handles, as the one member `name` of an element."""
    return Codec(lambda value: {name: codec.encode(value)}, lambda node: codec.decode(node[name]))


def each(codec: Codec) -> Codec:
    """Return the codec of a list of what `codec` handles."""
    return Codec(
        lambda values: [codec.encode(value) for value in values],
        lambda values: [codec.decode(value) for value in values],
    )


def prefixed(prefix: str) -> Codec:
    """Return the codec of a name as a URL under `prefix`."""
    return Codec(lambda name: prefix + name, lambda url: url.removeprefix(prefix))
