"""Sealed messages. PROTOCOL section 5."""

import pytest

from exchange.errors import OpenError, SealError
from exchange.messages import MAX_WORDS, message_info, seal_message
from exchange.opening import OpenedMessage, open_message
from exchange.statements import parse_statement
from keys.directory import verify_introduction
from keys.hpke import hpke_seal
from keys.signing import sign_statement
from schemas.encoding import b64u
from schemas.wire.statement import Message, SignedStatement
from tests.support.facilities import NOW, Facility, alpha, beta, fixed_id, gamma

WORDS = b"Could you take M3-0042 next week?"
ALPHA, BETA, GAMMA = alpha(), beta(), gamma()
INFO = {
    "id": fixed_id("message"),
    "sender": BETA.code,
    "recipient": ALPHA.code,
    "recipient_kem": ALPHA.kem_key,
    "kind": "request",
    "reason": "transfer",
    "in_reply_to": fixed_id("earlier"),
    "sent_at": NOW,
}


def seal(words: bytes = WORDS, **changes: object) -> SignedStatement:
    fields = {
        "id": fixed_id("message"),
        "sender": BETA.code,
        "recipient": ALPHA.code,
        "recipient_kem": ALPHA.kem_public,
        "kind": "request",
        "reason": "transfer",
        "in_reply_to": None,
        "sent_at": NOW,
        "words": words,
        "identity": BETA.identity,
    }
    return seal_message(**fields | changes)


def open_as_alpha(
    statement: SignedStatement, *, me: Facility = ALPHA, sender: Facility = BETA
) -> OpenedMessage:
    facility = verify_introduction(sender.introduction, now=NOW)
    return open_message(statement, me.code, [me.kem_seed], facility)


def test_words_arrive() -> None:
    opened = open_as_alpha(seal())
    assert opened.words == WORDS
    assert opened.message.kind == "request"
    assert WORDS.decode() not in repr(opened)


def test_the_hub_sees_neither_words_nor_their_length() -> None:
    one, other = seal(b"yes"), seal(b"no, and this is why: " * 20)
    assert WORDS not in one.payload_bytes()
    assert len(one.payload_bytes()) == len(other.payload_bytes())


@pytest.mark.parametrize("field", INFO)
def test_the_info_binds_all_that_the_hub_sees(field: str) -> None:
    other = NOW + 1 if field == "sent_at" else "other"
    assert message_info(**INFO) != message_info(**INFO | {field: other})


@pytest.mark.parametrize(
    ("lie", "statement", "reason"),
    [
        ("to-someone-else", seal(recipient=GAMMA.code), "other-recipient"),
        ("sealed-to-another-key", seal(recipient_kem=GAMMA.kem_public), "not-opened"),
        ("signed-by-another", seal(identity=GAMMA.identity), "signature"),
        ("in-anothers-name", seal(sender=GAMMA.code), "other-sender"),
    ],
)
def test_a_message_that_is_not_what_it_seems_is_refused(
    lie: str, statement: SignedStatement, reason: str
) -> None:
    with pytest.raises(OpenError) as refused:
        open_as_alpha(statement)
    assert (refused.value.step, refused.value.reason) == ("message", reason)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "answer"},
        {"reason": "approved"},
        {"in_reply_to": fixed_id("a request")},
        {"sent_at": NOW + 1},
        {"id": fixed_id("replayed")},
    ],
)
def test_a_dishonest_sender_can_not_reuse_words_sealed_for_another_place(
    changes: dict[str, object],
) -> None:
    """Even signed again, sealed words open only in the envelope that they were sealed for."""
    moved = parse_statement(seal(), Message).model_copy(update=changes)
    with pytest.raises(OpenError) as refused:
        open_as_alpha(sign_statement("message", moved, BETA.identity))
    assert refused.value.reason == "not-opened"


def test_words_without_padding_are_refused() -> None:
    bare = parse_statement(seal(), Message)
    info = message_info(**bare.model_dump(exclude={"suite", "sealed"}))
    sealed = b64u(hpke_seal(ALPHA.kem_public, info, WORDS))
    statement = sign_statement("message", bare.model_copy(update={"sealed": sealed}), BETA.identity)
    with pytest.raises(OpenError) as refused:
        open_as_alpha(statement)
    assert refused.value.reason == "padding"


@pytest.mark.parametrize("sealed", ["", "AA", "QR"])
def test_sealed_words_that_are_none_are_refused(sealed: str) -> None:
    message = parse_statement(seal(), Message).model_copy(update={"sealed": sealed})
    with pytest.raises(OpenError) as refused:
        open_as_alpha(sign_statement("message", message, BETA.identity))
    assert refused.value.step == "message"


def test_what_is_too_long_for_a_message_is_not_sealed() -> None:
    assert open_as_alpha(seal(bytes(MAX_WORDS))).words == bytes(MAX_WORDS)
    with pytest.raises(SealError):
        seal(bytes(MAX_WORDS + 1))
