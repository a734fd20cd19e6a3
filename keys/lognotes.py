"""Keys and signatures of log checkpoints: C2SP signed-note and tlog-cosignature.

Two signature types and no others: Ed25519 over the note's text (0x01) and ML-DSA-44 cosignatures
(0x06). A signature here is what a note line holds in base64: 4-byte key id, then the signature.
The text forms of notes and checkpoints belong to `exchange.audit.checkpoint`. PROTOCOL section 10.
"""

import base64
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keys.concealed import Concealed
from keys.errors import KeyFormatError, SignatureError
from keys.primitives import MLDSA44PrivateKey, MLDSA44PublicKey
from keys.signing import ed25519_verify, load_ed25519
from schemas.encoding import sha256

ED25519 = 0x01
ML_DSA_44 = 0x06
_SIZES = {ED25519: 32, ML_DSA_44: 1312}
_ID = 4
_STAMP = 8
_ML_DSA_44_SIGNATURE = 2420
_LABEL = b"subtree/v1\n\x00"


@dataclass(frozen=True)
class VerifierKey:
    """A named public key of one signature type; its text form is a C2SP vkey."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name, newline, type byte, public key)."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public)[:_ID]

    @property
    def text(self) -> str:
        """The vkey: `<name>+<hex key id>+<base64 of type byte and public key>`."""
        material = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{material}"


def parse_vkey(text: str, *, expect: int) -> VerifierKey:
    """Read a vkey of the expected type; only its canonical spelling. Raises KeyFormatError."""
    parts = text.split("+", 2)
    try:
        material = base64.b64decode(parts[2], validate=True)
    except (IndexError, ValueError):
        raise KeyFormatError("not a vkey") from None
    if material[:1] != bytes([expect]) or len(material) != 1 + _SIZES[expect]:
        raise KeyFormatError("a vkey of another type")
    key = VerifierKey(_name(parts[0]), expect, material[1:])
    if key.text != text:
        raise KeyFormatError("the vkey contradicts itself")
    _load(key)
    return key


@dataclass(frozen=True, repr=False)
class LogSigner(Concealed):
    """A log's (or a witness's) two signing keys under one name: 32-byte seeds."""

    name: str
    ed_seed: bytes
    ml_seed: bytes

    @cached_property
    def ed25519(self) -> VerifierKey:
        """The public key that verifies `sign_note`."""
        public = Ed25519PrivateKey.from_private_bytes(self.ed_seed).public_key()
        return VerifierKey(_name(self.name), ED25519, public.public_bytes_raw())

    @cached_property
    def ml_dsa_44(self) -> VerifierKey:
        """The public key that verifies `cosign`."""
        public = self._ml_key.public_key().public_bytes_raw()
        return VerifierKey(_name(self.name), ML_DSA_44, public)

    @cached_property
    def _ml_key(self) -> MLDSA44PrivateKey:
        return MLDSA44PrivateKey.from_seed_bytes(self.ml_seed)

    def sign_note(self, text: str) -> bytes:
        """Sign a note's whole text, final newline included, with Ed25519 (type 0x01)."""
        key = Ed25519PrivateKey.from_private_bytes(self.ed_seed)
        return self.ed25519.key_id + key.sign(text.encode())

    def cosign(self, origin: str, size: int, root: bytes, *, timestamp: int = 0) -> bytes:
        """Cosign a checkpoint with ML-DSA-44 (type 0x06).

        `root`: 32 bytes. `timestamp`: seconds; 0 where the signer does not state that this is the
        largest tree it has seen.
        """
        message = cosigned_message(self.name, timestamp, origin, size, root)
        stamp = timestamp.to_bytes(_STAMP, "big")
        return self.ml_dsa_44.key_id + stamp + self._ml_key.sign(message)


def verify_note_ed25519(key: VerifierKey, text: str, signature: bytes) -> None:
    """Check a type 0x01 signature over a note's text. Raises SignatureError."""
    _require(key, ED25519, signature, 64)
    ed25519_verify(key.public, signature[_ID:], text.encode())


def verify_cosignature(
    key: VerifierKey, signature: bytes, *, origin: str, size: int, root: bytes
) -> int:
    """Check a type 0x06 cosignature and return its timestamp in seconds. Raises SignatureError."""
    _require(key, ML_DSA_44, signature, _STAMP + _ML_DSA_44_SIGNATURE)
    timestamp = int.from_bytes(signature[_ID : _ID + _STAMP], "big")
    if timestamp >= 2**63:
        raise SignatureError("the cosignature's time is out of range")
    message = cosigned_message(key.name, timestamp, origin, size, root)
    try:
        MLDSA44PublicKey.from_public_bytes(key.public).verify(signature[_ID + _STAMP :], message)
    except InvalidSignature:
        raise SignatureError("the ML-DSA-44 cosignature does not verify") from None
    return timestamp


def cosigned_message(name: str, timestamp: int, origin: str, size: int, root: bytes) -> bytes:
    """Return what an ML-DSA-44 cosignature signs: `cosigned_message` of C2SP tlog-cosignature."""
    if len(root) != 32:
        raise SignatureError("a root hash is 32 bytes")
    return b"".join(
        (
            _LABEL,
            _opaque(name),
            timestamp.to_bytes(8, "big"),
            _opaque(origin),
            (0).to_bytes(8, "big"),
            size.to_bytes(8, "big"),
            root,
        )
    )


def _opaque(text: str) -> bytes:
    data = text.encode()
    if not 1 <= len(data) <= 255:
        raise SignatureError("a name or origin has 1 to 255 bytes")
    return bytes([len(data)]) + data


def _name(name: str) -> str:
    if not name or len(name.encode()) > 255 or "+" in name or any(c.isspace() for c in name):
        raise KeyFormatError("a key name has 1 to 255 bytes, no spaces and no plus")
    return name


def _require(key: VerifierKey, kind: int, signature: bytes, size: int) -> None:
    if key.kind != kind or signature[:_ID] != key.key_id or len(signature) != _ID + size:
        raise SignatureError("not a signature by this key")


def _load(key: VerifierKey) -> None:
    if key.kind == ED25519:
        load_ed25519(key.public)
        return
    try:
        MLDSA44PublicKey.from_public_bytes(key.public)
    except ValueError:
        raise KeyFormatError("not an ML-DSA-44 public key") from None
