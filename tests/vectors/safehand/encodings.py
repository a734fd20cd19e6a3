"""What `encodings.json` holds: values that follow from their inputs alone."""

from exchange import messages
from exchange.fine_scope import encode_fine_scope, fine_scope_info
from exchange.grants import grant_info, join_keys
from exchange.padding import padded_size
from exchange.release import release_details
from exchange.revocation import CODE_SIZE, code_text, revocation_hash
from exchange.scope import scope_tag
from exchange.section import (
    AttachmentDescriptor,
    attachment_context,
    attachments_part,
    section_context,
)
from keys.signing import sign_statement
from schemas.encoding import SUITE, b64u, digest_text, pae
from schemas.sensitivity import CATEGORIES, COMPONENTS
from schemas.wire.statement import Author, FineScopeLine, Grant, Head, Manifest
from schemas.wire.token import ConsentClaims
from tests.support.facilities import NOW, alpha, beta, fixed_id, seed

OWNER, RECIPIENT = "F-A1A1A1A1A1", "F-B2B2B2B2B2"
CASE, SECTION, CONSENT = fixed_id("case"), fixed_id("section"), fixed_id("consent")
TAG = fixed_id("tag")
SIZES = (0, 1, 1024, 1025, 4096, 4097, 16_384, 16_385, 65_537, 1_000_000, 3_000_000, 2**32 + 1)

DESCRIPTOR = AttachmentDescriptor(
    key=b64u(seed("attachment")),
    ciphertext=digest_text(b"ciphertext"),
    plaintext=digest_text(b"plaintext"),
    size=12,
    content_type="image/png",
    title="scan",
)
MANIFEST = Manifest(
    suite=SUITE,
    owner=OWNER,
    case=CASE,
    section=SECTION,
    version=2,
    previous=digest_text(b"previous"),
    scope_tag=TAG,
    size=1096,
    ciphertext=digest_text(b"ciphertext"),
    attachments=[digest_text(b"attachment")],
)
HEAD = Head(
    suite=SUITE,
    owner=OWNER,
    consent=CONSENT,
    counter=3,
    at=NOW,
    manifests=[digest_text(MANIFEST.to_bytes())],
)
GRANT = Grant(
    suite=SUITE,
    owner=OWNER,
    recipient=RECIPIENT,
    recipient_kem=digest_text(b"kem"),
    consent=CONSENT,
    consent_token=digest_text(b"token"),
    manifest=digest_text(MANIFEST.to_bytes()),
    half_key=digest_text(seed("half-key")),
    expires_at=NOW,
    sealed=b64u(b"sealed"),
)
AUTHOR = Author(
    suite=SUITE,
    facility=OWNER,
    staff=fixed_id("staff"),
    role="doctor",
    context=digest_text(b"context"),
    parts=[digest_text(b"bundle"), digest_text(b"descriptors")],
    at=NOW,
)
CLAIMS = ConsentClaims(
    iss=OWNER,
    sub=CASE,
    aud=["hub", RECIPIENT],
    jti=CONSENT,
    iat=NOW,
    nbf=NOW,
    exp=NOW + 1,
    purpose="TREAT",
    scope_tags=[TAG],
    recipient_fingerprint=digest_text(b"identity"),
    fine_scope=b64u(b"sealed"),
    consent_hash=digest_text(b"record"),
    revocation_hash=revocation_hash(seed("code")[:CODE_SIZE]),
    redisclosure="none",
    max_releases=1,
    erase_at=None,
    on_revocation="erase",
)
LINE = FineScopeLine(tag=TAG, component="health", category="mental-health", data_from=NOW)


def encodings() -> dict[str, object]:
    """Return the whole file."""
    return {
        "pae": {"none": _hex(pae("x")), "two": _hex(pae("x", b"", b"ab"))},
        "contexts": _contexts(),
        "infos": _infos(),
        "scope_tags": {
            f"{component} {category}": scope_tag(seed("case scope key"), component, category)
            for component in COMPONENTS
            for category in CATEGORIES
        },
        "padded_sizes": {str(length): padded_size(length) for length in SIZES},
        "revocation_code": _revocation_code(),
        "half_key_join": _hex(join_keys(seed("section key"), seed("half-key"))),
        "fine_scope": encode_fine_scope([LINE]).decode(),
        "payloads": {
            type(one).__name__: one.to_bytes().decode()
            for one in (MANIFEST, HEAD, GRANT, AUTHOR, CLAIMS)
        },
        "attachments_part": attachments_part([DESCRIPTOR]).decode(),
        "release_details": _release_details(),
        "fingerprints": {one.name: b64u(one.fingerprint) for one in (alpha(), beta())},
    }


def _contexts() -> dict[str, str]:
    section = section_context(owner=OWNER, section=SECTION, version=2, scope_tag=TAG)
    return {
        "section": _hex(section),
        "attachment": _hex(attachment_context(owner=OWNER, case=CASE)),
    }


def _infos() -> dict[str, str]:
    grant = grant_info(
        **GRANT.model_dump(exclude={"suite", "consent", "sealed"}),
    )
    message = messages.message_info(
        id=fixed_id("message"),
        sender=OWNER,
        recipient=RECIPIENT,
        recipient_kem=digest_text(b"kem"),
        kind="request",
        reason="transfer",
        in_reply_to=None,
        sent_at=NOW,
    )
    fine_scope = fine_scope_info(jti=CONSENT, iss=OWNER, recipient=RECIPIENT)
    return {"grant": _hex(grant), "message": _hex(message), "fine-scope": _hex(fine_scope)}


def _revocation_code() -> dict[str, str]:
    code = seed("code")[:CODE_SIZE]
    return {"bytes": _hex(code), "text": code_text(code), "hash": revocation_hash(code)}


def _release_details() -> str:
    # Signatures are no part of a digest, so any identity will do.
    identity = alpha().identity
    details = release_details(
        release=fixed_id("release"),
        claims=CLAIMS,
        token="header.claims.signature",
        head=sign_statement("head", HEAD, identity),
        manifests=[sign_statement("manifest", MANIFEST, identity)],
        at=NOW,
        request=digest_text(b"request"),
    )
    return details.to_bytes().decode()


def _hex(data: bytes) -> str:
    return data.hex()
