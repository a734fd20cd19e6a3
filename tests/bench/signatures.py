"""What signatures cost: bare algorithms, statements with both, requests, answers and tokens."""

from collections.abc import Iterator
from hashlib import sha256

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA65PrivateKey

from exchange.audit import checkpoint
from exchange.audit.checkpoint import HubLogKeys
from keys.lognotes import LogSigner
from keys.randomness import new_id, new_seed, random_bytes
from keys.request_keys import RequestSigner, RequestVerifier
from keys.signing import new_pair, sign_statement, verify_statement, verify_statement_ed25519
from keys.tokens import sign_revocation, verify_revocation
from schemas.wire.token import RevocationClaims
from services.hub_client.signing import Signing
from services.web.signatures import (
    Answered,
    Fields,
    RequestView,
    answer_fields,
    body_digest_field,
    verify_request,
)
from tests.bench.hub_world import wall_clock
from tests.bench.measures import Timed, timed
from tests.bench.plan import Plan

GROUP = "signatures"
URL = "https://hub.example.org/v1/sections"
MESSAGE = random_bytes(600)
"""About as long as a manifest."""


def measure(plan: Plan) -> Iterator[Timed]:
    """Yield a row for each operation."""
    for work, call in (*_bare(), *_statements(), *_requests(), *_tokens(), *_checkpoints()):
        yield timed(GROUP, work, call, plan.timed / 2)


def _bare():
    ed25519 = Ed25519PrivateKey.generate()
    ed_signature, ed_public = ed25519.sign(MESSAGE), ed25519.public_key()
    ml_dsa = MLDSA65PrivateKey.generate()
    ml_signature, ml_public = ml_dsa.sign(MESSAGE), ml_dsa.public_key()
    ml_dsa_44 = MLDSA44PrivateKey.generate()
    yield "Ed25519 sign", lambda: ed25519.sign(MESSAGE)
    yield "Ed25519 verify", lambda: ed_public.verify(ed_signature, MESSAGE)
    yield "ML-DSA-65 sign", lambda: ml_dsa.sign(MESSAGE)
    yield "ML-DSA-65 verify", lambda: ml_public.verify(ml_signature, MESSAGE)
    yield "ML-DSA-44 sign", lambda: ml_dsa_44.sign(MESSAGE)


def _statements():
    pair = new_pair()
    statement = sign_statement("manifest", MESSAGE, pair)
    both, one = pair.public, pair.public.ed25519
    yield "statement: sign with both", lambda: sign_statement("manifest", MESSAGE, pair)
    yield "statement: verify both", lambda: verify_statement(statement, both, expect="manifest")
    yield (
        "statement: verify Ed25519 (hub)",
        lambda: verify_statement_ed25519(statement, one, expect="manifest"),
    )


def _requests():
    seed, body = new_seed(), random_bytes(10_000)
    signer = RequestSigner(seed)
    signing = Signing(seed, signer.public, wall_clock)
    digest = sha256(body).digest()

    def sign() -> httpx.Request:
        headers = {"content-type": "application/json"}
        request = httpx.Request("POST", URL, content=body, headers=headers)
        signing.sign(request, digest)
        return request

    request = sign()
    names = [(name.lower(), value) for name, value in request.headers.raw]
    view = RequestView("POST", URL, Fields(names))
    keys, now = RequestVerifier([signer.public]), wall_clock()
    signature = request.headers["signature"]

    def answer() -> dict[str, str]:
        return answer_fields(
            status=200,
            digest_field=body_digest_field(body),
            request=Answered("POST", URL, signature),
            signer=signer,
            now=now,
        )

    response = httpx.Response(200, headers=answer(), content=body, request=request)
    yield "RFC 9421: sign a request (node)", sign
    yield (
        "RFC 9421: verify a request (hub)",
        lambda: verify_request(view, keys, now=now, has_body=True),
    )
    yield "RFC 9421: sign an answer (hub)", answer
    yield "RFC 9421: verify an answer (node)", lambda: signing.verify(response)


def _tokens():
    pair = new_pair()
    claims = RevocationClaims(
        iss="F-A1A1A1A1A1",
        aud=["hub"],
        jti=new_id(),
        iat=wall_clock(),
        consent=new_id(),
        reason="withdrawn",
    )
    token = sign_revocation(claims, pair)
    yield "JWS: sign a token", lambda: sign_revocation(claims, pair)
    yield "JWS: verify a token", lambda: verify_revocation(token, pair.public.ed25519)


def _checkpoints():
    signer = LogSigner("hub.test/bench", new_seed(), new_seed())
    keys = HubLogKeys.of_signer(signer)
    text = checkpoint.make(signer.name, 10**6, bytes(32), signer, at=wall_clock())
    yield (
        "checkpoint: sign (Ed25519, ML-DSA-44)",
        lambda: checkpoint.make(signer.name, 10**6, bytes(32), signer),
    )
    yield "checkpoint: verify both", lambda: checkpoint.verify(text, keys)
