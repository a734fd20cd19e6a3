"""Request keys inside the real RFC 9421 library. PROTOCOL section 8."""

import datetime
from dataclasses import dataclass, field

import pytest
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    InvalidSignature,
    algorithms,
)

from keys.errors import KeyFormatError
from keys.randomness import new_seed
from keys.request_keys import RequestSigner, RequestVerifier
from keys.signing import ed25519_public, ed25519_verify, key_id

SIGNER = RequestSigner(new_seed())


@dataclass
class Request:
    """The least that the library reads of a request."""

    method: str = "GET"
    url: str = "https://hub.example/v1/messages"
    headers: dict[str, str] = field(default_factory=dict)


def signed() -> Request:
    request = Request()
    signer = HTTPMessageSigner(
        signature_algorithm=algorithms.ED25519,
        key_resolver=SIGNER,  # type: ignore[arg-type]
    )
    signer.sign(
        request,
        key_id=SIGNER.key_id,
        covered_component_ids=("@method", "@target-uri"),
        created=datetime.datetime.now(),
    )
    return request


def verify(request: Request, *publics: bytes) -> None:
    HTTPMessageVerifier(
        signature_algorithm=algorithms.ED25519,
        key_resolver=RequestVerifier(publics),  # type: ignore[arg-type]
    ).verify(request)


def test_a_signed_request_verifies_under_its_key() -> None:
    verify(signed(), ed25519_public(new_seed()), SIGNER.public)


def test_a_changed_request_is_refused() -> None:
    request = signed()
    request.url = "https://hub.example/v1/messages?after=1"
    with pytest.raises(InvalidSignature):
        verify(request, SIGNER.public)


def test_a_key_that_is_not_accepted_is_unknown() -> None:
    verifier = RequestVerifier([SIGNER.public])
    assert verifier.resolve_public_key(SIGNER.key_id) is not None
    assert verifier.resolve_public_key(key_id(b"other")) is None
    with pytest.raises(KeyError):
        verifier.resolve_private_key(SIGNER.key_id)


def test_a_signer_gives_out_its_own_key_only() -> None:
    assert SIGNER.key_id == key_id(SIGNER.public)
    assert SIGNER.resolve_public_key(SIGNER.key_id) is None
    with pytest.raises(KeyError):
        SIGNER.resolve_private_key(key_id(b"other"))


def test_a_signature_base_may_be_signed_directly() -> None:
    ed25519_verify(SIGNER.public, SIGNER.sign(b"base"), b"base")


def test_bytes_that_are_no_key_are_refused() -> None:
    with pytest.raises(KeyFormatError):
        RequestVerifier([b"short"])
