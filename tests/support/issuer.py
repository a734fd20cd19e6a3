"""An issuer of key cards and statements with any validity: for tests of the directory rules."""

from dataclasses import dataclass, field

from keys.hpke import kem_public
from keys.keycard import make_card, make_key_statement, make_staff_statement
from keys.randomness import new_facility_code, new_id, new_seed
from keys.signing import PublicPair, SigningPair, ed25519_public, new_pair
from schemas.wire.hub_api import Introduction
from schemas.wire.statement import SignedStatement, StaffRole

BEGIN = 1_700_000_000
END = BEGIN + 365 * 86_400
NOW = BEGIN + 1_000


@dataclass
class Issuer:
    """Keys of one facility, valid from BEGIN to END, with one case manager."""

    code: str = field(default_factory=new_facility_code)
    country: str = "NL"
    identity: SigningPair = field(default_factory=new_pair)
    kem_seed: bytes = field(default_factory=new_seed)
    http_seed: bytes = field(default_factory=new_seed)
    receipt: SigningPair = field(default_factory=new_pair)
    manager: SigningPair = field(default_factory=new_pair)
    manager_id: str = field(default_factory=new_id)

    def card(self, not_before: int = BEGIN, not_after: int = END) -> SignedStatement:
        return make_card(
            facility=self.code,
            country=self.country,
            units=["short-term"],
            identity=self.identity,
            not_before=not_before,
            not_after=not_after,
        )

    def kem(
        self,
        public: bytes | None = None,
        issued_at: int = BEGIN,
        not_before: int = BEGIN,
        not_after: int = END,
    ) -> SignedStatement:
        return make_key_statement(
            facility=self.code,
            kind="kem",
            public=public or kem_public(self.kem_seed),
            issued_at=issued_at,
            not_before=not_before,
            not_after=not_after,
            identity=self.identity,
        )

    def http(self, public: bytes | None = None) -> SignedStatement:
        return make_key_statement(
            facility=self.code,
            kind="http",
            public=public or ed25519_public(self.http_seed),
            issued_at=BEGIN,
            not_before=BEGIN,
            not_after=END,
            identity=self.identity,
        )

    def receipt_key(self) -> SignedStatement:
        return make_key_statement(
            facility=self.code,
            kind="receipt",
            public=self.receipt.public.ed25519,
            ml_dsa_65=self.receipt.public.ml_dsa_65,
            issued_at=BEGIN,
            not_before=BEGIN,
            not_after=END,
            identity=self.identity,
        )

    def staff(
        self,
        public: PublicPair | None = None,
        staff: str | None = None,
        role: StaffRole = "case-manager",
        issued_at: int = BEGIN,
        not_before: int = BEGIN,
        not_after: int = END,
    ) -> SignedStatement:
        return make_staff_statement(
            facility=self.code,
            staff=staff or self.manager_id,
            role=role,
            public=public or self.manager.public,
            issued_at=issued_at,
            not_before=not_before,
            not_after=not_after,
            identity=self.identity,
        )

    def introduction(self, *more: SignedStatement) -> Introduction:
        statements = [self.kem(), self.http(), self.receipt_key(), self.staff(), *more]
        return Introduction(card=self.card(), statements=statements)
