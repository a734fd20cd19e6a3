"""Padding for every content. PROTOCOL section 4."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import CodeError, PaddingError
from exchange.padding import pad, padded_size, unpad
from exchange.revocation import CODE_SIZE, code_text, parse_code

CONTENTS = st.binary(max_size=40_000)


@given(CONTENTS)
def test_content_comes_back(content: bytes) -> None:
    assert unpad(pad(content)) == content


@given(st.integers(0, 2**40))
def test_sizes_hold_the_content_and_waste_little(length: int) -> None:
    size = padded_size(length)
    assert size >= length
    assert length <= 16_384 or size <= length * 1.12


@given(st.integers(0, 2**40))
def test_sizes_are_their_own_size(length: int) -> None:
    assert padded_size(padded_size(length)) == padded_size(length)


@given(st.integers(0, 2**40), st.integers(0, 2**20))
def test_more_content_is_never_padded_to_less(length: int, more: int) -> None:
    assert padded_size(length) <= padded_size(length + more)


@given(CONTENTS, st.data())
def test_a_flipped_bit_is_refused_or_changes_the_content(
    content: bytes, data: st.DataObject
) -> None:
    padded = bytearray(pad(content))
    place = data.draw(st.integers(0, len(padded) - 1))
    padded[place] ^= 1 << data.draw(st.integers(0, 7))
    if 8 <= place < 8 + len(content):
        assert unpad(bytes(padded)) != content
    else:
        # A longer length may swallow zeros, a shorter one leaves content where zeros belong.
        try:
            assert unpad(bytes(padded)) != content
        except PaddingError:
            assert place < 8 or place >= 8 + len(content)


@given(st.binary(max_size=3000))
def test_bytes_have_at_most_one_reading(padded: bytes) -> None:
    try:
        content = unpad(padded)
    except PaddingError:
        return
    assert pad(content) == padded


@given(st.binary(min_size=CODE_SIZE, max_size=CODE_SIZE))
def test_revocation_codes_come_back(code: bytes) -> None:
    assert parse_code(code_text(code)) == code
    assert parse_code(code_text(code).lower().replace("-", " ")) == code


@given(st.text(max_size=30))
def test_any_text_is_a_code_or_refused(text: str) -> None:
    try:
        code = parse_code(text)
    except CodeError:
        return
    assert len(code) == CODE_SIZE


@given(st.binary(max_size=40).filter(lambda code: len(code) != CODE_SIZE))
def test_codes_of_another_size_are_refused(code: bytes) -> None:
    with pytest.raises(CodeError):
        code_text(code)
