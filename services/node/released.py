"""Reading a release as it lies in the store: whose it is, and one section of it at a time.

Used for first opening and for every later view. Decides nothing; `services.node.egress` does.
PROTOCOL section 7.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from exchange.errors import OpenError, StatementError
from exchange.grants import check_grant, check_half_key
from exchange.opening import OpenedSection, open_grant, open_section
from exchange.statements import read_statement
from exchange.vouching import VouchedConsent, read_consent, read_refusal
from keys.directory import VerifiedFacility
from schemas.encoding import b64u, unb64u
from schemas.wire.hub_api import ReleasedSection, ReleaseOut
from schemas.wire.statement import Grant, Manifest
from schemas.wire.token import RefusalClaims


@dataclass(frozen=True)
class Release:
    """A stored release whose owner is pinned and whose consent is verified."""

    answer: ReleaseOut = field(repr=False)
    owner: VerifiedFacility = field(repr=False)
    consent: VouchedConsent
    refusals: Sequence[RefusalClaims]


def read_release(answer: ReleaseOut, owner: VerifiedFacility) -> Release:
    """Return a release with its tokens verified. Raises OpenError at step `consent`."""
    try:
        consent = read_consent(answer.token, owner)
        refusals = [read_refusal(jws, owner).claims for jws in answer.refusals]
    except StatementError as fault:
        raise OpenError("consent", str(fault)) from None
    if consent.claims.jti != answer.consent:
        raise OpenError("consent", "other-consent")
    return Release(answer, owner, consent, refusals)


def open_stored(
    release: Release, digest: str, folder: Path, kem_seeds: Sequence[bytes], *, now: int
) -> OpenedSection:
    """Open one section of a release anew. `folder` holds what was fetched by reference.

    Raises OpenError.
    """
    for released in release.answer.sections:
        if b64u(released.manifest.digest()) == digest:
            return _open(release, released, digest, folder, kem_seeds, now)
    raise OpenError("manifest", "missing")


def _open(
    release: Release,
    released: ReleasedSection,
    digest: str,
    folder: Path,
    kem_seeds: Sequence[bytes],
    now: int,
) -> OpenedSection:
    try:
        manifest = read_statement(released.manifest, Manifest, release.owner.public)
        grant = read_statement(released.grant, Grant, release.owner.public)
        half_key = unb64u(released.half_key)
        consent = release.consent
        check_grant(grant, released.manifest, consent.claims, consent.token_digest)
        check_half_key(grant, half_key)
    except StatementError as fault:
        raise OpenError("grant", str(fault)) from None
    key = open_grant(grant, half_key, kem_seeds)
    ciphertext = body_of(released, manifest.section, folder)
    return open_section(manifest, digest, ciphertext, key, release.owner, now=now)


def body_of(released: ReleasedSection, section: str, folder: Path) -> bytes:
    """Return a section's ciphertext: what came inline, or the file that was fetched.

    Raises OpenError at step `body`.
    """
    if released.ciphertext is not None:
        return unb64u(released.ciphertext)
    try:
        return (folder / section).read_bytes()
    except OSError:
        raise OpenError("body", "missing") from None
