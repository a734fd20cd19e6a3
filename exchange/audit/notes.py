"""Signed notes as text (C2SP signed-note): a text, an empty line, one line per signature.

Owns the line format. Does not know what a note says nor which keys count: `checkpoint` does.
PROTOCOL section 10.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from exchange.audit.errors import CheckpointError
from keys.lognotes import VerifierKey

MAX_NOTE_BYTES = 65_536
"""Sixteen ML-DSA-44 signatures, the number that every verifier must accept, take 53 KiB."""

_SIGNATURE_LINE = re.compile(r"— (?P<name>[^\s+]+) (?P<signature>[A-Za-z0-9+/]+={0,2})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_MIN_SIGNATURE = 5


@dataclass(frozen=True)
class NoteSignature:
    """One signature line: the signer's name, and four bytes of key id with the signature after."""

    name: str
    signature: bytes

    def is_by(self, key: VerifierKey) -> bool:
        """Say whether the line claims to be by `key`; proves nothing."""
        return self.name == key.name and self.signature[:4] == key.key_id


@dataclass(frozen=True)
class Note:
    """A note taken apart: the signed text with its final newline, and the signatures."""

    text: str
    signatures: tuple[NoteSignature, ...]


def join_note(text: str, signatures: Sequence[NoteSignature]) -> str:
    """Return the note with these signatures, in order. `text` ends in a newline."""
    lines = (f"— {one.name} {encode_base64(one.signature)}\n" for one in signatures)
    return f"{text}\n{''.join(lines)}"


def split_note(note: str) -> Note:
    """Take a note apart without believing it. Raises CheckpointError (malformed)."""
    if len(note.encode(errors="replace")) > MAX_NOTE_BYTES or _CONTROL.search(note):
        raise malformed("the note is too long or holds control characters")
    text, separator, rest = note.rpartition("\n\n")
    if not separator or not rest.endswith("\n"):
        raise malformed("the note has no signatures")
    lines = rest.removesuffix("\n").split("\n")
    return Note(text + "\n", tuple(_parse_signature(line) for line in lines))


def encode_base64(data: bytes) -> str:
    """Return standard base64 with padding, as C2SP formats use it (RFC 4648 section 4)."""
    return base64.b64encode(data).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Return the bytes of the one canonical base64 spelling. Raises ValueError."""
    data = base64.b64decode(text, validate=True)
    if encode_base64(data) != text:
        raise ValueError("not canonical base64")
    return data


def malformed(problem: str) -> CheckpointError:
    """Return the error for a note or checkpoint that is not in its format."""
    return CheckpointError("malformed", problem)


def _parse_signature(line: str) -> NoteSignature:
    match = _SIGNATURE_LINE.fullmatch(line)
    if match is None:
        raise malformed("a signature line is not in the format of signed notes")
    try:
        signature = decode_base64(match["signature"])
    except ValueError:
        raise malformed("a signature is not base64") from None
    if len(signature) < _MIN_SIGNATURE:
        raise malformed("a signature is too short")
    return NoteSignature(match["name"], signature)
