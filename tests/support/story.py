"""The story that most protocol tests begin with: Alpha holds a case, Beta may have part of it.

Alpha seals four sections and consents to three of them going to Beta. Gamma is a third facility
that Beta has pinned, too. Nothing here goes through HTTP.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from exchange.fine_scope import scope_tags_of, seal_fine_scope
from exchange.grants import make_grant, recipient_of
from exchange.opening import Labels, OpenedRelease, open_release
from exchange.recipient import Memory, Recipient
from exchange.revocation import revocation_hash
from exchange.scope import scope_tag
from exchange.sealing import SealedSection, make_head, seal_section
from exchange.section import AttachmentDescriptor
from keys.directory import VerifiedFacility, verify_introduction
from keys.tokens import sign_consent
from schemas.encoding import b64u, digest_text
from schemas.errors import ComponentError
from schemas.wire.hub_api import ReleaseIn, ReleaseOut
from schemas.wire.statement import FineScopeLine, SignedStatement
from schemas.wire.token import ConsentClaims
from tests.support.facilities import DAY, NOW, Facility, alpha, beta, fixed_id, gamma, seed
from tests.support.lying_hub import Hub

CASE = fixed_id("case")
SCOPE_KEY = seed("case scope key")
CODE = seed("revocation code")[:11]

MENTAL: Labels = ("health", "mental-health")
GENERAL: Labels = ("health", "general")
REFERRAL: Labels = ("referral", "general")
INFECTIOUS: Labels = ("health", "infectious")
CONSENTED = (MENTAL, GENERAL, REFERRAL)


def tag(labels: Labels) -> str:
    return scope_tag(SCOPE_KEY, *labels)


def bundle(labels: Labels, text: str = "made up") -> bytes:
    """Return bytes that stand for a FHIR bundle: this layer does not read them."""
    return json.dumps({"component": labels[0], "category": labels[1], "text": text}).encode()


def labels_of(content: bytes) -> Labels:
    """Read what `bundle` wrote."""
    try:
        found = json.loads(content)
        return found["component"], found["category"]
    except (ValueError, KeyError):
        raise ComponentError("not a bundle") from None


def section_id(labels: Labels) -> str:
    return fixed_id(f"section {labels}")


def lines_for(scope: tuple[Labels, ...]) -> list[FineScopeLine]:
    return [
        FineScopeLine(tag=tag(labels), component=labels[0], category=labels[1]) for labels in scope
    ]


@dataclass
class Story:
    """Everyone in it, with the hub in the middle."""

    alpha: Facility = field(default_factory=alpha)
    beta: Facility = field(default_factory=beta)
    gamma: Facility = field(default_factory=gamma)
    hub: Hub = field(default_factory=Hub)
    sealed: dict[Labels, list[SealedSection]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for facility in (self.alpha, self.beta, self.gamma):
            self.hub.introductions[facility.code] = facility.introduction
        for labels in (MENTAL, GENERAL, REFERRAL, INFECTIOUS):
            self.seal(labels)

    @property
    def owner(self) -> VerifiedFacility:
        return verify_introduction(self.alpha.introduction, now=NOW)

    def seal(
        self,
        labels: Labels,
        content: bytes | None = None,
        attachments: tuple[AttachmentDescriptor, ...] = (),
    ) -> SealedSection:
        """Seal and push the next version of a section."""
        before = self.sealed.setdefault(labels, [])
        version = len(before) + 1
        sealed = seal_section(
            owner=self.alpha.code,
            case=CASE,
            section=section_id(labels),
            version=version,
            previous=digest(before[-1]) if before else None,
            scope_tag=tag(labels),
            bundle=bundle(labels, f"version {version}") if content is None else content,
            attachments=attachments,
            author_pair=self.alpha.doctor.pair,
            author=self.alpha.doctor.author,
            identity=self.alpha.identity,
            section_key=section_key(labels, version),
            now=NOW - DAY,
        )
        before.append(sealed)
        self.hub.push(sealed)
        return sealed

    def claims(
        self,
        name: str = "consent",
        *,
        recipient: Facility | None = None,
        scope: tuple[Labels, ...] = CONSENTED,
        **changes: object,
    ) -> ConsentClaims:
        """Return what a consent of this case says."""
        recipient = recipient or self.beta
        jti = fixed_id(name)
        lines = lines_for(scope)
        claims = ConsentClaims(
            iss=self.alpha.code,
            sub=CASE,
            aud=["hub", recipient.code],
            jti=jti,
            iat=NOW - DAY,
            nbf=NOW - DAY,
            exp=NOW + 30 * DAY,
            purpose="TREAT",
            scope_tags=scope_tags_of(lines),
            recipient_fingerprint=b64u(recipient.fingerprint),
            fine_scope=seal_fine_scope(
                lines,
                recipient.kem_public,
                jti=jti,
                iss=self.alpha.code,
                recipient=recipient.code,
            ),
            consent_hash=digest_text(b"the sealed consent record"),
            revocation_hash=revocation_hash(CODE),
            redisclosure="none",
            max_releases=5,
            erase_at=None,
            on_revocation="erase",
        )
        return claims.model_copy(update=changes)

    def consent(self, claims: ConsentClaims | None = None) -> str:
        """Record a consent, its head and the grants under it; return its id."""
        claims = claims or self.claims()
        token = sign_consent(claims, self.alpha.case_manager.pair.ed_seed)
        self.hub.take_consent(token, claims)
        self.head(claims)
        return claims.jti

    def head(self, claims: ConsentClaims) -> SignedStatement:
        """Sign the next head of a consent and grant all that it lists."""
        token, _ = self.hub.consents[claims.jti]
        current = {
            labels: versions[-1]
            for labels, versions in self.sealed.items()
            if tag(labels) in claims.scope_tags
        }
        head = make_head(
            owner=self.alpha.code,
            consent=claims.jti,
            counter=len(self.hub.heads.get(claims.jti, [])) + 1,
            manifests=[digest(sealed) for sealed in current.values()],
            at=NOW - 60,
            identity=self.alpha.identity,
        )
        for labels in current:
            self.grant(claims, token, labels)
        self.hub.take_head(head)
        return head

    def grant(self, claims: ConsentClaims, token: str, labels: Labels, **changes: object) -> None:
        """Grant the newest version of a section and give the hub grant and half-key."""
        introduction = self.hub.introductions[claims.recipient]
        recipient = recipient_of(claims, introduction, self.pins, now=NOW)
        version = len(self.sealed[labels])
        half_key = seed(f"half-key {claims.jti} {labels} {version}")
        fields = {
            "section_key": section_key(labels, version),
            "half_key": half_key,
            "manifest": self.sealed[labels][-1].manifest,
            "owner": self.alpha.code,
            "recipient": recipient.facility,
            "recipient_kem": recipient.kem,
            "consent_jws": token,
            "consent_id": claims.jti,
            "expires_at": claims.exp,
            "identity": self.alpha.identity,
        }
        self.hub.take_grant(make_grant(**(fields | changes)), half_key)

    @property
    def pins(self) -> dict[str, bytes]:
        return {one.code: one.fingerprint for one in (self.alpha, self.beta, self.gamma)}

    @property
    def recipient(self) -> Recipient:
        return Recipient(
            facility=self.beta.code,
            fingerprint=self.beta.fingerprint,
            kem_keys=frozenset({self.beta.kem_key}),
            pins=self.pins,
            log_keys=self.hub.log.keys,
        )

    def open(
        self,
        answer: ReleaseOut,
        asked: ReleaseIn,
        *,
        memory: Memory | None = None,
        bodies: Mapping[str, bytes] | None = None,
        now: int = NOW,
        **recipient: object,
    ) -> OpenedRelease:
        """Open an answer as Beta."""
        return open_release(
            answer,
            asked,
            replace(self.recipient, **recipient),
            memory or fresh_memory(),
            kem_seeds=[self.beta.kem_seed],
            bodies=bodies or {},
            labels_of=labels_of,
            now=now,
        )


def fresh_memory(**changes: object) -> Memory:
    return replace(Memory(revocations_at=NOW - 60), **changes)


def ask(consent: str, *labels: Labels, release: str = "release") -> ReleaseIn:
    return ReleaseIn(
        id=fixed_id(release),
        consent=consent,
        purpose="TREAT",
        sections=[section_id(one) for one in labels],
    )


def section_key(labels: Labels, version: int) -> bytes:
    return seed(f"section key {labels} {version}")


def digest(sealed: SealedSection) -> str:
    return b64u(sealed.manifest.digest())
