"""Key cards and the statements under them: who a facility is, and which keys it vouches for.

A card is signed by the two identity keys it carries; its fingerprint binds both. Working keys (KEM,
HTTP, receipt) and staff keys are statements signed by that identity, so that they can change while
pins stand. No times are judged here: see `keys.directory`. PROTOCOL section 3.
"""

import hashlib
from dataclasses import dataclass
from typing import Literal, TypeVar

from nacl.bindings import crypto_core_ed25519_is_valid_point
from pydantic import ValidationError

from keys import crockford
from keys.errors import CardError, KeyFormatError, SignatureError
from keys.hpke import load_kem_public
from keys.signing import (
    PublicPair,
    SigningPair,
    load_ed25519,
    load_ml_dsa_65,
    sign_statement,
    verify_statement,
    verify_statement_ed25519,
)
from keys.strict_json import parse_strict
from schemas.encoding import SUITE, b64u, pae, sha256, unb64u
from schemas.errors import EncodingError
from schemas.wire.base import WireModel
from schemas.wire.statement import (
    KeyCard,
    KeyStatement,
    SignedStatement,
    StaffRole,
    StaffStatement,
    Unit,
)

KeyKind = Literal["kem", "http", "receipt"]
Payload = TypeVar("Payload", bound=WireModel)
_ROUNDS = 5200
"""SHA-512 rounds of a safety number: makes a search for look-alikes 2^12 times dearer."""


@dataclass(frozen=True)
class VerifiedCard:
    """A card whose self-signature holds. That says nothing yet about whose it is: pin it."""

    card: KeyCard
    public: PublicPair
    fingerprint: bytes


def make_card(
    *,
    facility: str,
    country: str,
    units: list[Unit],
    identity: SigningPair,
    not_before: int,
    not_after: int,
) -> SignedStatement:
    """Make a facility's card, signed by the identity itself. Times in seconds."""
    card = KeyCard(
        suite=SUITE,
        facility=facility,
        country=country,
        units=units,
        ed25519=b64u(identity.public.ed25519),
        ml_dsa_65=b64u(identity.public.ml_dsa_65),
        not_before=not_before,
        not_after=not_after,
    )
    return sign_statement("key-card", card, identity)


def verify_card(statement: SignedStatement, *, hub_checks_only: bool = False) -> VerifiedCard:
    """Check a card against the keys it carries. Raises CardError."""
    try:
        card = read_payload(statement.payload_bytes(), KeyCard)
        public = PublicPair(unb64u(card.ed25519), unb64u(card.ml_dsa_65))
    except EncodingError:
        raise CardError("the card is not canonical base64url") from None
    _require_pair(public)
    _verify(statement, public, hub_checks_only, expect="key-card")
    _require_window(card.not_before, card.not_after)
    return VerifiedCard(card, public, fingerprint(public))


def make_key_statement(
    *,
    facility: str,
    kind: KeyKind,
    public: bytes,
    ml_dsa_65: bytes | None = None,
    issued_at: int,
    not_before: int,
    not_after: int,
    identity: SigningPair,
) -> SignedStatement:
    """Certify a working key.

    `public`: 1,216 bytes for `kem`, else 32. `ml_dsa_65`: the second half of a `receipt` key.
    """
    statement = KeyStatement(
        suite=SUITE,
        facility=facility,
        kind=kind,
        public=b64u(public),
        ml_dsa_65=None if ml_dsa_65 is None else b64u(ml_dsa_65),
        issued_at=issued_at,
        not_before=not_before,
        not_after=not_after,
    )
    return sign_statement("key-statement", statement, identity)


def verify_key_statement(
    statement: SignedStatement, owner: VerifiedCard, *, hub_checks_only: bool = False
) -> KeyStatement:
    """Return a working key's statement made by the identity on `owner`. Raises CardError."""
    payload = _verify(statement, owner.public, hub_checks_only, expect="key-statement")
    key = read_payload(payload, KeyStatement)
    _require_facility(key.facility, owner)
    _require_window(key.not_before, key.not_after)
    _require_working_key(key)
    return key


def make_staff_statement(
    *,
    facility: str,
    staff: str,
    role: StaffRole,
    public: PublicPair,
    issued_at: int,
    not_before: int,
    not_after: int,
    identity: SigningPair,
) -> SignedStatement:
    """Certify a staff member's (or a facility system's) key. A staff id, never a name."""
    statement = StaffStatement(
        suite=SUITE,
        facility=facility,
        staff=staff,
        role=role,
        ed25519=b64u(public.ed25519),
        ml_dsa_65=b64u(public.ml_dsa_65),
        issued_at=issued_at,
        not_before=not_before,
        not_after=not_after,
    )
    return sign_statement("staff-statement", statement, identity)


