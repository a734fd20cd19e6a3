"""Fine scope: what tags stand for, for the recipient alone. PROTOCOL section 6."""

import pytest

from exchange.errors import OpenError, SealError
from exchange.fine_scope import (
    decode_fine_scope,
    encode_fine_scope,
    fine_scope_info,
    fine_scope_size,
    scope_tags_of,
    seal_fine_scope,
)
from exchange.opening import open_fine_scope
from keys.hpke import hpke_seal
from schemas.encoding import b64u
from schemas.sensitivity import CATEGORIES, COMPONENTS
from schemas.wire.statement import FineScope, FineScopeLine
from schemas.wire.token import ConsentClaims
from tests.support.facilities import beta, fixed_id, gamma
from tests.support.story import CONSENTED, INFECTIOUS, MENTAL, Story, lines_for

LINES = lines_for(CONSENTED)
TAGS = scope_tags_of(LINES)
BETA = beta()


@pytest.fixture(scope="module")
def claims() -> ConsentClaims:
    return Story().claims()


def raw(lines: list[FineScopeLine], padding: str) -> bytes:
    return FineScope(lines=lines, padding=padding).to_bytes()


def full(lines: list[FineScopeLine], filling: str = " ") -> bytes:
    return raw(lines, filling * (fine_scope_size(len(lines)) - len(raw(lines, ""))))


def test_only_the_number_of_lines_shows() -> None:
    every = [
        FineScopeLine(
            tag=fixed_id(f"{component} {category}"),
            component=component,
            category=category,
            data_from=2**40 - 1,
            data_until=2**40 - 1,
        )
        for component in COMPONENTS
        for category in CATEGORIES
    ]
    assert {len(encode_fine_scope([line])) for line in every} == {fine_scope_size(1)}
    assert len(encode_fine_scope(every)) == fine_scope_size(len(every))


def test_the_recipient_reads_it(claims: ConsentClaims) -> None:
    lines = open_fine_scope(claims, [BETA.kem_seed])
    assert {(line.component, line.category) for line in lines.values()} == set(CONSENTED)
    assert sorted(lines) == claims.scope_tags


@pytest.mark.parametrize(
    ("lie", "change"),
    [
        ("another-consent", {"jti": fixed_id("another")}),
        ("another-issuer", {"iss": "F-C3C3C3C3C3"}),
        ("another-recipient", {"aud": ["hub", "F-C3C3C3C3C3"]}),
        ("not-sealed", {"fine_scope": b64u(full(LINES))}),
        ("malformed", {"fine_scope": "QR"}),
    ],
)
def test_it_opens_in_its_own_token_only(
    claims: ConsentClaims, lie: str, change: dict[str, object]
) -> None:
    with pytest.raises(OpenError) as refused:
        open_fine_scope(claims.model_copy(update=change), [BETA.kem_seed])
    assert refused.value.step == "fine-scope"


def test_nobody_else_reads_it(claims: ConsentClaims) -> None:
    with pytest.raises(OpenError) as refused:
        open_fine_scope(claims, [gamma().kem_seed])
    assert refused.value.reason == "not-opened"


@pytest.mark.parametrize(
    ("defect", "reason", "document"),
    [
        ("not-json", "malformed", b"?"),
        ("unknown-field", "malformed", b'{"lines":[],"padding":"","more":1}'),
        ("no-padding", "padding", raw(LINES, "")),
        ("too-much-padding", "padding", full(LINES) + b" "),
        ("padding-that-says-something", "padding", full(LINES, "x")),
        ("a-line-less", "other-tags", full(LINES[1:])),
        ("a-line-more", "other-tags", full([*LINES, *lines_for((INFECTIOUS,))])),
        ("a-line-twice", "other-tags", full([*LINES, LINES[0]])),
        ("a-tag-swapped", "other-tags", full([*LINES[1:], *lines_for((INFECTIOUS,))])),
        ("one-tag-for-all", "other-tags", full([LINES[0]] * 3)),
    ],
)
def test_a_document_that_disagrees_with_the_token_is_refused(
    claims: ConsentClaims, defect: str, reason: str, document: bytes
) -> None:
    with pytest.raises(OpenError) as refused:
        decode_fine_scope(document, TAGS)
    assert (refused.value.step, refused.value.reason) == ("fine-scope", reason)
    info = fine_scope_info(jti=claims.jti, iss=claims.iss, recipient=BETA.code)
    sealed = b64u(hpke_seal(BETA.kem_public, info, document))
    with pytest.raises(OpenError):
        open_fine_scope(claims.model_copy(update={"fine_scope": sealed}), [BETA.kem_seed])


@pytest.mark.parametrize("lines", [[], [LINES[0], LINES[0]]])
def test_an_ambiguous_scope_is_not_sealed(lines: list[FineScopeLine]) -> None:
    with pytest.raises(SealError):
        seal_fine_scope(lines, BETA.kem_public, jti="j", iss="i", recipient="r")


def test_the_order_of_tags_says_nothing() -> None:
    assert scope_tags_of(lines_for((MENTAL, INFECTIOUS))) == scope_tags_of(
        lines_for((INFECTIOUS, MENTAL))
    )
