"""Reading the rows of own sections: what is sealed beside the ciphertext.

Opens no content; that is `services.node.egress`. PROTOCOL section 11.
"""

from typing import Annotated

import orjson
from pydantic import Field

from schemas.identifiers import CodeNumber, Id128
from schemas.sensitivity import Category, Component
from schemas.wire.base import WireModel
from schemas.wire.statement import SignedStatement, StaffRole
from services.node.keyholder import RecordKeys
from services.node.store.tables import CaseRow, RecordRow, SectionRow


class Labels(WireModel):
    """Where a section belongs, and who made this version."""

    code_number: Annotated[CodeNumber, Field(repr=False)]
    record: Id128
    component: Component
    category: Category
    author: Id128
    role: StaffRole
    at: int
    resources: list[str]
    """Type and id of each FHIR resource inside, the Bundle's own first: finds one without opening.
    """


def resources_in(bundle: bytes) -> list[str]:
    """Return type and id of a section's Bundle and of each resource in it."""
    parsed = orjson.loads(bundle)
    inside = [entry["resource"] for entry in parsed["entry"]]
    return [f"{one['resourceType']}/{one['id']}" for one in [parsed, *inside]]


class CaseSecrets(WireModel):
    """What a case's pseudonym stands for, and the key of its scope tags."""

    code_number: Annotated[CodeNumber, Field(repr=False)]
    scope_key: Annotated[str, Field(repr=False)]


class RecordMeta(WireModel):
    """Which component a record is."""

    component: Component


def code_tag(keys: RecordKeys, code_number: str) -> bytes:
    """Return the keyed hash by which a code number is found."""
    return keys.tags.tag("code-number", code_number.encode())


def case_secrets(keys: RecordKeys, case: CaseRow) -> CaseSecrets:
    """Return what is sealed in a case's row."""
    return keys.vault.open_model("case", case.case, case.sealed_case, CaseSecrets)


def record_meta(keys: RecordKeys, row: RecordRow) -> RecordMeta:
    """Return what is sealed in a record's row."""
    return keys.vault.open_model("record", row.record, row.sealed_meta, RecordMeta)


def section_labels(keys: RecordKeys, row: SectionRow) -> Labels:
    """Return the labels of an own section."""
    return keys.vault.open_model("section.labels", place(row), row.sealed_labels, Labels)


def section_key(keys: RecordKeys, row: SectionRow) -> bytes:
    """Return the key of an own section version."""
    return keys.vault.open("section.key", place(row), row.sealed_key)


def place(row: SectionRow) -> str:
    """Return what identifies a section version's row."""
    return f"{row.section}/{row.version}"


def manifest_of(row: SectionRow) -> SignedStatement:
    """Return a section version's manifest."""
    return SignedStatement.model_validate_json(row.manifest)
