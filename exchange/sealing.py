"""Sealing: sections, their manifests, heads and attachments. PROTOCOL section 4.

Owns how they are made. Draws no randomness (keys and ids come from the caller, out of `keys`),
keeps nothing, and can open nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256 as new_sha256

from exchange.errors import SealError
from exchange.padding import pad, padded_size
from exchange.section import (
    AttachmentDescriptor,
    attachment_context,
    attachments_part,
    encode_section,
    part_digests,
    section_context,
)
from keys.body import BodySealer, seal_body
from keys.signing import SigningPair, sign_statement
from schemas.encoding import SUITE, b64u, digest_text, sha256
from schemas.wire.statement import Author, Head, Manifest, SignedStatement, StaffRole

ZEROS = bytes(65536)


@dataclass(frozen=True, slots=True)
class SealedSection:
    """What leaves the node for one section version."""

    manifest: SignedStatement
    ciphertext: bytes


def seal_section(
    *,
    owner: str,
    case: str,
    section: str,
    version: int,
    previous: str | None,
    scope_tag: str,
    bundle: bytes,
    attachments: Sequence[AttachmentDescriptor],
    author_pair: SigningPair,
    author: tuple[str, StaffRole],
    identity: SigningPair,
    section_key: bytes,
    now: int,
) -> SealedSection:
    """Seal one section version and sign its manifest.

    `section_key`: 32 fresh bytes, never used for another version. `previous`: digest of the
    manifest before (None for version 1). `author`: staff id and role of `author_pair`. `now`:
    seconds. Raises SealError when version and previous do not fit together.
    """
    if (version == 1) != (previous is None):
        raise SealError("version 1 has no previous manifest, every later one has")
    context = section_context(owner=owner, section=section, version=version, scope_tag=scope_tag)
    descriptors = attachments_part(attachments)
    signed_author = _sign_author(owner, author, context, bundle, descriptors, now, author_pair)
    plaintext = pad(encode_section(signed_author, bundle, descriptors))
    ciphertext = seal_body(section_key, context, plaintext)
    manifest = Manifest(
        suite=SUITE,
        owner=owner,
        case=case,
        section=section,
        version=version,
        previous=previous,
        scope_tag=scope_tag,
        size=len(ciphertext),
        ciphertext=digest_text(ciphertext),
        attachments=[attachment.ciphertext for attachment in attachments],
    )
    return SealedSection(sign_statement("manifest", manifest, identity), ciphertext)


def _sign_author(
    owner: str,
    author: tuple[str, StaffRole],
    context: bytes,
    bundle: bytes,
    descriptors: bytes,
    now: int,
    pair: SigningPair,
) -> SignedStatement:
    staff, role = author
    statement = Author(
        suite=SUITE,
        facility=owner,
        staff=staff,
        role=role,
        context=b64u(sha256(context)),
        parts=[b64u(digest) for digest in part_digests(bundle, descriptors)],
        at=now,
    )
    return sign_statement("author", statement, pair)


def make_head(
    *,
    owner: str,
    consent: str,
    counter: int,
    manifests: Sequence[str],
    at: int,
    identity: SigningPair,
) -> SignedStatement:
    """Sign the head of one consent: digests of the current manifests within its scope tags.

    `counter` must exceed that of the consent's last head. Raises SealError on a repeated manifest.
    """
    if len(set(manifests)) != len(manifests):
        raise SealError("a head names each manifest once")
    head = Head(
        suite=SUITE,
        owner=owner,
        consent=consent,
        counter=counter,
        at=at,
        manifests=list(manifests),
    )
    return sign_statement("head", head, identity)


class AttachmentSealer:
    """Seals one attachment as its bytes arrive; never holds more than one piece of it.

    Use: `update` for each piece, `finish` once, then `descriptor`. Everything returned by `update`
    and `finish`, in order, is the ciphertext.
    """

    def __init__(self, *, key: bytes, owner: str, case: str) -> None:
        """`key`: 32 fresh bytes, never used for anything else."""
        self._key = key
        self._sealer = BodySealer(key, attachment_context(owner=owner, case=case))
        self._plaintext = new_sha256()
        self._ciphertext = new_sha256()
        self._size = 0
        self._finished = False

    def update(self, piece: bytes) -> bytes:
        """Take a piece of plaintext; return what ciphertext is ready."""
        self._size += len(piece)
        self._plaintext.update(piece)
        return self._seal(piece)

    def finish(self) -> bytes:
        """Add the zeros that hide the length; return the rest of the ciphertext."""
        filling = padded_size(self._size) - self._size
        pieces = []
        while filling:
            zeros = ZEROS[: min(filling, len(ZEROS))]
            pieces.append(self._seal(zeros))
            filling -= len(zeros)
        last = self._sealer.finalize()
        self._ciphertext.update(last)
        self._finished = True
        return b"".join([*pieces, last])

    def descriptor(self, *, content_type: str, title: str) -> AttachmentDescriptor:
        """Return what the section must hold of it. Raises SealError before `finish`."""
        if not self._finished:
            raise SealError("an attachment is described when it is finished")
        return AttachmentDescriptor(
            key=b64u(self._key),
            ciphertext=b64u(self._ciphertext.digest()),
            plaintext=b64u(self._plaintext.digest()),
            size=self._size,
            content_type=content_type,
            title=title,
        )

    def _seal(self, piece: bytes) -> bytes:
        sealed = self._sealer.update(piece)
        self._ciphertext.update(sealed)
        return sealed


def seal_attachment(
    content: bytes, *, key: bytes, owner: str, case: str, content_type: str, title: str
) -> tuple[bytes, AttachmentDescriptor]:
    """Seal an attachment that is already in memory; return ciphertext and descriptor."""
    sealer = AttachmentSealer(key=key, owner=owner, case=case)
    ciphertext = sealer.update(content) + sealer.finish()
    return ciphertext, sealer.descriptor(content_type=content_type, title=title)
