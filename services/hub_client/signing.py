"""Signs requests to the hub and checks that answers are the hub's, to this very request.

RFC 9421 on both ways, bodies by Content-Digest. What a route means is in client.py. PROTOCOL 8.
"""

import datetime
from collections.abc import Callable

import httpx
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from http_sf.compat import InnerList

from keys.randomness import new_id
from keys.request_keys import RequestSigner, RequestVerifier
from services.hub_client.errors import AnswerError
from services.web.signatures import (
    ANSWER,
    BODILESS,
    CLOCK_SKEW,
    MAX_AGE,
    TAG,
    WITH_BODY,
    content_digest,
)


class _SigningKeys(HTTPSignatureKeyResolver):
    def __init__(self, signer: RequestSigner) -> None:
        self._signer = signer

    def resolve_private_key(self, key_id: str) -> object:
        return self._signer.resolve_private_key(key_id)


class _HubKeys(HTTPSignatureKeyResolver):
    def __init__(self, raw: bytes) -> None:
        self._verifier = RequestVerifier([raw])

    def resolve_public_key(self, key_id: str) -> object:
        return self._verifier.resolve_public_key(key_id)


class _AnswerVerifier(HTTPMessageVerifier):
    """The library's verifier under the caller's clock."""

    def __init__(self, raw: bytes, clock: Callable[[], int]) -> None:
        super().__init__(signature_algorithm=algorithms.ED25519, key_resolver=_HubKeys(raw))
        self._clock = clock

    def validate_created_and_expires(
        self,
        sig_input: InnerList,
        max_age: datetime.timedelta | None = None,  # noqa: ARG002 - the library's signature
    ) -> None:
        created = sig_input.params.get("created")
        if not isinstance(created, int) or abs(self._clock() - created) > MAX_AGE + CLOCK_SKEW:
            raise InvalidSignature("stale")


class Signing:
    """One facility's (or auditor's) key, one hub's key, one clock."""

    def __init__(self, seed: bytes, hub_key: bytes, clock: Callable[[], int]) -> None:
        """`seed`: 32 bytes of the caller's HTTP key. `hub_key`: the hub's, as pinned."""
        self._signer = RequestSigner(seed)
        self._library = HTTPMessageSigner(
            signature_algorithm=algorithms.ED25519, key_resolver=_SigningKeys(self._signer)
        )
        self._verifier = _AnswerVerifier(hub_key, clock)
        self._clock = clock

    def sign(self, request: httpx.Request, body_digest: bytes | None) -> None:
        """Sign a request in place, with a fresh nonce. `body_digest`: SHA-256 of its body."""
        if body_digest is not None:
            request.headers["content-digest"] = content_digest(body_digest)
        self._library.sign(
            request,
            key_id=self._signer.key_id,
            created=datetime.datetime.fromtimestamp(self._clock(), datetime.UTC),
            nonce=new_id(),
            label="caller",
            tag=TAG,
            covered_component_ids=BODILESS if body_digest is None else WITH_BODY,
            use_existing_digest=body_digest is not None,
        )

    def verify(self, response: httpx.Response) -> str:
        """Check who signed an answer and to what; return its signed Content-Digest field.

        The body is not looked at: hold its digest against the field. Raises AnswerError.
        """
        try:
            results = self._verifier.verify(response, expect_tag=TAG, require_components=ANSWER)
        except HTTPMessageSignaturesException:
            raise AnswerError("answer-not-signed") from None
        if len(results) != 1:
            raise AnswerError("answer-signed-twice")
        return results[0].covered_components['"content-digest"']


def require_digest(field: str, body_digest: bytes) -> None:
    """Refuse a body other than the one that the hub signed. Raises AnswerError."""
    if content_digest(body_digest) != field:
        raise AnswerError("answer-other-body")
