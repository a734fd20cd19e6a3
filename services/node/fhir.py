"""The FHIR view of what may be shown: reads, searches by code number, the CapabilityStatement.

Owns the shapes of FHIR R4 interactions; what may be shown is `services.node.egress`'s to say, and
what is withheld is absent from every result and total. Sections are given as their exact bytes.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from schemas.fhir.systems import CODE_NUMBER
from schemas.identifiers import is_code_number
from services.node import egress, reading
from services.node.egress import View
from services.node.errors import DeniedError, InputError, NotThereError
from services.node.keyholder import RecordKeys
from services.node.node import Node
from services.node.own_sections import Labels, section_labels
from services.node.reading import Row
from services.node.store import cases, releases
from services.node.store.tables import SectionRow

TYPES = ("Bundle", "Composition", "Patient")
"""Resource types that can be read and searched."""

Json = dict[str, Any]


async def read(node: Node, resource_type: str, resource_id: str) -> bytes:
    """Return one resource as JSON bytes; a Bundle as it was written.

    Raises NotThereError, DeniedError, LockedError.
    """
    name = f"{resource_type}/{resource_id}"
    keys = node.records()
    async with node.db.read() as session:
        rows = [row for row in await _all_rows(session) if name in _labels(keys, row).resources]
    if not rows:
        raise NotThereError("resource")
    shown = await egress.view(node, rows[:1])
    if not isinstance(shown[0], View):
        raise DeniedError(shown[0].reasons)
    if resource_type == "Bundle":
        return shown[0].bundle
    return orjson.dumps(next(_inside(shown[0], resource_type, resource_id)))


async def _all_rows(session: AsyncSession) -> list[Row]:
    """Return the current own and received sections of every case."""
    own = [
        row
        for case in await cases.list_cases(session)
        for row in await cases.current_of_case(session, case.case)
    ]
    return [*own, *await releases.latest_opened(session)]


def _labels(keys: RecordKeys, row: Row) -> Labels:
    if isinstance(row, SectionRow):
        return section_labels(keys, row)
    return egress.opened_labels(keys, row)


def _inside(view: View, resource_type: str, resource_id: str | None = None) -> Iterator[Json]:
    for entry in orjson.loads(view.bundle)["entry"]:
        resource = entry["resource"]
        if resource["resourceType"] == resource_type and resource_id in (None, resource["id"]):
            yield resource


async def search(node: Node, resource_type: str, identifier: str) -> bytes:
    """Return a searchset of a case's resources of one type. `identifier`: FHIR token.

    Raises InputError, LockedError.
    """
    keys = node.records()
    code_number = code_number_of(identifier)
    rows = [
        row
        for row in await reading.rows_of_case(node, code_number)
        if any(name.startswith(f"{resource_type}/") for name in _labels(keys, row).resources)
    ]
    shown = await egress.view(node, rows)
    return orjson.dumps(_searchset(resource_type, [one for one in shown if isinstance(one, View)]))


def code_number_of(identifier: str) -> str:
    """Return the code number in a FHIR token (`value` or `system|value`). Raises InputError."""
    system, bar, value = identifier.rpartition("|")
    if bar and system != CODE_NUMBER:
        raise InputError(("identifier", f"the only system searched is {CODE_NUMBER}"))
    if not is_code_number(value):
        raise InputError(("identifier", "is not a code number"))
    return value


def _searchset(resource_type: str, views: Sequence[View]) -> Json:
    found = [resource for view in views for resource in _of_type(view, resource_type)]
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(found),
        "entry": [
            {
                "fullUrl": f"urn:uuid:{resource['id']}",
                "resource": resource,
                "search": {"mode": "match"},
            }
            for resource in found
        ],
    }


def _of_type(view: View, resource_type: str) -> Iterator[Json]:
    if resource_type == "Bundle":
        yield orjson.loads(view.bundle)
    else:
        yield from _inside(view, resource_type)


def capability_statement() -> Json:
    """Return what this API can do (FHIR R4 CapabilityStatement)."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-01-01",
        "kind": "instance",
        "implementation": {
            "description": "A Safehand node: records of this facility, and received"
        },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [{"mode": "server", "resource": [_capability(name) for name in TYPES]}],
    }


def _capability(resource_type: str) -> Json:
    documentation = "The beneficiary's code number, alone or after its system and a bar"
    return {
        "type": resource_type,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "searchParam": [{"name": "identifier", "type": "token", "documentation": documentation}],
    }
