"""Sealing at rest in a node's store: bound to its place, tags that show nothing. PROTOCOL 11."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import OpeningError
from services.node.vault import Vault
from services.node.words import NoticeWords

KEY, OTHER = bytes(range(32)), bytes(32)


@given(st.binary(max_size=2000), st.text(max_size=20), st.text(max_size=20))
def test_open_returns_what_was_sealed_there(value: bytes, place: str, row: str) -> None:
    vault = Vault(KEY)
    assert vault.open(place, row, vault.seal(place, row, value)) == value


@pytest.mark.parametrize(
    ("key", "place", "row"), [(OTHER, "a.b", "1"), (KEY, "a.c", "1"), (KEY, "a.b", "2")]
)
def test_another_place_row_or_key_opens_nothing(key: bytes, place: str, row: str) -> None:
    sealed = Vault(KEY).seal("a.b", "1", b"value")
    with pytest.raises(OpeningError):
        Vault(key).open(place, row, sealed)


@given(st.data())
def test_any_flipped_bit_is_refused(data: st.DataObject) -> None:
    sealed = bytearray(Vault(KEY).seal("a.b", "1", b"value"))
    at = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[at // 8] ^= 1 << at % 8
    with pytest.raises(OpeningError):
        Vault(KEY).open("a.b", "1", bytes(sealed))


def test_models_come_back_as_they_were() -> None:
    vault, words = Vault(KEY), NoticeWords(consent="A" * 21 + "A", words="ă")
    assert vault.open_model("m", "1", vault.seal_model("m", "1", words), NoticeWords) == words


@given(st.lists(st.binary(max_size=8), max_size=4), st.lists(st.binary(max_size=8), max_size=4))
def test_tags_are_equal_for_equal_parts_only(one: list[bytes], other: list[bytes]) -> None:
    vault = Vault(KEY)
    assert (vault.tag("t", *one) == vault.tag("t", *other)) == (one == other)
    assert vault.tag("t", *one) != vault.tag("u", *one)
    assert vault.tag("t", *one) != Vault(OTHER).tag("t", *one)


def test_a_vault_shows_no_key() -> None:
    assert repr(Vault(KEY)) == "<Vault>"
