"""Acceptance: everything that is checked of a release before anything is opened.

Owns the first half of the order in PROTOCOL section 7: owner pinned, head and consent, the
decision, each section's manifest and grant, the audit proof, consistency of the log. Decrypts
nothing. What fails for the whole raises OpenError; what fails for one section refuses that one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from exchange.audit.checkpoint import Checkpoint
from exchange.consent import CLOCK_SKEW, ConsentState, Deny, Permit, Question, Signer, decide
from exchange.errors import OpenError, StatementError, Step
from exchange.evidence import newest_checkpoint, read_evidence, require_details
from exchange.grants import check_grant, check_half_key
from exchange.recipient import Memory, Recipient
from exchange.release import release_details
from exchange.statements import parse_statement, read_statement
from exchange.vouching import VouchedConsent, read_consent, read_refusal
from keys.directory import VerifiedFacility, require_pinned
from keys.errors import KeysError, UnpinnedError
from schemas.encoding import b64u, unb64u
from schemas.errors import SchemaError
from schemas.wire.hub_api import AuditDetails, ReleasedSection, ReleaseIn, ReleaseOut
from schemas.wire.statement import Grant, Head, Manifest, SignedStatement
from schemas.wire.token import ConsentClaims, RefusalClaims


@dataclass(frozen=True, slots=True)
class RefusedSection:
    """A section that was released and not accepted."""

    manifest: str
    """Its digest."""
    step: Step
    reason: str


@dataclass(frozen=True, slots=True)
class AcceptedSection:
    """A section that may now be opened."""

    manifest: Manifest
    digest: str
    """Of the manifest."""
    grant: Grant
    half_key: bytes = field(repr=False)
    ciphertext: str | None = field(repr=False)
    """As it came, base64url; None if it is to be fetched by reference."""


@dataclass(frozen=True, slots=True)
class AcceptedRelease:
    """A release that passed every check there is before opening."""

    owner: VerifiedFacility
    claims: ConsentClaims
    permit: Permit
    head: Head
    head_digest: str
    sections: tuple[AcceptedSection, ...]
    refused: tuple[RefusedSection, ...]
    withheld: int
    """How many manifests of the head were kept back because of signed refusals."""
    checkpoint: Checkpoint
    """The newest checkpoint now known: the one to remember."""
    decided_at: int


@dataclass(frozen=True, slots=True)
class _Given:
    """What every check looks at."""

    answer: ReleaseOut
    asked: ReleaseIn
    recipient: Recipient
    memory: Memory
    now: int


@dataclass(frozen=True, slots=True)
class _Whole:
    """What holds for every section of the release."""

    owner: VerifiedFacility
    head: Head
    consent: VouchedConsent
    permit: Permit


def accept_release(
    answer: ReleaseOut, asked: ReleaseIn, recipient: Recipient, memory: Memory, *, now: int
) -> AcceptedRelease:
    """Check a release in the order of PROTOCOL section 7, up to where keys are needed.

    `asked` is what this node sent; `now` in seconds. Raises OpenError at the first failure that
    concerns the whole release.
    """
    given = _Given(answer, asked, recipient, memory, now)
    _check_answer(given)
    owner = _pinned_owner(given)
    head = _read_head(given, owner)
    consent = _read_consent(given, owner)
    permit = _decide(given, consent, _read_refusals(given, owner))
    whole = _Whole(owner, head, consent, permit)
    withheld = _check_complete(given, whole)
    accepted, refused = _accept_sections(given, whole)
    entry = read_evidence(answer.evidence, recipient.log_keys)
    _require_entry(given, consent, entry.details)
    return AcceptedRelease(
        owner=owner,
        claims=consent.claims,
        permit=permit,
        head=head,
        head_digest=b64u(answer.head.digest()),
        sections=accepted,
        refused=refused,
        withheld=withheld,
        checkpoint=newest_checkpoint(entry.checkpoint, memory.checkpoint, memory.consistency),
        decided_at=entry.details.at,
    )


def _check_answer(given: _Given) -> None:
    """Refuse an answer to another question, and one whose manifests have no digest."""
    answer = given.answer
    if (answer.id, answer.consent) != (given.asked.id, given.asked.consent):
        raise OpenError("answer", "not-what-was-asked")
    try:
        for section in answer.sections:
            section.manifest.digest()
    except SchemaError:
        raise OpenError("answer", "malformed") from None


def _pinned_owner(given: _Given) -> VerifiedFacility:
    try:
        owner = require_pinned(given.answer.owner, given.recipient.pins, given.now)
    except UnpinnedError:
        raise OpenError("owner", "unpinned") from None
    except KeysError:
        raise OpenError("owner", "card-invalid") from None
    if owner.card.facility == given.recipient.facility:
        raise OpenError("owner", "myself")
    return owner


def _read_head(given: _Given, owner: VerifiedFacility) -> Head:
    try:
        head = read_statement(given.answer.head, Head, owner.public)
    except StatementError:
        raise OpenError("head", "signature") from None
    if (head.owner, head.consent) != (owner.card.facility, given.asked.consent):
        raise OpenError("head", "other-consent")
    if head.at > given.now + CLOCK_SKEW:
        raise OpenError("head", "from-the-future")
    _check_counter(given, head)
    return head


def _check_counter(given: _Given, head: Head) -> None:
    """Refuse a head older than the last one, or another one with the same counter."""
    seen = given.memory.heads.get(head.consent)
    if seen is None or head.counter > seen.counter:
        return
    if head.counter < seen.counter:
        raise OpenError("head", "rolled-back")
    if b64u(given.answer.head.digest()) != seen.digest:
        raise OpenError("head", "forked")


def _read_consent(given: _Given, owner: VerifiedFacility) -> VouchedConsent:
    try:
        consent = read_consent(given.answer.token, owner)
    except StatementError as fault:
        raise OpenError("consent", str(fault)) from None
    if consent.claims.jti != given.asked.consent:
        raise OpenError("consent", "other-consent")
    return consent


def _read_refusals(given: _Given, owner: VerifiedFacility) -> list[RefusalClaims]:
    try:
        return [read_refusal(jws, owner).claims for jws in given.answer.refusals]
    except StatementError:
        # An unsigned refusal would let a hub hold back what it pleases.
        raise OpenError("consent", "refusal-invalid") from None


def _decide(given: _Given, consent: VouchedConsent, refusals: Sequence[RefusalClaims]) -> Permit:
    revoked = consent.claims.jti in given.memory.revoked
    state = ConsentState(
        claims=consent.claims,
        token_digest=consent.token_digest,
        revoked_at=given.now if revoked else None,
        suspended=False,
        releases_used=0,
        signer=Signer.of(consent.signer),
    )
    question = Question(
        recipient=given.recipient.facility,
        purpose=given.asked.purpose,
        recipient_fingerprint=b64u(given.recipient.fingerprint),
        first_opening=True,
        revocations_at=given.memory.revocations_at,
    )
    decision = decide(state, question, refusals, now=given.now)
    if isinstance(decision, Deny):
        raise OpenError("decision", decision.reasons[0])
    return decision


def _check_complete(given: _Given, whole: _Whole) -> int:
    """Return how many manifests of the head were kept back; refuse what no signed refusal explains.

    The head vouches for the payload of every manifest that it lists, whatever its signatures.
    """
    listed = [
        section.manifest
        for section in given.answer.sections
        if b64u(section.manifest.digest()) in whole.head.manifests
    ]
    named = [_section_of(manifest) for manifest in listed]
    if len(set(named)) != len(named):
        raise OpenError("answer", "section-twice")
    if not set(given.asked.sections) <= set(named):
        raise OpenError("head", "withheld")
    missing = 0 if given.asked.sections else len(set(whole.head.manifests)) - len(listed)
    if missing and whole.permit.tags == frozenset(whole.consent.claims.scope_tags):
        raise OpenError("head", "withheld")
    return missing


def _section_of(manifest: SignedStatement) -> str:
    try:
        return parse_statement(manifest, Manifest).section
    except StatementError:
        raise OpenError("answer", "malformed") from None


def _accept_sections(
    given: _Given, whole: _Whole
) -> tuple[tuple[AcceptedSection, ...], tuple[RefusedSection, ...]]:
    accepted: list[AcceptedSection] = []
    refused: list[RefusedSection] = []
    for section in given.answer.sections:
        try:
            accepted.append(_accept_section(section, given, whole))
        except OpenError as fault:
            digest = b64u(section.manifest.digest())
            refused.append(RefusedSection(digest, fault.step, fault.reason))
    return tuple(accepted), tuple(refused)


def _accept_section(section: ReleasedSection, given: _Given, whole: _Whole) -> AcceptedSection:
    manifest = _read_manifest(section.manifest, given, whole)
    grant = _read_grant(section, given, whole)
    if manifest.scope_tag not in whole.permit.tags:
        raise OpenError("decision", "refused")
    return AcceptedSection(
        manifest=manifest,
        digest=b64u(section.manifest.digest()),
        grant=grant,
        half_key=unb64u(section.half_key),
        ciphertext=section.ciphertext,
    )


def _read_manifest(statement: SignedStatement, given: _Given, whole: _Whole) -> Manifest:
    try:
        manifest = read_statement(statement, Manifest, whole.owner.public)
    except StatementError:
        raise OpenError("manifest", "signature") from None
    digest = b64u(statement.digest())
    if digest not in whole.head.manifests:
        raise OpenError("head", "not-in-head")
    if given.asked.sections and manifest.section not in given.asked.sections:
        raise OpenError("manifest", "not-asked")
    _check_version(manifest, digest, given.memory)
    return manifest


def _check_version(manifest: Manifest, digest: str, memory: Memory) -> None:
    """Refuse a version older than the last one, a second one of the same number, a broken line."""
    seen = memory.versions.get(manifest.section)
    if seen is None:
        return
    if manifest.version < seen.version:
        raise OpenError("manifest", "rolled-back")
    if manifest.version == seen.version and digest != seen.manifest:
        raise OpenError("manifest", "forked")
    if manifest.version == seen.version + 1 and manifest.previous != seen.manifest:
        raise OpenError("manifest", "forked")


def _read_grant(section: ReleasedSection, given: _Given, whole: _Whole) -> Grant:
    try:
        grant = read_statement(section.grant, Grant, whole.owner.public)
    except StatementError:
        raise OpenError("grant", "signature") from None
    if grant.recipient != given.recipient.facility:
        raise OpenError("grant", "other-recipient")
    if grant.recipient_kem not in given.recipient.kem_keys:
        raise OpenError("grant", "other-key")
    try:
        consent = whole.consent
        check_grant(grant, section.manifest, consent.claims, consent.token_digest)
        check_half_key(grant, unb64u(section.half_key))
    except StatementError as fault:
        raise OpenError("grant", str(fault)) from None
    if given.now >= grant.expires_at:
        raise OpenError("grant", "expired")
    return grant


def _require_entry(given: _Given, consent: VouchedConsent, found: AuditDetails) -> None:
    """Refuse a proof whose entry is not about exactly this release."""
    answer = given.answer
    expected = release_details(
        release=given.asked.id,
        claims=consent.claims,
        token=answer.token,
        head=answer.head,
        manifests=[section.manifest for section in answer.sections],
        at=found.at,
    )
    require_details(found, expected)
    if found.at > given.now + CLOCK_SKEW:
        raise OpenError("audit", "from-the-future")
