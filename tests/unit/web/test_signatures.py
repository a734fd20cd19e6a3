"""Request and answer signatures: what must be covered, for how long, and by whom."""

import hashlib

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.request_keys import RequestSigner, RequestVerifier
from services.hub_client.errors import AnswerError
from services.hub_client.signing import Signing, require_digest
from services.web.errors import AuthenticationError
from services.web.signatures import (
    Answered,
    Fields,
    RequestView,
    UnknownKeyError,
    VerifiedRequest,
    answer_fields,
    body_digest_field,
    content_digest,
    verify_request,
)

NOW = 1_800_000_000
URL = "https://hub.example/v1/sections?x=1"
CALLER, HUB = RequestSigner(bytes(range(32))), RequestSigner(bytes(range(32, 64)))
KEYS = RequestVerifier([CALLER.public])


def signed(body: bytes | None = b"{}", *, at: int = NOW, method: str = "POST") -> httpx.Request:
    request = httpx.Request(
        method, URL, content=body, headers={"content-type": "application/json"} if body else {}
    )
    signing = Signing(bytes(range(32)), HUB.public, lambda: at)
    signing.sign(request, None if body is None else hashlib.sha256(body).digest())
    return request


def verify(
    request: httpx.Request, *, now: int = NOW, has_body: bool = True, url: str = URL
) -> VerifiedRequest:
    fields = Fields([(name.lower(), value) for name, value in request.headers.raw])
    view = RequestView(request.method, url, fields)
    return verify_request(view, KEYS, now=now, has_body=has_body)


def fault(request: httpx.Request, **changes: object) -> str:
    with pytest.raises(AuthenticationError) as caught:
        verify(request, **changes)
    return caught.value.fault


def test_a_signed_request_says_who_and_what() -> None:
    verified = verify(signed())
    assert verified.key_id == CALLER.key_id
    assert verified.content_digest == body_digest_field(b"{}")
    assert len(verified.nonce) == 22
    again = verify(signed())
    assert again.nonce != verified.nonce
    assert again.base_digest != verified.base_digest


@pytest.mark.parametrize("late", [0, 60, 90, -30])
def test_clocks_may_differ_a_little(late: int) -> None:
    verify(signed(), now=NOW + late)


@pytest.mark.parametrize("late", [91, 3600, -31, -86_400])
def test_stale_requests_are_refused(late: int) -> None:
    assert fault(signed(), now=NOW + late) == "stale"


def test_other_targets_and_methods_do_not_verify() -> None:
    assert fault(signed(), url="https://hub.example/v1/sections?x=2") == "bad-signature"
    assert fault(signed(), url="https://other.example/v1/sections?x=1") == "bad-signature"
    request = signed()
    request.method = "PUT"
    assert fault(request) == "bad-signature"


@pytest.mark.parametrize("field", ["content-digest", "content-type"])
def test_covered_fields_cannot_be_changed_or_dropped(field: str) -> None:
    request = signed()
    request.headers[field] = "changed"
    assert fault(request) == "bad-signature"
    del request.headers[field]
    assert fault(request) == "bad-signature"


def test_a_body_must_be_covered() -> None:
    assert fault(signed(None)) == "malformed-signature"
    verify(signed(None, method="GET"), has_body=False)


def _edit(request: httpx.Request, old: str, new: str) -> httpx.Request:
    request.headers["signature-input"] = request.headers["signature-input"].replace(old, new)
    return request


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (';tag="safehand-1"', "", "bad-signature"),
        (';tag="safehand-1"', ';tag="other"', "bad-signature"),
        (f";created={NOW}", "", "stale"),
        (f";created={NOW}", f";created={NOW + 1}", "bad-signature"),
        (';alg="ed25519"', ';alg="rsa-pss-sha512"', "bad-signature"),
        (';alg="ed25519"', "", "bad-signature"),
        (';nonce="', ';nonce="x', "bad-signature"),
        ('"@target-uri"', '"@path"', "bad-signature"),
    ],
)
def test_parameters_cannot_be_changed(old: str, new: str, expected: str) -> None:
    assert fault(_edit(signed(), old, new)) == expected


def test_unknown_keys_are_told_apart_for_looking_them_up() -> None:
    fields = Fields([(name.lower(), value) for name, value in signed().headers.raw])
    view = RequestView("POST", URL, fields)
    with pytest.raises(UnknownKeyError) as caught:
        verify_request(view, RequestVerifier([]), now=NOW, has_body=True)
    assert caught.value.key_id == CALLER.key_id


def test_two_signatures_are_one_too_many() -> None:
    request = signed()
    for name in ("signature-input", "signature"):
        value = request.headers[name]
        request.headers[name] = f"{value}, {value.replace('caller=', 'second=')}"
    assert fault(request) == "malformed-signature"


def test_a_label_twice_is_malformed() -> None:
    request = signed()
    for name in ("signature-input", "signature"):
        request.headers[name] = f"{request.headers[name]}, {request.headers[name]}"
    assert fault(request) == "bad-signature"


@given(st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=80))
def test_garbage_in_the_signature_fields_never_raises_anything_else(garbage: str) -> None:
    raw = [(b"signature-input", garbage.encode("latin-1")), (b"signature", b"caller=:AAAA:")]
    with pytest.raises(AuthenticationError):
        verify_request(RequestView("GET", URL, Fields(raw)), KEYS, now=NOW, has_body=False)


def answered(request: httpx.Request, body: bytes = b"ok", status: int = 200) -> httpx.Response:
    fields = answer_fields(
        status=status,
        digest_field=body_digest_field(body),
        request=Answered(request.method, str(request.url), request.headers["signature"]),
        signer=HUB,
        now=NOW,
    )
    return httpx.Response(status, headers=fields, content=body, request=request)


def hub_signing(key: bytes = HUB.public, at: int = NOW) -> Signing:
    return Signing(bytes(range(32)), key, lambda: at)


@given(st.binary(max_size=64), st.integers(200, 599))
def test_the_hand_written_answer_is_what_the_library_expects(body: bytes, status: int) -> None:
    response = answered(signed(), body, status)
    field = hub_signing().verify(response)
    require_digest(field, hashlib.sha256(body).digest())


def test_answers_are_tied_to_status_body_request_and_key() -> None:
    request = signed()
    with pytest.raises(AnswerError):
        require_digest(hub_signing().verify(answered(request)), hashlib.sha256(b"no").digest())
    for spoil in (
        lambda answer: setattr(answer, "status_code", 201),
        lambda answer: answer.headers.update({"content-digest": content_digest(bytes(32))}),
        lambda answer: setattr(answer, "request", signed()),
        lambda answer: answer.headers.pop("signature"),
        lambda answer: answer.headers.pop("signature-input"),
    ):
        response = answered(request)
        spoil(response)
        with pytest.raises(AnswerError):
            hub_signing().verify(response)
    for other in ({"method": "PUT"}, {"url": httpx.URL(URL + "2")}):
        response = answered(request)
        response.request = httpx.Request(
            **{"method": "POST", "url": URL, "headers": request.headers} | other
        )
        with pytest.raises(AnswerError):
            hub_signing().verify(response)
    with pytest.raises(AnswerError):
        hub_signing(CALLER.public).verify(answered(request))
    with pytest.raises(AnswerError):
        hub_signing(at=NOW + 100).verify(answered(request))


def test_digests_are_spelt_as_rfc_9530_does() -> None:
    # RFC 9530 appendix B.1's digest of `{"hello": "world"}` followed by a newline.
    assert body_digest_field(b'{"hello": "world"}\n') == (
        "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
    )
