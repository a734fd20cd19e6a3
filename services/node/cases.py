"""Whole cases from case files: attachments sealed to files, components to records.

The node never opens a file that a caller names: attachments come inside the body. An attachment
that the case has already is not sealed or uploaded again. PROTOCOL sections 4 and 12.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from exchange.sealing import seal_attachment
from exchange.section import AttachmentDescriptor
from keys.randomness import new_seed
from schemas.case_file import CASE_FORMAT, CaseAttachment, CaseFile, attachments_of
from schemas.components.base import Record
from schemas.encoding import sha256
from schemas.errors import ComponentError
from schemas.sensitivity import Category, Component
from services.node import grants, push, records, staff
from services.node.attachment_files import keep_file
from services.node.keyholder import RecordKeys
from services.node.node import Node
from services.node.push import AttachmentOut
from services.node.records import Draft, StoredRecord
from services.node.store import cases as store
from services.node.store.tables import AttachmentRow

_DESCRIPTOR = "attachment.descriptor"


def read_case(data: Mapping[str, Any]) -> CaseFile:
    """Return a case file from plain JSON. Raises ComponentError at the first fault."""
    # Not orjson: it refuses numbers of more than 64 bits, which are the caller's fault, not ours.
    return CaseFile.from_bytes(json.dumps(data).encode())


def one_component(
    code_number: str,
    component: Component,
    record: Mapping[str, Any],
    attachments: Sequence[Mapping[str, Any]],
) -> CaseFile:
    """Return a case file of one component."""
    return read_case(
        {
            "format": CASE_FORMAT,
            "code_number": code_number,
            "components": {component: record},
            "attachments": attachments,
        }
    )


async def add_case(node: Node, case: CaseFile, author: str) -> list[StoredRecord]:
    """Seal and store a case, all or nothing; on disk before this returns. `author`: staff id.

    Raises LockedError, InputError, ComponentError, StorageError.
    """
    keys = node.records()
    contents = await asyncio.to_thread(_contents, case)
    async with node.db.write() as session:
        signer = await staff.signer(session, keys, author, now=node.now())
        row, secrets = await records.find_or_open_case(session, node, keys, case.code_number)
        sealed = {
            name: await _seal(session, node, keys, row.case, attachment, content)
            for name, (attachment, content) in contents.items()
        }
        stored = [
            await records.store_record(
                session, node, keys, signer, row, secrets, Draft(record, _placed(record, sealed))
            )
            for record in case.records()
        ]
        await grants.grant_standing(node, session, keys, row.case)
    node.wake.ring()
    return stored


def _contents(case: CaseFile) -> dict[str, tuple[CaseAttachment, bytes]]:
    return {one.name: (one, one.content(_no_files)) for one in case.attachments}


def _no_files(_path: str) -> bytes:
    raise ComponentError("give the attachment as base64: the node opens no files", "attachments")


async def _seal(
    session: AsyncSession,
    node: Node,
    keys: RecordKeys,
    case: str,
    attachment: CaseAttachment,
    content: bytes,
) -> AttachmentDescriptor:
    """Return the descriptor of an attachment, sealed now unless the case has it already."""
    described = (case, attachment.name, attachment.content_type)
    tag = keys.tags.tag("attachment", *(part.encode() for part in described), sha256(content))
    known = await store.find_attachment(session, tag)
    if known is not None:
        return keys.vault.open_model(
            _DESCRIPTOR, known.digest, known.sealed_descriptor, AttachmentDescriptor
        )
    ciphertext, descriptor = await asyncio.to_thread(
        seal_attachment,
        content,
        key=new_seed(),
        owner=node.facility,
        case=case,
        content_type=attachment.content_type,
        title=attachment.name,
    )
    # The file first: a file that no row names harms nobody, a row without its file does.
    await keep_file(node.folder, descriptor.ciphertext, ciphertext)
    session.add(
        AttachmentRow(
            digest=descriptor.ciphertext,
            case=case,
            content_tag=tag,
            sealed_descriptor=keys.vault.seal_model(_DESCRIPTOR, descriptor.ciphertext, descriptor),
            at=node.now(),
        )
    )
    out = AttachmentOut(digest=descriptor.ciphertext)
    await push.enqueue(node, session, "attachment", descriptor.ciphertext, out)
    return descriptor


def _placed(
    record: Record, sealed: Mapping[str, AttachmentDescriptor]
) -> dict[Category, list[AttachmentDescriptor]]:
    """Return each attachment with the section of the fact that names it."""
    placed: dict[Category, list[AttachmentDescriptor]] = defaultdict(list)
    for name, category in attachments_of(record).items():
        placed[category].append(sealed[name])
    return placed
