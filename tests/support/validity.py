"""Valid FHIR R4 means that all judges accept; later tests hold every resource we emit to that."""

import json
from typing import Any

from schemas.fhir.validity import check_resource
from tests.support.medplum import running


def r4_faults(data: bytes) -> list[str]:
    """Return what any judge objects to in a resource or Bundle, with the judge's name."""
    ours = [f"models or schema: {place}: {problem}" for place, problem in check_resource(data)]
    theirs = [f"medplum: {place}: {text}" for place, text in running().judge(data)]
    return ours + theirs


def assert_valid_r4(data: bytes | dict[str, Any]) -> None:
    """Fail, naming every objection, unless all judges accept a resource or Bundle."""
    faults = r4_faults(data if isinstance(data, bytes) else json.dumps(data).encode())
    assert not faults, "\n".join(["not valid FHIR R4:", *faults])
