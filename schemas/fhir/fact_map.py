"""All that is known about one field of a component in FHIR: its `FactMap`."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from schemas.fhir.codecs import Json
from schemas.fhir.lenses import Lens, get_all, put_all


@dataclass(frozen=True)
class FactMap:
    """How one field of a component is spelt in FHIR: a resource for each fact."""

    resource: str
    lenses: tuple[Lens, ...]
    fixed: Json
    label: str
    section: str = ""
    """LOINC code of the part of a document in which such facts are listed."""

    @cached_property
    def _constant(self) -> bytes:
        return orjson.dumps({"resourceType": self.resource} | self.fixed)

    def encode(self, fact: Json, stamp: Json) -> Json:
        """Return the resource of a fact; `stamp` holds the elements that name the subject."""
        return put_all(self.lenses, orjson.loads(self._constant) | stamp, fact)

    def decode(self, resource: Json) -> Json:
        """Return the fact of a resource that `encode` made."""
        return get_all(self.lenses, resource)


def fact(resource: str, *lenses: Lens, label: str, section: str = "", **fixed: Any) -> FactMap:
    """Describe one field; `fixed` are constant elements of the resource."""
    return FactMap(resource, lenses, fixed, label, section)


VALUE = "recorded"
"""Name under which a fact that is one plain value is handled."""
