"""Opening: the only module of this package that decrypts. The hub never loads it.

Owns the second half of the order in PROTOCOL section 7: HPKE, body, author statement, and only then
labels against the fine scope. Content leaves a function here only when all of it is verified;
attachments alone stream, and say so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256 as new_sha256

from exchange import fine_scope, grants, messages
from exchange.acceptance import AcceptedRelease, AcceptedSection, RefusedSection, accept_release
from exchange.authorship import verify_author
from exchange.errors import OpenError, PaddingError, StatementError, Step
from exchange.padding import padded_size, require_zeros, unpad
from exchange.recipient import Memory, Recipient
from exchange.section import (
    AttachmentDescriptor,
    attachment_context,
    decode_section,
    section_context,
)
from exchange.statements import read_statement
from keys.directory import VerifiedFacility
from keys.errors import OpeningError
from keys.opening import BodyOpener, hpke_open, open_body
from schemas.encoding import b64u, digest_text, unb64u
from schemas.errors import SchemaError
from schemas.sensitivity import Category, Component
from schemas.wire.hub_api import ReleaseIn, ReleaseOut
from schemas.wire.statement import (
    Author,
    FineScopeLine,
    Grant,
    Manifest,
    Message,
    SignedStatement,
)
from schemas.wire.token import ConsentClaims

Labels = tuple[Component, Category]
LabelsOf = Callable[[bytes], Labels]
"""Reads component and category out of a bundle; raises SchemaError if it can't."""


