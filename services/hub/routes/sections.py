"""Sections and attachments: push, and read one's own back."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from schemas.encoding import b64u, unb64u
from schemas.identifiers import DIGEST, ID128
from schemas.wire.hub_api import AttachmentStored, SectionIn, SectionsIn, SectionsStored
from services.hub import attachments
from services.hub.answers import answer, answer_file
from services.hub.calls import Signed
from services.hub.errors import ConflictError
from services.hub.own import own_attachment, own_section, record_attachment
from services.hub.pushing import push, read_head, read_sections
from services.web.bodies import OCTETS, require_media_type, stream_body
from services.web.description import gives, gives_octets, takes, takes_octets

router = APIRouter(prefix="/v1", tags=["sections"])
Section = Annotated[str, Path(pattern=f"^{ID128}$")]
Version = Annotated[int, Path(ge=1, le=2**31)]
Digest = Annotated[str, Path(pattern=f"^{DIGEST}$")]


@router.post(
    "/sections",
    summary="Push section versions and heads, all or nothing",
    openapi_extra=takes(SectionsIn),
    responses=gives(SectionsStored),
)
async def push_sections(call: Signed) -> Response:
    body = await call.body(SectionsIn, call.hub.settings.push_bytes)
    member = await call.own_member()
    sections = read_sections(body, member)
    heads = [read_head(one, member) for one in body.heads]
    stored = await call.perform(lambda turn: push(turn, call, sections, heads))
    return answer(call.request, stored)


@router.get(
    "/sections/{section}/{version}",
    summary="Read back a section version of one's own",
    responses=gives(SectionIn),
)
async def read_section(call: Signed, section: Section, version: Version) -> Response:
    found = await call.perform(lambda turn: own_section(turn, call, section, version))
    return answer(call.request, found)


@router.put(
    "/attachments/{digest}",
    summary="Upload an attachment's ciphertext, named by its SHA-256",
    openapi_extra=takes_octets(),
    responses=gives(AttachmentStored),
)
async def put_attachment(call: Signed, digest: Digest) -> Response:
    settings = call.hub.settings
    call.hub.log.require_sound()
    facility = call.facility
    require_media_type(call.request, OCTETS)
    pieces = stream_body(call.request, settings.attachment_bytes)
    part, found, size = await attachments.receive(pieces, settings.attachments_dir)
    try:
        call.require_digest(found)
        if b64u(found) != digest:
            raise ConflictError("other-digest")
        await attachments.keep(part, attachments.attachment_path(settings.attachments_dir, digest))
    finally:
        attachments.drop(part)
    row = (facility, digest, size)
    stored = await call.perform(lambda turn: record_attachment(turn, call, row))
    return answer(call.request, stored)


@router.get(
    "/attachments/{digest}",
    summary="Read back an attachment of one's own",
    responses=gives_octets(),
)
async def get_attachment(call: Signed, digest: Digest) -> Response:
    await call.perform(lambda turn: own_attachment(turn, call, digest))
    folder = call.hub.settings.attachments_dir
    path = attachments.attachment_path(folder, digest)
    return answer_file(call.request, path, unb64u(digest))
