"""RFC 9421 signatures on requests and answers, RFC 9530 digests of bodies. PROTOCOL section 8.

Owns what a request must cover, for how long it counts, and the form of a signed answer. Does not
remember nonces and does not decide who may do what. The target is held against the configured
public URL; the Host header is never looked at.
"""

import base64
import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from http_message_signatures import (
    HTTPMessageVerifier,
    HTTPSignatureComponentResolver,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from http_sf.compat import InnerList, Item

from keys.request_keys import RequestSigner
from schemas.encoding import digest_text, sha256
from services.web.errors import AuthenticationError

TAG = "safehand-1"
MAX_AGE = 60
"""Seconds for which a request's signature counts."""

CLOCK_SKEW = 30
"""Seconds that two clocks may differ."""

NONCE_LIFETIME = 300
"""Seconds for which a nonce must be remembered: more than a signature can live."""

BODILESS = ("@method", "@target-uri")
WITH_BODY = (*BODILESS, "content-digest", "content-type")
ANSWER = (
    "@status",
    "content-digest",
    '"@method";req',
    '"@target-uri";req',
    '"signature";req',
)
_ANSWER_INPUT = '("@status" "content-digest" "@method";req "@target-uri";req "signature";req)'
_NONCE_LENGTHS = range(16, 65)


class Keys(Protocol):
    """Gives the key with an id, or None: `keys.request_keys.RequestVerifier` is one."""

    def resolve_public_key(self, key_id: str) -> object | None:
        """Return the public key whose id is `key_id`."""


class UnknownKeyError(AuthenticationError):
    """The key is not known (yet): the caller may look it up elsewhere and try again."""

    def __init__(self, key_id: str) -> None:
        super().__init__("unknown-key")
        self.key_id = key_id


class Fields:
    """Header fields in the form http-message-signatures reads: every line, in order.

    Fields that no signature names are left out: reading them costs and changes nothing.
    """

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        lines = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw]
        inputs = "".join(value for name, value in lines if name == "signature-input")
        self._lines = [
            (name, value)
            for name, value in lines
            if name.startswith("signature") or f'"{name}"' in inputs
        ]

    def items(self) -> Iterator[tuple[str, str]]:
        """Yield name and value of each field line."""
        return iter(self._lines)


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as its signer saw it. `url`: the configured public URL, path and query."""

    method: str
    url: str
    headers: Fields


@dataclass(frozen=True, slots=True)
class Answered:
    """The request that an answer is tied to, as the answerer saw it."""

    method: str
    url: str
    """The configured public URL, path and query."""
    signature: str
    """Its Signature field as it came."""


@dataclass(frozen=True, slots=True)
class VerifiedRequest:
    """What a valid signature established."""

    key_id: str
    nonce: str
    base_digest: str
    """SHA-256 of the signature base: evidence for the audit log."""
    content_digest: str | None
    """The signed Content-Digest field; hold it against the body with `content_digest`."""


class _Components(HTTPSignatureComponentResolver):
    """Gives method, target and whole fields, and nothing else that a signature could name.

    Narrower than the library's own, and several times quicker: the target is not taken apart.
    """

    def __init__(self, view: RequestView) -> None:
        self._values = {"@method": view.method, "@target-uri": view.url}
        for name, value in view.headers.items():
            known = self._values.get(name)
            self._values[name] = value.strip() if known is None else f"{known}, {value.strip()}"

    def resolve(self, component_node: Item) -> str:
        """Return a component's value (RFC 9421 section 2)."""
        if component_node.params or component_node.value not in self._values:
            raise InvalidSignature("not a component that counts here")
        return self._values[str(component_node.value)]


class _StaleError(InvalidSignature):
    """The signature is too old, from the future, or undated."""


