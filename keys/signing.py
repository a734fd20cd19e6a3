"""Signatures: Ed25519 alone, and the pair Ed25519 + ML-DSA-65 on statements that last.

Owns the two-signature envelope; what a statement means is for others. Both signatures are required
of readers; the hub alone may check Ed25519 only. PROTOCOL section 3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from keys.concealed import Concealed
from keys.errors import KeyFormatError, SignatureError
from keys.primitives import MLDSA65PrivateKey, MLDSA65PublicKey
from keys.randomness import new_seed
from schemas.encoding import b64u, digest_text, pae, unb64u
from schemas.errors import EncodingError
from schemas.wire.base import WireModel
from schemas.wire.statement import Signature, SignedStatement, StatementType

ED25519_SIZE = 32
ML_DSA_65_SIZE = 1952
_ALGORITHMS = ("Ed25519", "ML-DSA-65")
_SIGNATURE_CHARACTERS = (86, 4412)
"""Lengths of 64 and 3,309 bytes as base64url."""


@dataclass(frozen=True)
class PublicPair:
    """The public halves of a signing pair: 32 and 1,952 raw bytes."""

    ed25519: bytes
    ml_dsa_65: bytes

    @property
    def key_id(self) -> str:
        """Key id of the Ed25519 half."""
        return key_id(self.ed25519)


@dataclass(frozen=True, repr=False)
class SigningPair(Concealed):
    """Two 32-byte seeds: Ed25519 (RFC 8032) and ML-DSA-65 (FIPS 204 xi)."""

    ed_seed: bytes
    ml_seed: bytes

    @cached_property
    def ed25519(self) -> Ed25519PrivateKey:
        """The Ed25519 half, ready to sign."""
        return Ed25519PrivateKey.from_private_bytes(self.ed_seed)

    @cached_property
    def ml_dsa_65(self) -> MLDSA65PrivateKey:
        """The ML-DSA-65 half, ready to sign."""
        return MLDSA65PrivateKey.from_seed_bytes(self.ml_seed)

    @cached_property
    def public(self) -> PublicPair:
        """The public halves."""
        return PublicPair(
            self.ed25519.public_key().public_bytes_raw(),
            self.ml_dsa_65.public_key().public_bytes_raw(),
        )

    @property
    def key_id(self) -> str:
        """Key id of the Ed25519 half: JWS `kid`, RFC 9421 `keyid`."""
        return self.public.key_id


def new_pair() -> SigningPair:
    """Return a fresh signing pair."""
    return SigningPair(new_seed(), new_seed())


def key_id(public: bytes) -> str:
    """Return the id of a raw public key: base64url of its SHA-256."""
    return digest_text(public)


def ed25519_public(seed: bytes) -> bytes:
    """Return the 32-byte public key of a 32-byte seed (RFC 8032)."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def ed25519_sign(seed: bytes, data: bytes) -> bytes:
    """Return the 64-byte Ed25519 signature of `data`."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(data)


def ed25519_verify(public: bytes, signature: bytes, data: bytes) -> None:
    """Check an Ed25519 signature. Raises SignatureError, KeyFormatError."""
    key = load_ed25519(public)
    try:
        key.verify(signature, data)
    except InvalidSignature:
        raise SignatureError("the Ed25519 signature does not verify") from None


def load_ed25519(public: bytes) -> Ed25519PublicKey:
    """Return a key object for 32 raw bytes. Raises KeyFormatError."""
    try:
        return Ed25519PublicKey.from_public_bytes(public)
    except ValueError:
        raise KeyFormatError("not an Ed25519 public key") from None


def load_ml_dsa_65(public: bytes) -> MLDSA65PublicKey:
    """Return a key object for 1,952 raw bytes. Raises KeyFormatError."""
    try:
        return MLDSA65PublicKey.from_public_bytes(public)
    except ValueError:
        raise KeyFormatError("not an ML-DSA-65 public key") from None


def sign_statement(
    type: StatementType, payload: WireModel | bytes, pair: SigningPair
) -> SignedStatement:
    """Sign `payload` as a statement of `type` with both keys of `pair`."""
    data = payload.to_bytes() if isinstance(payload, WireModel) else payload
    signed = pae(type, data)
    return SignedStatement(
        type=type,
        payload=b64u(data),
        signatures=[
            Signature(key=pair.key_id, alg="Ed25519", sig=b64u(pair.ed25519.sign(signed))),
            Signature(
                key=key_id(pair.public.ml_dsa_65),
                alg="ML-DSA-65",
                sig=b64u(pair.ml_dsa_65.sign(signed)),
            ),
        ],
    )


def verify_statement(
    statement: SignedStatement, public: PublicPair, *, expect: StatementType
) -> bytes:
    """Return the payload bytes after checking both signatures.

    Raises SignatureError, KeyFormatError.
    """
    payload = _take_apart(statement, expect)
    ed_signature, ml_signature = (_decode(one.sig) for one in statement.signatures)
    _require_keys(statement.signatures, (public.ed25519, public.ml_dsa_65))
    signed = pae(expect, payload)
    ed25519_verify(public.ed25519, ed_signature, signed)
    key = load_ml_dsa_65(public.ml_dsa_65)
    try:
        key.verify(ml_signature, signed)
    except InvalidSignature:
        raise SignatureError("the ML-DSA-65 signature does not verify") from None
    return payload


def verify_statement_ed25519(
    statement: SignedStatement, ed25519: bytes, *, expect: StatementType
) -> bytes:
    """Return the payload bytes after checking the Ed25519 signature only.

    For the hub, which stores the statement for readers who check both. Raises SignatureError,
    KeyFormatError.
    """
    payload = _take_apart(statement, expect)
    _require_keys(statement.signatures, (ed25519,))
    ed25519_verify(ed25519, _decode(statement.signatures[0].sig), pae(expect, payload))
    return payload


def _take_apart(statement: SignedStatement, expect: StatementType) -> bytes:
    """Return the payload of a statement of the right type and form. Raises SignatureError."""
    if statement.type != expect:
        raise SignatureError(f"a {expect} was expected")
    if tuple(one.alg for one in statement.signatures) != _ALGORITHMS:
        raise SignatureError("the signatures must be Ed25519, then ML-DSA-65")
    if tuple(len(one.sig) for one in statement.signatures) != _SIGNATURE_CHARACTERS:
        raise SignatureError("a signature has the wrong length")
    return _decode(statement.payload)


def _decode(text: str) -> bytes:
    try:
        return unb64u(text)
    except EncodingError:
        raise SignatureError("payload or signature is not canonical base64url") from None


def _require_keys(signatures: Sequence[Signature], publics: Sequence[bytes]) -> None:
    for one, public in zip(signatures, publics, strict=False):
        if one.key != key_id(public):
            raise SignatureError("signed by another key")
