"""What `section.json` and `section-defects.json` hold."""

from typing import Any

from exchange.errors import Step
from exchange.messages import seal_message
from exchange.padding import pad
from exchange.sealing import SealedSection, seal_attachment, seal_section
from exchange.section import (
    AttachmentDescriptor,
    attachments_part,
    encode_section,
    part_digests,
    section_context,
)
from exchange.statements import parse_statement
from keys.body import seal_body
from keys.signing import SigningPair, sign_statement
from schemas.encoding import SUITE, b64u, digest_text, sha256, unb64u
from schemas.wire.statement import Author, Manifest, SignedStatement
from tests.support.facilities import NOW, alpha, beta, fixed_id, mallory, seed
from tests.support.story import CASE, MENTAL, bundle, section_id, tag
from tests.vectors.safehand.changes import Changes

ALPHA, BETA, MALLORY = alpha(), beta(), mallory()
SECTION_KEY = seed("vector section key")
ATTACHMENT = b"an attachment, made up. " * 100
CONTENT = bundle(MENTAL, "made up, as everything here")
WORDS = "Could you take her next week?"
PLACE = {"owner": ALPHA.code, "section": section_id(MENTAL), "version": 1, "scope_tag": tag(MENTAL)}
Defect = tuple[Step, str, Changes]


def section_file() -> dict[str, Any]:
    """Return a section, an attachment and a message with the keys that open them."""
    ciphertext, descriptor = seal_attachment(
        ATTACHMENT,
        key=seed("vector attachment key"),
        owner=ALPHA.code,
        case=CASE,
        content_type="text/plain",
        title="letter",
    )
    sealed = _sealed(descriptor)
    return {
        "owner": ALPHA.introduction.model_dump(),
        "section_key": b64u(SECTION_KEY),
        "manifest": sealed.manifest.model_dump(),
        "ciphertext": b64u(sealed.ciphertext),
        "bundle": CONTENT.decode(),
        "attachment": b64u(ciphertext),
        "attachment_plaintext": ATTACHMENT.decode(),
        "recipient": BETA.code,
        "kem_seed": b64u(BETA.kem_seed),
        "message": _message().model_dump(),
        "words": WORDS,
        "now": NOW,
    }


def _sealed(descriptor: AttachmentDescriptor) -> SealedSection:
    return seal_section(
        **PLACE,
        case=CASE,
        previous=None,
        bundle=CONTENT,
        attachments=[descriptor],
        author_pair=ALPHA.doctor.pair,
        author=ALPHA.doctor.author,
        identity=ALPHA.identity,
        section_key=SECTION_KEY,
        now=NOW,
    )


def _message() -> SignedStatement:
    return seal_message(
        id=fixed_id("message"),
        sender=ALPHA.code,
        recipient=BETA.code,
        recipient_kem=BETA.kem_public,
        kind="request",
        reason="transfer",
        in_reply_to=None,
        sent_at=NOW,
        words=WORDS.encode(),
        identity=ALPHA.identity,
    )


