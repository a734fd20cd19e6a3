"""Byte encodings shared by every layer: pre-authentication encoding, base64url, SHA-256 digests.

No keys, no randomness, no I/O. PROTOCOL section 2.
"""

import base64
import binascii
import hashlib
from typing import Final

from schemas.errors import EncodingError

_TO_STANDARD = bytes.maketrans(b"-_+/=", b"+/\0\0\0")
"""From the base64url alphabet to that of base64; what is in neither becomes invalid."""

SUITE: Final = "safehand/1"
"""The one suite id. It names one fixed set of algorithms; there is no negotiation."""


def pae(label: str, *parts: bytes) -> bytes:
    """Return the pre-authentication encoding of `parts` under `label`.

    Each piece (the label `safehand/1 <label>` first) is preceded by its length as an unsigned
    64-bit little-endian integer, and the whole by the number of pieces, so that no two different
    lists of parts encode alike.
    """
    pieces = (f"{SUITE} {label}".encode(), *parts)
    body = b"".join(len(piece).to_bytes(8, "little") + piece for piece in pieces)
    return len(pieces).to_bytes(8, "little") + body


def b64u(data: bytes) -> str:
    """Return `data` as base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64u(text: str) -> bytes:
    """Return the bytes of an unpadded base64url text; refuse every non-canonical spelling.

    Raises EncodingError.
    """
    try:
        standard = text.encode("ascii").translate(_TO_STANDARD)
        data = binascii.a2b_base64(standard + b"=" * (-len(text) % 4), strict_mode=True)
    except ValueError:
        raise EncodingError("not base64url") from None
    # Groups of four characters and three bytes are one to one; only a shorter last group can be
    # spelt in several ways.
    whole = len(data) // 3
    if b64u(data[whole * 3 :]) != text[whole * 4 :]:
        raise EncodingError("not canonical base64url")
    return data


def sha256(data: bytes) -> bytes:
    """Return the 32-byte SHA-256 digest of `data`."""
    return hashlib.sha256(data).digest()


def digest_text(data: bytes) -> str:
    """Return SHA-256 of `data` as base64url: the spelling of every digest on the wire."""
    return b64u(sha256(data))
