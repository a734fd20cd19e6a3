"""Crockford spelling, random identifiers, recovery codes. PROTOCOL sections 2 and 11."""

import re

import pytest

from keys import crockford, randomness
from keys.errors import RecoveryCodeError
from keys.recovery import new_recovery_code, parse_recovery_code
from schemas.errors import EncodingError
from schemas.identifiers import FACILITY_CODE, ID128, is_code_number


def test_crockford_known_answers() -> None:
    assert crockford.encode(b"") == ""
    assert crockford.encode(b"\x00") == "00"
    assert crockford.encode(b"\xff\xff\xff\xff\xff") == "ZZZZZZZZ"
    assert crockford.encode(b"\x84") == "GG"


def test_reading_forgives_what_people_type() -> None:
    assert crockford.normalise(" ab-cd OIl0 ") == "ABCD0110"


@pytest.mark.parametrize("text", ["", "  ", "AU", "A_B", "é", "ß"])
def test_reading_refuses_other_characters(text: str) -> None:
    with pytest.raises(EncodingError):
        crockford.normalise(text)


def test_reading_refuses_a_wrong_length_and_spare_bits() -> None:
    with pytest.raises(EncodingError, match="number of characters"):
        crockford.decode("ZZZ", 1)
    with pytest.raises(EncodingError, match="canonical"):
        crockford.decode("ZZ", 1)


def test_identifiers_have_their_shape_and_do_not_repeat() -> None:
    for draw, shape in (
        (randomness.new_id, ID128),
        (randomness.new_facility_code, FACILITY_CODE),
        (randomness.new_code_number, r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}"),
    ):
        drawn = {draw() for _ in range(50)}
        assert len(drawn) == 50
        assert all(re.fullmatch(shape, one) for one in drawn)
    assert is_code_number(randomness.new_code_number())


def test_recovery_code_is_read_as_people_type_it() -> None:
    code = new_recovery_code()
    assert re.fullmatch(r"(?:[0-9A-Z]{4}-){6}[0-9A-Z]{4}", code)
    assert parse_recovery_code(code.lower().replace("-", " ")) == code.replace("-", "")


def test_one_mistyped_character_is_noticed() -> None:
    plain = new_recovery_code().replace("-", "")
    noticed = 0
    for place in range(len(plain)):
        wrong = "0" if plain[place] != "0" else "1"
        try:
            parse_recovery_code(plain[:place] + wrong + plain[place + 1 :])
        except RecoveryCodeError:
            noticed += 1
    assert noticed >= len(plain) - 1  # ten check bits: one miss in a thousand


@pytest.mark.parametrize("text", ["", "XXXX", "U" * 28, "0" * 27, "0" * 29])
def test_other_texts_are_no_recovery_code(text: str) -> None:
    with pytest.raises(RecoveryCodeError, match="recovery code"):
        parse_recovery_code(text)
