"""Facilities with fixed keys, for tests only: every seed follows from a label."""

from dataclasses import dataclass, field
from functools import cached_property

from keys.hpke import kem_public
from keys.keycard import fingerprint, make_card, make_key_statement, make_staff_statement
from keys.signing import PublicPair, SigningPair
from schemas.encoding import b64u, digest_text, sha256
from schemas.wire.hub_api import Introduction
from schemas.wire.statement import SignedStatement, StaffRole

NOW = 1_800_000_000
DAY = 86_400
YEAR = 365 * DAY


def seed(label: str) -> bytes:
    """Return 32 bytes that follow from `label`. Not random: tests only."""
    return sha256(f"test seed {label}".encode())


def fixed_id(label: str) -> str:
    """Return an Id128 that follows from `label`."""
    return b64u(sha256(f"test id {label}".encode())[:16])


def fixed_pair(label: str) -> SigningPair:
    return SigningPair(seed(f"{label} ed25519"), seed(f"{label} ml-dsa-65"))


@dataclass(frozen=True)
class Staff:
    """Someone who works at a facility."""

    id: str
    role: StaffRole
    pair: SigningPair

    @property
    def author(self) -> tuple[str, StaffRole]:
        return self.id, self.role


@dataclass
class Facility:
    """A facility and everything it can sign and open with."""

    name: str
    code: str
    made_at: int = NOW - YEAR
    extra: list[SignedStatement] = field(default_factory=list)
    """Further statements that its introduction carries."""

    @cached_property
    def identity(self) -> SigningPair:
        return fixed_pair(f"{self.name} identity")

    @cached_property
    def receipts(self) -> SigningPair:
        return fixed_pair(f"{self.name} receipts")

    @cached_property
    def case_manager(self) -> Staff:
        return self._staff("case-manager")

    @cached_property
    def doctor(self) -> Staff:
        return self._staff("doctor")

    @property
    def kem_seed(self) -> bytes:
        return seed(f"{self.name} kem")

    @property
    def kem_public(self) -> bytes:
        return kem_public(self.kem_seed)

    @property
    def kem_key(self) -> str:
        return digest_text(self.kem_public)

    @property
    def fingerprint(self) -> bytes:
        return fingerprint(self.identity.public)

    @cached_property
    def card(self) -> SignedStatement:
        return make_card(
            facility=self.code,
            country="ZZ",
            units=["mid-term"],
            identity=self.identity,
            not_before=self.made_at,
            not_after=self.made_at + 5 * YEAR,
        )

    @cached_property
    def statements(self) -> list[SignedStatement]:
        staff = [self.certify(one) for one in (self.case_manager, self.doctor)]
        return [self.certify_kem(self.kem_public, issued_at=self.made_at), *staff]

    @property
    def introduction(self) -> Introduction:
        return Introduction(card=self.card, statements=[*self.statements, *self.extra])

    def certify_kem(self, public: bytes, *, issued_at: int) -> SignedStatement:
        return make_key_statement(
            facility=self.code,
            kind="kem",
            public=public,
            issued_at=issued_at,
            not_before=issued_at,
            not_after=issued_at + 3 * YEAR,
            identity=self.identity,
        )

    def certify(self, staff: Staff, *, until: int | None = None) -> SignedStatement:
        """Certify a staff member from the facility's first day on."""
        issued_at = self.made_at if until is None else until
        return make_staff_statement(
            facility=self.code,
            staff=staff.id,
            role=staff.role,
            public=PublicPair(staff.pair.public.ed25519, staff.pair.public.ml_dsa_65),
            issued_at=issued_at,
            not_before=self.made_at,
            not_after=until or self.made_at + 3 * YEAR,
            identity=self.identity,
        )

    def _staff(self, role: StaffRole) -> Staff:
        label = f"{self.name} {role}"
        return Staff(fixed_id(label), role, fixed_pair(label))


def alpha() -> Facility:
    return Facility("alpha", "F-A1A1A1A1A1")


def beta() -> Facility:
    return Facility("beta", "F-B2B2B2B2B2")


def gamma() -> Facility:
    return Facility("gamma", "F-G3G3G3G3G3")


def mallory(code: str = "F-M4M4M4M4M4") -> Facility:
    """Return a facility that nobody has pinned, under any code it likes."""
    return Facility("mallory", code)
