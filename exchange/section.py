"""A section's plaintext: author statement, FHIR bundle, attachment descriptors. PROTOCOL section 4.

Owns the layout of the parts and the contexts that bind bodies to their place. Does not seal, open
or understand FHIR: the bundle is bytes, kept as written.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from exchange.errors import OpenError
from schemas.encoding import SUITE, pae, sha256
from schemas.identifiers import Digest
from schemas.wire.base import WireModel
from schemas.wire.statement import SignedStatement

PARTS = 3
PREFIX = 8
"""Bytes of a part's length, little-endian."""


class AttachmentDescriptor(WireModel):
    """How to fetch, open and check one attachment. Holds its key, so it lies inside a section."""

    key: Annotated[Digest, Field(repr=False)]
    """The attachment's own 32-byte key."""
    ciphertext: Digest
    plaintext: Digest
    size: Annotated[int, Field(ge=0, lt=2**40)]
    """Length of the plaintext in bytes, without padding."""
    content_type: Annotated[str, StringConstraints(max_length=255)]
    title: Annotated[str, StringConstraints(max_length=1024), Field(repr=False)]


class Attachments(WireModel):
    """The third part of a section."""

    attachments: Annotated[list[AttachmentDescriptor], Field(max_length=256)]


@dataclass(frozen=True, slots=True)
class SectionPlaintext:
    """What lies inside a section."""

    author: SignedStatement
    bundle: bytes = field(repr=False)
    descriptors: bytes = field(repr=False)
    """The third part as it was signed."""
    attachments: tuple[AttachmentDescriptor, ...] = field(repr=False)
    """The same, parsed."""


def section_context(*, owner: str, section: str, version: int, scope_tag: str) -> bytes:
    """Return the context that a section's body and author statement are bound to."""
    return pae(
        "section",
        SUITE.encode(),
        section.encode(),
        str(version).encode(),
        scope_tag.encode(),
        owner.encode(),
    )


def attachment_context(*, owner: str, case: str) -> bytes:
    """Return the context of an attachment's body.

    It names no section or version, so that a new version need not upload the attachment again; the
    sealed descriptor ties key and digest to its section.
    """
    return pae("attachment", SUITE.encode(), owner.encode(), case.encode())


def attachments_part(attachments: Sequence[AttachmentDescriptor]) -> bytes:
    """Return the descriptors as the bytes that the author signs."""
    return Attachments(attachments=list(attachments)).to_bytes()


def part_digests(bundle: bytes, descriptors: bytes) -> list[bytes]:
    """Return what the author signs of the parts: SHA-256 of bundle and of descriptors."""
    return [sha256(bundle), sha256(descriptors)]


def encode_section(author: SignedStatement, bundle: bytes, descriptors: bytes) -> bytes:
    """Return the three parts, each with its length in front."""
    parts = (author.to_bytes(), bundle, descriptors)
    return b"".join(len(part).to_bytes(PREFIX, "little") + part for part in parts)


def split_section(plaintext: bytes) -> tuple[bytes, bytes, bytes]:
    """Return author, bundle and descriptors as bytes. Raises OpenError at step `body`."""
    parts = []
    rest = plaintext
    for _ in range(PARTS):
        length = int.from_bytes(rest[:PREFIX], "little")
        if len(rest) < PREFIX + length:
            raise OpenError("body", "parts-cut-short")
        parts.append(rest[PREFIX : PREFIX + length])
        rest = rest[PREFIX + length :]
    if rest:
        raise OpenError("body", "parts-trailing-bytes")
    return parts[0], parts[1], parts[2]


def decode_section(plaintext: bytes) -> SectionPlaintext:
    """Return the parsed parts, the author statement still to be verified.

    Raises OpenError at step `body`.
    """
    author, bundle, descriptors = split_section(plaintext)
    try:
        return SectionPlaintext(
            author=SignedStatement.from_bytes(author),
            bundle=bundle,
            descriptors=descriptors,
            attachments=tuple(Attachments.from_bytes(descriptors).attachments),
        )
    except ValidationError:
        raise OpenError("body", "parts-malformed") from None
