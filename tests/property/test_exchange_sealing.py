"""open(seal(x)) = x, and any change refuses. PROTOCOL sections 4 and 5."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import OpenError, StatementError
from exchange.grants import grant_info, join_keys
from exchange.messages import seal_message
from exchange.opening import open_message, open_own_section, open_section
from exchange.scope import scope_tag
from exchange.sealing import SealedSection, seal_attachment, seal_section
from exchange.section import section_context
from exchange.statements import read_statement
from keys.directory import verify_introduction
from schemas.encoding import b64u, digest_text, unb64u
from schemas.sensitivity import CATEGORIES, COMPONENTS
from schemas.wire.statement import Manifest
from tests.support.facilities import NOW, alpha, beta, fixed_id, seed

ALPHA, BETA = alpha(), beta()
OWNER = verify_introduction(ALPHA.introduction, now=NOW)
KEY = seed("section key")
CASE = fixed_id("case")
TAG = fixed_id("tag")


def seal(bundle: bytes, attachments: list[bytes] | None = None) -> SealedSection:
    sealed = [
        seal_attachment(
            content,
            key=seed(f"attachment {number}"),
            owner=ALPHA.code,
            case=CASE,
            content_type="application/octet-stream",
            title=f"attachment {number}",
        )[1]
        for number, content in enumerate(attachments or [])
    ]
    return seal_section(
        owner=ALPHA.code,
        case=CASE,
        section=fixed_id("section"),
        version=1,
        previous=None,
        scope_tag=TAG,
        bundle=bundle,
        attachments=sealed,
        author_pair=ALPHA.doctor.pair,
        author=ALPHA.doctor.author,
        identity=ALPHA.identity,
        section_key=KEY,
        now=NOW,
    )


SEALED = seal(b'{"resourceType":"Bundle"}')


def flip(data: bytes, place: int, bit: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1 << bit
    return bytes(changed)


@given(st.binary(max_size=30_000), st.lists(st.binary(max_size=2000), max_size=3))
def test_a_section_opens_to_what_was_sealed(bundle: bytes, attachments: list[bytes]) -> None:
    sealed = seal(bundle, attachments)
    opened = open_own_section(sealed.manifest, sealed.ciphertext, KEY, OWNER, now=NOW)
    assert opened.bundle == bundle
    assert [one.plaintext for one in opened.attachments] == [
        digest_text(one) for one in attachments
    ]


@given(st.integers(0, len(SEALED.ciphertext) - 1), st.integers(0, 7))
def test_a_flipped_bit_of_the_body_refuses_even_under_a_new_manifest(place: int, bit: int) -> None:
    """The manifest's digest is not the only defence: the body refuses by itself."""
    ciphertext = flip(SEALED.ciphertext, place, bit)
    manifest = read_statement(SEALED.manifest, Manifest, OWNER.public)
    relabelled = manifest.model_copy(update={"ciphertext": digest_text(ciphertext)})
    with pytest.raises(OpenError):
        open_own_section(SEALED.manifest, ciphertext, KEY, OWNER, now=NOW)
    with pytest.raises(OpenError):
        open_section(relabelled, b64u(bytes(32)), ciphertext, KEY, OWNER, now=NOW)


@given(st.integers(0, len(SEALED.ciphertext) - 1))
def test_a_cut_body_refuses(length: int) -> None:
    with pytest.raises(OpenError):
        open_own_section(SEALED.manifest, SEALED.ciphertext[:length], KEY, OWNER, now=NOW)


@given(st.data())
def test_a_flipped_bit_of_a_statement_refuses(data: st.DataObject) -> None:
    statement = SEALED.manifest
    part = data.draw(st.sampled_from(["payload", 0, 1]))
    text = statement.payload if part == "payload" else statement.signatures[part].sig
    raw = unb64u(text)
    changed = b64u(flip(raw, data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(0, 7))))
    if part == "payload":
        forged = statement.model_copy(update={"payload": changed})
    else:
        signatures = list(statement.signatures)
        signatures[part] = signatures[part].model_copy(update={"sig": changed})
        forged = statement.model_copy(update={"signatures": signatures})
    with pytest.raises(StatementError):
        read_statement(forged, Manifest, OWNER.public)


@given(st.integers(0, 255), st.integers(0, 31))
def test_another_key_refuses(flipped: int, place: int) -> None:
    key = bytearray(KEY)
    key[place] ^= flipped or 1
    with pytest.raises(OpenError) as refused:
        open_own_section(SEALED.manifest, SEALED.ciphertext, bytes(key), OWNER, now=NOW)
    assert refused.value.reason == "not-opened"


@given(st.binary(max_size=5000))
def test_a_message_opens_to_its_words(words: bytes) -> None:
    statement = seal_message(
        id=fixed_id("message"),
        sender=ALPHA.code,
        recipient=BETA.code,
        recipient_kem=BETA.kem_public,
        kind="notice",
        reason="none",
        in_reply_to=None,
        sent_at=NOW,
        words=words,
        identity=ALPHA.identity,
    )
    assert open_message(statement, BETA.code, [BETA.kem_seed], OWNER).words == words


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_half_keys_join_and_part(section_key: bytes, half_key: bytes) -> None:
    joined = join_keys(section_key, half_key)
    assert join_keys(joined, half_key) == section_key
    assert join_keys(joined, section_key) == half_key


TEXTS = st.text(max_size=12)


@given(st.tuples(TEXTS, TEXTS, TEXTS), st.tuples(TEXTS, TEXTS, TEXTS), st.integers(0, 2**31))
def test_different_places_have_different_contexts(
    one: tuple[str, str, str], other: tuple[str, str, str], version: int
) -> None:
    contexts = [
        section_context(owner=owner, section=section, version=version, scope_tag=tag)
        for owner, section, tag in (one, other)
    ]
    assert (contexts[0] == contexts[1]) == (one == other)


FIELDS = ("manifest", "owner", "recipient", "recipient_kem", "consent_token", "half_key")


@given(st.lists(TEXTS, min_size=6, max_size=6), st.lists(TEXTS, min_size=6, max_size=6))
def test_different_grants_have_different_infos(one: list[str], other: list[str]) -> None:
    infos = [
        grant_info(**dict(zip(FIELDS, values, strict=True)), expires_at=NOW)
        for values in (one, other)
    ]
    assert (infos[0] == infos[1]) == (one == other)


@given(
    st.binary(min_size=32, max_size=32),
    st.sampled_from(COMPONENTS),
    st.sampled_from(CATEGORIES),
    st.sampled_from(COMPONENTS),
    st.sampled_from(CATEGORIES),
)
def test_a_tag_stands_for_one_component_and_category(key, component, category, other, another):
    same = (component, category) == (other, another)
    assert (scope_tag(key, component, category) == scope_tag(key, other, another)) == same