def verify_staff_statement(
    statement: SignedStatement, owner: VerifiedCard, *, hub_checks_only: bool = False
) -> StaffStatement:
    """Return a staff statement made by the identity on `owner`. Raises CardError."""
    payload = _verify(statement, owner.public, hub_checks_only, expect="staff-statement")
    staff = read_payload(payload, StaffStatement)
    _require_facility(staff.facility, owner)
    _require_window(staff.not_before, staff.not_after)
    _require_pair(staff_public(staff))
    return staff


def staff_public(staff: StaffStatement) -> PublicPair:
    """Return a staff member's public keys. Raises CardError."""
    try:
        return PublicPair(unb64u(staff.ed25519), unb64u(staff.ml_dsa_65))
    except EncodingError:
        raise CardError("a staff key is not canonical base64url") from None


def fingerprint(public: PublicPair) -> bytes:
    """Return the 32-byte fingerprint that binds both identity keys."""
    return sha256(pae("fingerprint", public.ed25519, public.ml_dsa_65))


def fingerprint_text(fingerprint: bytes) -> str:
    """Spell a fingerprint for people: 13 groups of 4 Crockford characters."""
    return crockford.group(crockford.encode(fingerprint))


def parse_fingerprint(text: str) -> bytes:
    """Read a typed fingerprint, forgiving case, spaces and hyphens. Raises CardError."""
    try:
        return crockford.decode(text, 32)
    except EncodingError as fault:
        raise CardError(f"not a fingerprint: {fault}") from None


def safety_number(one: bytes, other: bytes) -> str:
    """Return the 60 digits that two facilities compare by voice; the same from both sides.

    Twelve groups of five digits from SHA-512, iterated over the sorted pair of fingerprints.
    """
    digest = pae("safety-number", *sorted((one, other)))
    for _ in range(_ROUNDS):
        digest = hashlib.sha512(digest).digest()
    groups = (int.from_bytes(digest[i : i + 5], "big") % 100_000 for i in range(0, 60, 5))
    return " ".join(f"{group:05d}" for group in groups)


def read_payload(data: bytes, model: type[Payload]) -> Payload:
    """Parse a statement's payload strictly, duplicate keys refused. Raises CardError."""
    try:
        parse_strict(data)
        return model.from_bytes(data)
    except (ValidationError, ValueError):
        raise CardError(f"not a {model.__name__}") from None


def _verify(
    statement: SignedStatement,
    public: PublicPair,
    hub_checks_only: bool,
    *,
    expect: Literal["key-card", "key-statement", "staff-statement"],
) -> bytes:
    try:
        if hub_checks_only:
            return verify_statement_ed25519(statement, public.ed25519, expect=expect)
        return verify_statement(statement, public, expect=expect)
    except (SignatureError, KeyFormatError) as fault:
        raise CardError(f"{expect}: {fault}") from None


def _require_working_key(key: KeyStatement) -> None:
    try:
        public = unb64u(key.public)
        second = None if key.ml_dsa_65 is None else unb64u(key.ml_dsa_65)
        if (second is not None) != (key.kind == "receipt"):
            raise CardError("only a receipt key has an ML-DSA-65 half")
        load_kem_public(public) if key.kind == "kem" else _require_ed25519(public)
        if second is not None:
            load_ml_dsa_65(second)
    except (EncodingError, KeyFormatError):
        raise CardError(f"not a {key.kind} key") from None


def _require_pair(public: PublicPair) -> None:
    try:
        _require_ed25519(public.ed25519)
        load_ml_dsa_65(public.ml_dsa_65)
    except KeyFormatError as fault:
        raise CardError(str(fault)) from None


def _require_ed25519(public: bytes) -> None:
    """Refuse a point of low order as well: under such a key a signature fits many messages."""
    load_ed25519(public)
    if not crypto_core_ed25519_is_valid_point(public):
        raise KeyFormatError("not an Ed25519 public key of full order")


def _require_facility(facility: str, owner: VerifiedCard) -> None:
    if facility != owner.card.facility:
        raise CardError("a statement about another facility")


def _require_window(not_before: int, not_after: int) -> None:
    if not not_before < not_after:
        raise CardError("a validity that ends before it begins")