class _Verifier(HTTPMessageVerifier):
    """The library's verifier under our clock."""

    def __init__(self, keys: "_AskedKeys", now: int) -> None:
        super().__init__(
            signature_algorithm=algorithms.ED25519,
            key_resolver=keys,
            component_resolver_class=_Components,
        )
        self._now = now

    def validate_created_and_expires(
        self,
        sig_input: InnerList,
        max_age: datetime.timedelta | None = None,  # noqa: ARG002 - the library's signature
    ) -> None:
        """Refuse undated, old and future signatures."""
        created, expires = sig_input.params.get("created"), sig_input.params.get("expires")
        if not isinstance(created, int) or not self._is_timely(created):
            raise _StaleError
        if expires is not None and (not isinstance(expires, int) or expires < self._now):
            raise _StaleError

    def _is_timely(self, created: int) -> bool:
        return self._now - MAX_AGE - CLOCK_SKEW <= created <= self._now + CLOCK_SKEW


class _AskedKeys(HTTPSignatureKeyResolver):
    """Remembers which key was asked for and not found."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self.missing: str | None = None

    def resolve_public_key(self, key_id: str) -> object | None:
        key = self._keys.resolve_public_key(key_id)
        self.missing = key_id if key is None else None
        return key


def verify_request(view: RequestView, keys: Keys, *, now: int, has_body: bool) -> VerifiedRequest:
    """Check a request's one signature and what it covers.

    The body is not looked at: compare its digest with `content_digest` afterwards. Raises
    AuthenticationError; UnknownKeyError if only the key is missing.
    """
    if not any(name == "signature-input" for name, _ in view.headers.items()):
        raise AuthenticationError("unsigned")
    asked = _AskedKeys(keys)
    try:
        results = _Verifier(asked, now).verify(view, expect_tag=TAG)
    except _StaleError:
        raise AuthenticationError("stale") from None
    except HTTPMessageSignaturesException:
        if asked.missing is not None:
            raise UnknownKeyError(asked.missing) from None
        raise AuthenticationError("bad-signature") from None
    if len(results) != 1:
        raise AuthenticationError("malformed-signature")
    covered = results[0].covered_components
    # Each must be covered as it stands, without parameters that would change its meaning.
    if not all(f'"{name}"' in covered for name in (WITH_BODY if has_body else BODILESS)):
        raise AuthenticationError("malformed-signature")
    return _established(results[0].parameters, covered)


def _established(parameters: dict[str, int | str], covered: dict[str, str]) -> VerifiedRequest:
    nonce = parameters.get("nonce")
    if not isinstance(nonce, str) or len(nonce) not in _NONCE_LENGTHS or "alg" not in parameters:
        raise AuthenticationError("malformed-signature")
    base = "\n".join(f"{name}: {value}" for name, value in covered.items())
    return VerifiedRequest(
        key_id=str(parameters["keyid"]),
        nonce=nonce,
        base_digest=digest_text(base.encode()),
        content_digest=covered.get('"content-digest"'),
    )


def content_digest(body_digest: bytes) -> str:
    """Return the Content-Digest field for a body with this SHA-256 digest (RFC 9530).

    Exactly this spelling is accepted: one member, sha-256.
    """
    return f"sha-256=:{base64.b64encode(body_digest).decode()}:"


def body_digest_field(body: bytes) -> str:
    """Return the Content-Digest field of `body`."""
    return content_digest(sha256(body))


def answer_fields(
    *, status: int, digest_field: str, request: Answered, signer: RequestSigner, now: int
) -> dict[str, str]:
    """Return the header fields that sign an answer and tie it to its request.

    `digest_field`: from `content_digest`. Method and target are signed beside the request's
    signature, since an answer may say that this very signature did not hold. The base (RFC 9421
    section 2.5) always has the same components, so it is written out here rather than assembled by
    the library, which costs ten times as much.
    """
    params = f'{_ANSWER_INPUT};created={now};keyid="{signer.key_id}";alg="ed25519";tag="{TAG}"'
    base = (
        f'"@status": {status}\n"content-digest": {digest_field}\n'
        f'"@method";req: {request.method}\n"@target-uri";req: {request.url}\n'
        f'"signature";req: {request.signature}\n"@signature-params": {params}'
    )
    signature = base64.b64encode(signer.sign(base.encode("latin-1"))).decode()
    return {
        "content-digest": digest_field,
        "signature-input": f"hub={params}",
        "signature": f"hub=:{signature}:",
    }
