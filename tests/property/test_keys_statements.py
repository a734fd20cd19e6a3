"""Signed statements and tokens: every change is noticed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import tokens
from keys.directory import verify_introduction
from keys.errors import CardError, ClaimsError, SignatureError
from keys.lognotes import LogSigner, verify_cosignature, verify_note_ed25519
from keys.signing import SigningPair, sign_statement, verify_statement, verify_statement_ed25519
from keys.strict_json import parse_strict
from schemas.encoding import b64u, unb64u
from schemas.wire.hub_api import Introduction
from schemas.wire.statement import SignedStatement, StatementType
from schemas.wire.token import RefusalClaims, RevocationClaims
from tests.support.issuer import BEGIN, END, Issuer

SEEDS = st.binary(min_size=32, max_size=32)
PAIRS = st.builds(SigningPair, SEEDS, SEEDS)
IDS = st.builds(b64u, st.binary(min_size=16, max_size=16))
CODES = st.from_regex(r"F-[0-9A-HJKMNP-TV-Z]{10}", fullmatch=True)
TYPES = st.sampled_from(StatementType.__args__)  # type: ignore[attr-defined]
SIGNER = SigningPair(bytes(32), bytes(32))
LOG = LogSigner("log.example", bytes(32), bytes(32))

REFUSALS = st.builds(
    RefusalClaims,
    iss=CODES,
    sub=IDS,
    aud=st.just(["hub"]),
    jti=IDS,
    iat=st.integers(0, 2**40 - 1),
    scope_tags=st.lists(IDS, max_size=4),
    recipient=st.none() | CODES,
)
REVOCATIONS = st.builds(
    RevocationClaims,
    iss=CODES,
    aud=st.just(["hub"]),
    jti=IDS,
    iat=st.integers(0, 2**40 - 1),
    consent=IDS,
    reason=st.sampled_from(["withdrawn", "superseded", "entered-in-error", "safety"]),
)


@given(pair=PAIRS, kind=TYPES, payload=st.binary(max_size=200))
def test_a_statement_returns_what_was_signed(
    pair: SigningPair, kind: StatementType, payload: bytes
) -> None:
    statement = sign_statement(kind, payload, pair)
    sent = SignedStatement.from_bytes(statement.to_bytes())
    assert verify_statement(sent, pair.public, expect=kind) == payload
    assert verify_statement_ed25519(sent, pair.public.ed25519, expect=kind) == payload


@given(payload=st.binary(min_size=1, max_size=60), data=st.data())
def test_any_changed_byte_of_a_statement_is_noticed(payload: bytes, data: st.DataObject) -> None:
    statement = sign_statement("grant", payload, SIGNER).model_dump()
    part = data.draw(st.sampled_from(["payload", 0, 1]))
    holder, name = (
        (statement, "payload") if part == "payload" else (statement["signatures"][part], "sig")
    )
    raw = bytearray(unb64u(holder[name]))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    holder[name] = b64u(bytes(raw))
    with pytest.raises(SignatureError):
        verify_statement(SignedStatement.model_validate(statement), SIGNER.public, expect="grant")


@given(kind=TYPES, other=TYPES, payload=st.binary(max_size=40))
def test_no_statement_passes_for_another_type(
    kind: StatementType, other: StatementType, payload: bytes
) -> None:
    statement = sign_statement(kind, payload, SIGNER)
    if kind != other:
        for disguised in (statement, statement.model_copy(update={"type": other})):
            with pytest.raises(SignatureError):
                verify_statement_ed25519(disguised, SIGNER.public.ed25519, expect=other)


@given(claims=REFUSALS, pair=PAIRS)
def test_a_refusal_returns_its_claims(claims: RefusalClaims, pair: SigningPair) -> None:
    assert tokens.verify_refusal(tokens.sign_refusal(claims, pair), pair.public.ed25519) == claims


@given(claims=REVOCATIONS, data=st.data())
def test_any_changed_character_of_a_token_is_noticed(
    claims: RevocationClaims, data: st.DataObject
) -> None:
    token = tokens.sign_revocation(claims, SIGNER)
    place = data.draw(st.integers(0, len(token) - 1))
    character = data.draw(st.characters(min_codepoint=0x20, max_codepoint=0x7E))
    if character != token[place]:
        with pytest.raises(ClaimsError):
            tokens.verify_revocation(
                token[:place] + character + token[place + 1 :], SIGNER.public.ed25519
            )


@given(text=st.text(max_size=80))
def test_noise_is_no_token(text: str) -> None:
    for read in (tokens.peek_kid, lambda one: tokens.verify_consent(one, SIGNER.public.ed25519)):
        with pytest.raises(ClaimsError):
            read(text)


@given(name=st.text(min_size=1, max_size=5), first=st.integers(), second=st.integers())
def test_a_key_named_twice_is_refused_at_any_depth(name: str, first: int, second: int) -> None:
    key = json.dumps(name)
    inner = f"{{{key}: {first}, {key}: {second}}}"
    for text in (inner, f"[{inner}]", f'{{"a": {{"b": {inner}}}}}'):
        with pytest.raises(ValueError, match="duplicate"):
            parse_strict(text.encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(value=JSON)
def test_other_json_is_read_as_it_is(value: object) -> None:
    assert parse_strict(json.dumps(value).encode()) == value


@given(
    size=st.integers(0, 2**63 - 1),
    root=st.binary(min_size=32, max_size=32),
    timestamp=st.integers(0, 2**63 - 1),
)
def test_a_cosignature_tells_its_time(size: int, root: bytes, timestamp: int) -> None:
    signature = LOG.cosign("log.example", size, root, timestamp=timestamp)
    verified = verify_cosignature(
        LOG.ml_dsa_44, signature, origin="log.example", size=size, root=root
    )
    assert verified == timestamp


@given(text=st.text(max_size=60), data=st.data())
def test_any_changed_byte_of_a_note_signature_is_noticed(text: str, data: st.DataObject) -> None:
    signature = bytearray(LOG.sign_note(text))
    verify_note_ed25519(LOG.ed25519, text, bytes(signature))
    signature[data.draw(st.integers(0, len(signature) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SignatureError):
        verify_note_ed25519(LOG.ed25519, text, bytes(signature))


ISSUER = Issuer()
WINDOWS = st.tuples(
    st.integers(BEGIN, END), st.integers(BEGIN, END - 1), st.integers(1, END - BEGIN)
).map(lambda one: (one[0], one[1], one[1] + one[2]))


@given(windows=st.lists(WINDOWS, min_size=1, max_size=5), now=st.integers(BEGIN, END - 1))
def test_the_newest_current_kem_statement_is_used(
    windows: list[tuple[int, int, int]], now: int
) -> None:
    seeds = [bytes([i]) * 32 for i in range(len(windows))]
    statements = [
        Issuer(code=ISSUER.code, identity=ISSUER.identity, kem_seed=seed).kem(
            issued_at=issued, not_before=begin, not_after=end
        )
        for seed, (issued, begin, end) in zip(seeds, windows, strict=True)
    ]
    facility = verify_introduction(Introduction(card=ISSUER.card(), statements=statements), now=now)
    current = [issued for issued, begin, end in windows if begin <= now < end]
    if not current:
        assert facility.kem is None
    else:
        assert facility.kem is not None
        assert facility.kem.issued_at == max(current)
        assert facility.kem.not_before <= now < facility.kem.not_after


@given(
    windows=st.lists(WINDOWS, min_size=1, max_size=4),
    at=st.integers(BEGIN, END),
    now=st.integers(BEGIN, END - 1),
)
def test_the_newest_staff_statement_decides_alone(
    windows: list[tuple[int, int, int]], at: int, now: int
) -> None:
    statements = [
        ISSUER.staff(issued_at=issued, not_before=begin, not_after=end)
        for issued, begin, end in windows
    ]
    facility = verify_introduction(Introduction(card=ISSUER.card(), statements=statements), now=now)
    newest = max(windows, key=lambda one: (one[0], -one[2]))
    kid = ISSUER.manager.key_id
    governing = facility.staff[kid]
    assert (governing.issued_at, governing.not_after) == (newest[0], newest[2])
    current = all(governing.not_before <= t < governing.not_after for t in (at, now))
    if current:
        assert facility.require_staff(kid, signed_at=at, now=now) == governing
    else:
        with pytest.raises(CardError, match="not current"):
            facility.require_staff(kid, signed_at=at, now=now)