def section_defects(base: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return, for each defect, what it changes in `section.json` and how that must end."""
    defects = _in_transit(base) | _in_the_manifest(base) | _by_the_owner()
    return {
        name: {"step": step, "reason": reason, "changes": changes}
        for name, (step, reason, changes) in defects.items()
    }


def _in_transit(base: dict[str, Any]) -> dict[str, Defect]:
    ciphertext = unb64u(base["ciphertext"])
    flipped = ciphertext[:100] + bytes([ciphertext[100] ^ 1]) + ciphertext[101:]
    manifest = parse_statement(SignedStatement.model_validate(base["manifest"]), Manifest)
    relabelled = manifest.model_copy(update={"ciphertext": digest_text(flipped)})
    return {
        "ciphertext-flipped": ("body", "digest", {"/ciphertext": b64u(flipped)}),
        "ciphertext-truncated": ("body", "digest", {"/ciphertext": b64u(ciphertext[:-1])}),
        "ciphertext-flipped-under-a-new-manifest": (
            "body",
            "not-opened",
            {"/ciphertext": b64u(flipped), "/manifest": _signed(relabelled)},
        ),
        "section-key-wrong": ("body", "not-opened", {"/section_key": b64u(seed("another"))}),
    }


def _in_the_manifest(base: dict[str, Any]) -> dict[str, Defect]:
    statement = SignedStatement.model_validate(base["manifest"])
    payload = statement.payload_bytes()
    first, second = base["manifest"]["signatures"]
    refused = ("manifest", "signature")
    zeros = b64u(bytes(3309))
    payloads = {
        "manifest-suite-unknown": payload.replace(b"safehand/1", b"safehand/2"),
        "manifest-key-twice": payload[:-1] + b',"version":1}',
        "manifest-field-unknown": payload[:-1] + b',"name":"x"}',
        "manifest-version-zero": payload.replace(b'"version":1', b'"version":0'),
        "manifest-version-true": payload.replace(b'"version":1', b'"version":true'),
    }
    defects: dict[str, Defect] = {
        "manifest-ed25519-missing": (*refused, {"/manifest/signatures/0/sig": b64u(bytes(64))}),
        "manifest-ml-dsa-missing": (*refused, {"/manifest/signatures/1/sig": zeros}),
        "manifest-signatures-swapped": (*refused, {"/manifest/signatures": [second, first]}),
        "manifest-ed25519-twice": (*refused, {"/manifest/signatures": [first, first]}),
        "manifest-of-another-type": (*refused, {"/manifest/type": "head"}),
        "manifest-by-another": (*refused, {"/manifest": _signed(payload, MALLORY.identity)}),
    }
    return defects | {
        name: (*refused, {"/manifest": _signed(edited)}) for name, edited in payloads.items()
    }


def _by_the_owner() -> dict[str, Defect]:
    plain = _plaintext()
    padded = pad(plain)
    elsewhere = section_context(**PLACE | {"version": 2})
    return {
        "sealed-for-another-version": _wrong("body", "not-opened", padded, context=elsewhere),
        "padding-missing": _wrong("body", "padding", plain),
        "padding-not-zero": _wrong("body", "padding", padded[:-1] + b"\1"),
        "parts-cut-short": _wrong("body", "parts-cut-short", pad(plain[:-1])),
        "parts-trailing-bytes": _wrong("body", "parts-trailing-bytes", pad(plain + b"\0")),
        "author-unknown": _wrong("author", "unknown", pad(_plaintext(pair=MALLORY.doctor.pair))),
        "author-of-another-section": _wrong(
            "author", "other-context", pad(_plaintext(context=digest_text(elsewhere)))
        ),
        "author-of-another-bundle": _wrong(
            "author", "other-parts", pad(_plaintext(parts=[digest_text(b"another")] * 2))
        ),
        "author-in-anothers-role": _wrong(
            "author", "not-as-certified", pad(_plaintext(role="case-manager"))
        ),
        "attachment-only-in-the-manifest": _wrong(
            "attachment", "not-in-manifest", padded, attachments=[digest_text(b"attachment")]
        ),
    }


def _plaintext(pair: SigningPair | None = None, **changes: object) -> bytes:
    descriptors = attachments_part([])
    staff, role = ALPHA.doctor.author
    author = Author(
        suite=SUITE,
        facility=ALPHA.code,
        staff=staff,
        role=role,
        context=b64u(sha256(section_context(**PLACE))),
        parts=[b64u(part) for part in part_digests(CONTENT, descriptors)],
        at=NOW,
    ).model_copy(update=changes)
    signed = sign_statement("author", author, pair or ALPHA.doctor.pair)
    return encode_section(signed, CONTENT, descriptors)


def _wrong(
    step: Step,
    reason: str,
    padded: bytes,
    *,
    context: bytes | None = None,
    attachments: list[str] | None = None,
) -> Defect:
    ciphertext = seal_body(SECTION_KEY, context or section_context(**PLACE), padded)
    manifest = Manifest(
        suite=SUITE,
        **PLACE,
        case=CASE,
        previous=None,
        size=len(ciphertext),
        ciphertext=digest_text(ciphertext),
        attachments=attachments or [],
    )
    return step, reason, {"/ciphertext": b64u(ciphertext), "/manifest": _signed(manifest)}


def _signed(payload: Manifest | bytes, identity: SigningPair = ALPHA.identity) -> dict[str, Any]:
    return sign_statement("manifest", payload, identity).model_dump()
