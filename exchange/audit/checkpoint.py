"""Checkpoints (C2SP tlog-checkpoint): the log's size and root, signed by the log.

Owns the checkpoint's three lines and which signatures make it believable: the log's Ed25519 note
signature *and* its ML-DSA-44 cosignature, both by pinned keys. Further signatures, such as those
of witnesses, are left alone. Does not compare checkpoints with one another. PROTOCOL section 10.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from exchange.audit.errors import CheckpointError
from exchange.audit.notes import (
    Note,
    NoteSignature,
    decode_base64,
    encode_base64,
    join_note,
    malformed,
    split_note,
)
from exchange.audit.tree import HASH_SIZE, MAX_SIZE
from keys.errors import SignatureError
from keys.lognotes import (
    ED25519,
    ML_DSA_44,
    LogSigner,
    VerifierKey,
    parse_vkey,
    verify_cosignature,
    verify_note_ed25519,
)
from schemas.wire.hub_api import HubCard

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class Checkpoint:
    """A believed checkpoint. `at`: seconds, when this was the log's largest tree; 0 if not said."""

    origin: str
    size: int
    root: bytes
    at: int


@dataclass(frozen=True)
class HubLogKeys:
    """What a reader pins of a log: its origin and two vkeys, both named after the origin.

    Raises KeyFormatError for a malformed vkey, CheckpointError for one of another name.
    """

    origin: str
    ed_vkey: str
    ml_vkey: str

    def __post_init__(self) -> None:
        if not self.ed25519.name == self.ml_dsa_44.name == self.origin:
            raise CheckpointError("wrong-origin", "the log's keys are not named after the log")

    @classmethod
    def from_card(cls, card: HubCard) -> Self:
        """Return the log keys on a hub's card."""
        return cls(card.origin, card.log_ed25519, card.log_ml_dsa_44)

    @classmethod
    def of_signer(cls, signer: LogSigner) -> Self:
        """Return the public side of a log's own signer, whose name is the log's origin."""
        return cls(signer.name, signer.ed25519.text, signer.ml_dsa_44.text)

    @cached_property
    def ed25519(self) -> VerifierKey:
        """The Ed25519 key, taken apart."""
        return parse_vkey(self.ed_vkey, expect=ED25519)

    @cached_property
    def ml_dsa_44(self) -> VerifierKey:
        """The ML-DSA-44 key, taken apart."""
        return parse_vkey(self.ml_vkey, expect=ML_DSA_44)


def make(origin: str, size: int, root: bytes, signer: LogSigner, *, at: int = 0) -> str:
    """Return the signed checkpoint of a tree.

    `root`: 32 bytes. `at`: seconds; it states that then this was the log's largest tree, 0 states
    no time. The caller sees to it that no inconsistent checkpoint was ever signed. Raises
    CheckpointError.
    """
    if signer.name != origin:
        raise CheckpointError("wrong-origin", "the signer is not named after the log")
    text = f"{origin}\n{size}\n{encode_base64(root)}\n"
    _parse_text(text)
    signatures = (signer.sign_note(text), signer.cosign(origin, size, root, timestamp=at))
    return join_note(text, [NoteSignature(signer.name, one) for one in signatures])


def verify(text: str, keys: HubLogKeys) -> Checkpoint:
    """Return what a checkpoint says after checking both of the log's signatures.

    Raises CheckpointError, whose `fault` tells a malformed checkpoint, one of another log, one
    that a pinned key did not sign, and one with a wrong signature apart.
    """
    note = split_note(text)
    origin, size, root = _parse_text(note.text)
    if origin != keys.origin:
        raise CheckpointError("wrong-origin", "the checkpoint is of another log")
    ed_signature, ml_signature = (_only_by(note, key) for key in (keys.ed25519, keys.ml_dsa_44))
    try:
        verify_note_ed25519(keys.ed25519, note.text, ed_signature)
        at = verify_cosignature(keys.ml_dsa_44, ml_signature, origin=origin, size=size, root=root)
    except SignatureError as error:
        raise CheckpointError("bad-signature", str(error)) from None
    return Checkpoint(origin, size, root, at)


def _parse_text(text: str) -> tuple[str, int, bytes]:
    """Read origin, size and root. Extension lines are refused: ML-DSA-44 would not sign them."""
    lines = text.split("\n")
    if len(lines) != 4 or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise malformed("a checkpoint is three lines: origin, size and root")
    try:
        root = decode_base64(lines[2])
    except ValueError:
        raise malformed("the checkpoint's root is not base64") from None
    size = int(lines[1])
    if len(root) != HASH_SIZE or size >= MAX_SIZE:
        raise malformed("the checkpoint's root or size is out of range")
    return lines[0], size, root


def _only_by(note: Note, key: VerifierKey) -> bytes:
    """Return the one signature that claims to be by `key`."""
    found = [one.signature for one in note.signatures if one.is_by(key)]
    if len(found) != 1:
        raise CheckpointError("not-signed", "the checkpoint lacks one of the log's signatures")
    return found[0]
