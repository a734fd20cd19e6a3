"""Who is who at a given time: from a facility's introduction to keys that may be used.

A pure reading of statements against pins; where they are kept and how they arrived is for services.
Later a transparency-logged directory will bring the introductions. PROTOCOL section 3.

Rules:
  - One statement that the card's identity did not sign spoils the whole introduction.
  - Of several statements about one key, the newest `issued_at` governs alone: so a facility ends a
    key early by a statement with an earlier `not_after`.
  - A key is current from `not_before` up to but not including `not_after`.
  - No Ed25519 key serves two purposes.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from keys.errors import CardError, UnpinnedError
from keys.keycard import (
    VerifiedCard,
    staff_public,
    verify_card,
    verify_key_statement,
    verify_staff_statement,
)
from keys.signing import PublicPair, key_id
from schemas.encoding import unb64u
from schemas.wire.hub_api import Introduction
from schemas.wire.statement import KeyCard, KeyStatement, SignedStatement, StaffStatement

Certified = TypeVar("Certified", KeyStatement, StaffStatement)


@dataclass(frozen=True)
class VerifiedFacility:
    """A facility's keys as they stand at one time; every statement verified.

    `kem`, `http`, `receipt`: current ones, newest first (`kem`: the newest alone).
    `staff`: the governing statement of every staff key by key id, current or not; ask
    `require_staff` for one that may be relied on.
    """

    card: KeyCard
    public: PublicPair
    fingerprint: bytes
    kem: KeyStatement | None
    http: tuple[KeyStatement, ...]
    receipt: tuple[KeyStatement, ...]
    staff: Mapping[str, StaffStatement]

    def kem_public(self) -> bytes:
        """Return the 1,216-byte key to seal to. Raises CardError if none is current."""
        if self.kem is None:
            raise CardError("the facility has no current KEM key")
        return unb64u(self.kem.public)

    def require_staff(self, kid: str, *, signed_at: int, now: int) -> StaffStatement:
        """Return the staff statement behind `kid`, current at signing and now. Raises CardError."""
        statement = self.staff.get(kid)
        if statement is None:
            raise CardError("no such staff key")
        if not (is_current(statement, signed_at) and is_current(statement, now)):
            raise CardError("the staff key is not current")
        return statement

    def staff_keys(self, kid: str) -> PublicPair:
        """Return the public keys behind `kid`. Raises CardError."""
        if kid not in self.staff:
            raise CardError("no such staff key")
        return staff_public(self.staff[kid])

    def receipt_keys(self) -> tuple[PublicPair, ...]:
        """Return the current receipt keys, newest first."""
        return tuple(
            PublicPair(unb64u(one.public), unb64u(one.ml_dsa_65 or "")) for one in self.receipt
        )


def is_current(statement: KeyCard | KeyStatement | StaffStatement, at: int) -> bool:
    """Say whether a card or statement is valid at a time in seconds."""
    return statement.not_before <= at < statement.not_after


def require_pinned(
    introduction: Introduction, pins: Mapping[str, bytes], now: int
) -> VerifiedFacility:
    """Verify an introduction and hold it against the pinned fingerprint of its facility.

    Raises UnpinnedError if it is not pinned or is pinned to other keys, CardError for the rest.
    """
    card = verify_card(introduction.card)
    pinned = pins.get(card.card.facility)
    if pinned is None:
        raise UnpinnedError("this facility's fingerprint has not been confirmed")
    return _held_against(card, introduction, pinned, now)


def require_fingerprint(
    introduction: Introduction, fingerprint: bytes, now: int
) -> VerifiedFacility:
    """Verify an introduction and hold it against a fingerprint, as when pinning it.

    Raises UnpinnedError if the fingerprint is another, CardError for the rest.
    """
    return _held_against(verify_card(introduction.card), introduction, fingerprint, now)


def verify_introduction(
    introduction: Introduction, *, now: int, hub_checks_only: bool = False
) -> VerifiedFacility:
    """Verify a card and all its statements, unpinned: for admission and for showing fingerprints.

    `hub_checks_only`: Ed25519 alone. Raises CardError.
    """
    card = verify_card(introduction.card, hub_checks_only=hub_checks_only)
    return _assemble(card, introduction.statements, now, hub_checks_only=hub_checks_only)


def _held_against(
    card: VerifiedCard, introduction: Introduction, fingerprint: bytes, now: int
) -> VerifiedFacility:
    if not hmac.compare_digest(fingerprint, card.fingerprint):
        raise UnpinnedError("this facility's fingerprint is not the one that was confirmed")
    return _assemble(card, introduction.statements, now, hub_checks_only=False)


def _assemble(
    card: VerifiedCard,
    statements: Iterable[SignedStatement],
    now: int,
    *,
    hub_checks_only: bool,
) -> VerifiedFacility:
    if not is_current(card.card, now):
        raise CardError("the key card is not current")
    keys, staff = _verify_all(card, statements, hub_checks_only)
    _require_separate(card, keys, staff)
    current = [one for one in _governing(keys) if is_current(one, now)]
    kems = _of_kind(current, "kem")
    return VerifiedFacility(
        card=card.card,
        public=card.public,
        fingerprint=card.fingerprint,
        kem=kems[0] if kems else None,
        http=_of_kind(current, "http"),
        receipt=_of_kind(current, "receipt"),
        staff={key_id(unb64u(one.ed25519)): one for one in _governing(staff)},
    )


def _verify_all(
    card: VerifiedCard, statements: Iterable[SignedStatement], hub_checks_only: bool
) -> tuple[list[KeyStatement], list[StaffStatement]]:
    keys: list[KeyStatement] = []
    staff: list[StaffStatement] = []
    for one in statements:
        if one.type == "key-statement":
            keys.append(verify_key_statement(one, card, hub_checks_only=hub_checks_only))
        elif one.type == "staff-statement":
            staff.append(verify_staff_statement(one, card, hub_checks_only=hub_checks_only))
        else:
            raise CardError("an introduction holds key and staff statements only")
    return keys, staff


def _governing(statements: Iterable[Certified]) -> list[Certified]:
    """Return the newest statement about each key, newest first; of equals the one ending first."""
    newest: dict[str, Certified] = {}
    for one in sorted(statements, key=lambda one: (one.issued_at, -one.not_after)):
        newest[_certified_key(one)] = one
    return sorted(newest.values(), key=lambda one: (one.issued_at, one.not_after), reverse=True)


def _of_kind(statements: Iterable[KeyStatement], kind: str) -> tuple[KeyStatement, ...]:
    return tuple(one for one in statements if one.kind == kind)


def _certified_key(statement: KeyStatement | StaffStatement) -> str:
    return statement.public if isinstance(statement, KeyStatement) else statement.ed25519


def _require_separate(
    card: VerifiedCard, keys: Iterable[KeyStatement], staff: Iterable[StaffStatement]
) -> None:
    purposes: dict[str, str] = {card.card.ed25519: "identity"}
    uses = [(one.public, one.kind) for one in keys] + [(one.ed25519, one.staff) for one in staff]
    for public, use in uses:
        if purposes.setdefault(public, use) != use:
            raise CardError("one key serves two purposes")
