"""Fine scope: what each scope tag of a consent stands for, sealed to the recipient alone.

Owns the document and how it is sealed into the consent token. Decryption is in `exchange.opening`.
PROTOCOL section 6.
"""

from collections.abc import Sequence

from pydantic import ValidationError

from exchange.errors import OpenError, SealError
from keys.hpke import hpke_seal
from schemas.encoding import SUITE, b64u, pae
from schemas.wire.statement import FineScope, FineScopeLine

LINE_SIZE = 192
"""Bytes set aside per line: more than the longest line takes."""

FRAME_SIZE = 64
"""Bytes set aside for the rest of the document."""

FILLING = " "


def fine_scope_info(*, jti: str, iss: str, recipient: str) -> bytes:
    """Return the HPKE `info` of a fine scope: bound to consent, issuer and recipient."""
    fields = (jti, iss, recipient)
    return pae("fine-scope", SUITE.encode(), *(field.encode() for field in fields))


def fine_scope_size(lines: int) -> int:
    """Return the padded size in bytes: it tells the number of lines, as the tags do anyway."""
    return FRAME_SIZE + LINE_SIZE * lines


def encode_fine_scope(lines: Sequence[FineScopeLine]) -> bytes:
    """Return the padded document. Raises SealError when there is no line, or a tag twice."""
    if not lines or len({line.tag for line in lines}) != len(lines):
        raise SealError("a fine scope has at least one line, and one per tag")
    bare = FineScope(lines=list(lines)).to_bytes()
    filling = FILLING * (fine_scope_size(len(lines)) - len(bare))
    return FineScope(lines=list(lines), padding=filling).to_bytes()


def seal_fine_scope(
    lines: Sequence[FineScopeLine], recipient_kem: bytes, *, jti: str, iss: str, recipient: str
) -> str:
    """Return the `fine_scope` claim: padded lines, HPKE-sealed to the recipient, base64url.

    `recipient_kem`: 1,216 bytes, from `exchange.grants`. The token's `scope_tags` must be exactly
    the lines' tags (`scope_tags_of`). Raises SealError.
    """
    info = fine_scope_info(jti=jti, iss=iss, recipient=recipient)
    return b64u(hpke_seal(recipient_kem, info, encode_fine_scope(lines)))


def decode_fine_scope(document: bytes, scope_tags: Sequence[str]) -> dict[str, FineScopeLine]:
    """Return the lines by tag; refuse a document whose tags are not exactly the token's.

    Raises OpenError at step `fine-scope`.
    """
    try:
        scope = FineScope.from_bytes(document)
    except ValidationError:
        raise OpenError("fine-scope", "malformed") from None
    size = fine_scope_size(len(scope.lines))
    if len(document) != size or scope.padding.strip(FILLING):
        raise OpenError("fine-scope", "padding")
    if sorted(line.tag for line in scope.lines) != sorted(scope_tags):
        raise OpenError("fine-scope", "other-tags")
    return {line.tag: line for line in scope.lines}


def scope_tags_of(lines: Sequence[FineScopeLine]) -> list[str]:
    """Return the `scope_tags` claim: sorted, so that its order says nothing of the categories."""
    return sorted(line.tag for line in lines)
