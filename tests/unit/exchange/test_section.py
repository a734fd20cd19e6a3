"""The layout of a section's plaintext. PROTOCOL section 4."""

import pytest

from exchange.errors import OpenError
from exchange.section import (
    attachment_context,
    attachments_part,
    decode_section,
    encode_section,
    section_context,
    split_section,
)
from keys.signing import sign_statement
from tests.support.facilities import alpha

AUTHOR = sign_statement("author", b"{}", alpha().identity)
PLACE = {"owner": "F-A1A1A1A1A1", "section": "s", "version": 1, "scope_tag": "t"}


def test_parts_come_back_as_written() -> None:
    plaintext = encode_section(AUTHOR, b" { } ", attachments_part([]))
    found = decode_section(plaintext)
    assert (found.author, found.bundle, found.attachments) == (AUTHOR, b" { } ", ())
    assert found.descriptors == attachments_part([])


@pytest.mark.parametrize("change", ["owner", "section", "version", "scope_tag"])
def test_a_context_binds_every_part_of_the_place(change: str) -> None:
    other = PLACE | {change: 2 if change == "version" else "other"}
    assert section_context(**PLACE) != section_context(**other)


def test_contexts_of_sections_and_attachments_never_meet() -> None:
    assert attachment_context(owner="a", case="bc") != attachment_context(owner="ab", case="c")
    assert section_context(**PLACE) != attachment_context(owner="F-A1A1A1A1A1", case="s")


@pytest.mark.parametrize(
    ("defect", "plaintext"),
    [
        ("empty", b""),
        ("two-parts", (0).to_bytes(8, "little") * 2),
        ("length-beyond-the-end", (1).to_bytes(8, "little") * 3),
        ("cut-in-a-length", bytes(23)),
    ],
)
def test_parts_cut_short_are_refused(defect: str, plaintext: bytes) -> None:
    with pytest.raises(OpenError) as refused:
        split_section(plaintext)
    assert (refused.value.step, refused.value.reason) == ("body", "parts-cut-short")


def test_a_fourth_part_is_refused() -> None:
    with pytest.raises(OpenError) as refused:
        split_section(encode_section(AUTHOR, b"", b"") + bytes(8))
    assert refused.value.reason == "parts-trailing-bytes"


@pytest.mark.parametrize("descriptors", [b"", b"[]", b'{"attachments":[],"more":1}'])
def test_malformed_descriptors_are_refused(descriptors: bytes) -> None:
    with pytest.raises(OpenError) as refused:
        decode_section(encode_section(AUTHOR, b"{}", descriptors))
    assert refused.value.reason == "parts-malformed"
