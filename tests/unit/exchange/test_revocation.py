"""Revocation codes. PROTOCOL section 6."""

import re

import pytest

from exchange.errors import CodeError
from exchange.revocation import CODE_SIZE, code_text, parse_code, revocation_hash

CODE = bytes(range(1, CODE_SIZE + 1))


def test_a_code_is_readable_and_reads_back() -> None:
    text = code_text(CODE)
    assert re.fullmatch(r"([0-9A-Z]{4}-){4}[0-9A-Z]{2}", text)
    assert parse_code(text) == CODE


def test_people_may_type_it_in_their_own_way() -> None:
    text = code_text(CODE)
    typed = text.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert parse_code(f"  {typed} ") == CODE


@pytest.mark.parametrize(
    "text", ["", "0000", code_text(CODE) + "0", code_text(CODE)[:-1], "U" * 18]
)
def test_what_is_no_code_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(CodeError) as refused:
        parse_code(text)
    assert str(refused.value) == "not a revocation code"


@pytest.mark.parametrize("size", [0, 10, 12, 16])
def test_a_code_has_eleven_bytes(size: int) -> None:
    with pytest.raises(CodeError):
        code_text(bytes(size))
    with pytest.raises(CodeError):
        revocation_hash(bytes(size))