@dataclass(frozen=True, slots=True)
class OpenedSection:
    """A section whose author is verified."""

    manifest: Manifest
    digest: str
    """Of the manifest."""
    author: Author
    bundle: bytes = field(repr=False)
    attachments: tuple[AttachmentDescriptor, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReleasedContent:
    """A released section that is also what the fine scope says it is."""

    section: OpenedSection = field(repr=False)
    line: FineScopeLine = field(repr=False)
    """Component, category and data period."""


@dataclass(frozen=True, slots=True)
class OpenedRelease:
    """A release as its recipient may use it."""

    accepted: AcceptedRelease
    sections: tuple[ReleasedContent, ...]
    refused: tuple[RefusedSection, ...]


@dataclass(frozen=True, slots=True)
class OpenedMessage:
    """A message and its words."""

    message: Message
    words: bytes = field(repr=False)


def open_release(
    answer: ReleaseOut,
    asked: ReleaseIn,
    recipient: Recipient,
    memory: Memory,
    *,
    kem_seeds: Sequence[bytes],
    bodies: Mapping[str, bytes],
    labels_of: LabelsOf,
    now: int,
) -> OpenedRelease:
    """Open a release in the order of PROTOCOL section 7.

    `kem_seeds`: this facility's, 32 bytes each. `bodies`: ciphertexts that were fetched by
    reference, by section id. `now` in seconds. Raises OpenError where the whole is refused.
    """
    accepted = accept_release(answer, asked, recipient, memory, now=now)
    lines = open_fine_scope(accepted.claims, kem_seeds)
    opened: list[ReleasedContent] = []
    refused = list(accepted.refused)
    for section in accepted.sections:
        try:
            content = _open_accepted(section, accepted, kem_seeds, bodies, now)
            opened.append(_hold_against(lines, content, labels_of))
        except OpenError as fault:
            refused.append(RefusedSection(section.digest, fault.step, fault.reason))
    return OpenedRelease(accepted, tuple(opened), tuple(refused))


def open_own_section(
    manifest: SignedStatement,
    ciphertext: bytes,
    section_key: bytes,
    owner: VerifiedFacility,
    *,
    now: int,
) -> OpenedSection:
    """Open a section version of one's own store. Raises OpenError."""
    try:
        described = read_statement(manifest, Manifest, owner.public)
    except StatementError:
        raise OpenError("manifest", "signature") from None
    digest = b64u(manifest.digest())
    return open_section(described, digest, ciphertext, section_key, owner, now=now)


def open_section(
    manifest: Manifest,
    digest: str,
    ciphertext: bytes,
    section_key: bytes,
    owner: VerifiedFacility,
    *,
    now: int,
) -> OpenedSection:
    """Open the body that a verified manifest describes and verify its author.

    `section_key`: 32 bytes. Raises OpenError at step `body` or `author`.
    """
    if manifest.owner != owner.card.facility:
        raise OpenError("manifest", "other-owner")
    context = section_context(
        owner=manifest.owner,
        section=manifest.section,
        version=manifest.version,
        scope_tag=manifest.scope_tag,
    )
    plaintext = decode_section(_open_body(manifest, ciphertext, section_key, context))
    author = verify_author(plaintext, context, owner, now=now)
    if [one.ciphertext for one in plaintext.attachments] != manifest.attachments:
        raise OpenError("attachment", "not-in-manifest")
    return OpenedSection(manifest, digest, author, plaintext.bundle, plaintext.attachments)


def open_grant(grant: Grant, half_key: bytes, kem_seeds: Sequence[bytes]) -> bytes:
    """Return the section key of a verified grant: 32 bytes. Raises OpenError at step `key`."""
    sealed = _unb64u(grant.sealed, "key")
    info = grants.info_of(grant)
    joined = _hpke_open_any(kem_seeds, info, sealed, size=grants.SECTION_KEY_SIZE)
    if joined is None:
        raise OpenError("key", "not-opened")
    return grants.join_keys(joined, half_key)


def open_fine_scope(claims: ConsentClaims, kem_seeds: Sequence[bytes]) -> dict[str, FineScopeLine]:
    """Return the lines of a verified consent's fine scope by scope tag.

    Refuses one whose tags are not exactly the token's. Raises OpenError at step `fine-scope`.
    """
    info = fine_scope.fine_scope_info(jti=claims.jti, iss=claims.iss, recipient=claims.recipient)
    sealed = _unb64u(claims.fine_scope, "fine-scope")
    plaintext = _hpke_open_any(kem_seeds, info, sealed, size=None)
    if plaintext is None:
        raise OpenError("fine-scope", "not-opened")
    return fine_scope.decode_fine_scope(plaintext, claims.scope_tags)


def open_message(
    statement: SignedStatement, recipient: str, kem_seeds: Sequence[bytes], sender: VerifiedFacility
) -> OpenedMessage:
    """Verify a message from a pinned facility and open its words.

    Raises OpenError at step `message`.
    """
    try:
        message = read_statement(statement, Message, sender.public)
    except StatementError:
        raise OpenError("message", "signature") from None
    if message.sender != sender.card.facility:
        raise OpenError("message", "other-sender")
    if message.recipient != recipient:
        raise OpenError("message", "other-recipient")
    sealed = _unb64u(message.sealed, "message")
    padded = _hpke_open_any(kem_seeds, messages.info_of(message), sealed, size=None)
    if padded is None:
        raise OpenError("message", "not-opened")
    try:
        return OpenedMessage(message, unpad(padded))
    except PaddingError:
        raise OpenError("message", "padding") from None


class AttachmentOpener:
    """Opens one attachment as its ciphertext arrives.

    Each piece that `update` returns is authentic under the attachment's key. That the attachment
    is whole and is the described one shows only when `finish` returns: until then the pieces are
    not to be shown or kept in the clear. Nothing may be used after an OpenError.
    """

    def __init__(self, descriptor: AttachmentDescriptor, *, owner: str, case: str) -> None:
        self._descriptor = descriptor
        self._opener = BodyOpener(
            unb64u(descriptor.key), attachment_context(owner=owner, case=case)
        )
        self._plaintext = new_sha256()
        self._ciphertext = new_sha256()
        self._length = 0

    def update(self, piece: bytes) -> bytes:
        """Take a piece of ciphertext; return what plaintext is ready. Raises OpenError."""
        self._ciphertext.update(piece)
        try:
            return self._without_padding(self._opener.update(piece))
        except OpeningError:
            raise OpenError("attachment", "not-opened") from None

    def finish(self) -> bytes:
        """Return the last piece once the whole is verified. Raises OpenError."""
        try:
            last = self._without_padding(self._opener.finalize())
        except OpeningError:
            raise OpenError("attachment", "not-opened") from None
        if self._length != padded_size(self._descriptor.size):
            raise OpenError("attachment", "size")
        if b64u(self._ciphertext.digest()) != self._descriptor.ciphertext:
            raise OpenError("attachment", "digest")
        if b64u(self._plaintext.digest()) != self._descriptor.plaintext:
            raise OpenError("attachment", "digest")
        return last

    def _without_padding(self, padded: bytes) -> bytes:
        keep = max(0, min(len(padded), self._descriptor.size - self._length))
        self._length += len(padded)
        try:
            require_zeros(padded[keep:])
        except PaddingError:
            raise OpenError("attachment", "padding") from None
        self._plaintext.update(padded[:keep])
        return padded[:keep]


def _open_accepted(
    section: AcceptedSection,
    accepted: AcceptedRelease,
    kem_seeds: Sequence[bytes],
    bodies: Mapping[str, bytes],
    now: int,
) -> OpenedSection:
    section_key = open_grant(section.grant, section.half_key, kem_seeds)
    manifest = section.manifest
    if section.ciphertext is not None:
        ciphertext = _unb64u(section.ciphertext, "body")
    elif manifest.section in bodies:
        ciphertext = bodies[manifest.section]
    else:
        raise OpenError("body", "missing")
    return open_section(manifest, section.digest, ciphertext, section_key, accepted.owner, now=now)


def _hold_against(
    lines: Mapping[str, FineScopeLine], section: OpenedSection, labels_of: LabelsOf
) -> ReleasedContent:
    """Refuse a section that is not what the person consented to under its tag."""
    line = lines[section.manifest.scope_tag]
    try:
        labels = labels_of(section.bundle)
    except SchemaError:
        raise OpenError("labels", "unreadable") from None
    if labels != (line.component, line.category):
        raise OpenError("labels", "not-as-consented")
    return ReleasedContent(section, line)


def _open_body(manifest: Manifest, ciphertext: bytes, key: bytes, context: bytes) -> bytes:
    if len(ciphertext) != manifest.size or digest_text(ciphertext) != manifest.ciphertext:
        raise OpenError("body", "digest")
    try:
        return unpad(open_body(key, context, ciphertext))
    except OpeningError:
        raise OpenError("body", "not-opened") from None
    except PaddingError:
        raise OpenError("body", "padding") from None


def _hpke_open_any(
    seeds: Sequence[bytes], info: bytes, sealed: bytes, *, size: int | None
) -> bytes | None:
    """Try each seed: after a rotation what is under way is still sealed to the former key."""
    for seed in seeds:
        try:
            return hpke_open(seed, info, sealed, size=size)
        except OpeningError:
            continue
    return None


def _unb64u(text: str, step: Step) -> bytes:
    try:
        return unb64u(text)
    except SchemaError:
        raise OpenError(step, "malformed") from None
