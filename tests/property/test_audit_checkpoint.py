"""No change to a signed checkpoint or proof file goes unnoticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.audit import checkpoint, notes, proof, tiles
from exchange.audit.errors import AuditError
from exchange.audit.tree import leaf_hash
from tests.support.mirrors import KEYS, ORIGIN, honest_mirror, leaf_of, signer

SIZE = 13
MIRROR = honest_mirror(SIZE)
READ = tiles.hash_reader(MIRROR.load_tile, SIZE)
PROOFS = [
    proof.make(index, tiles.inclusion_proof(index, SIZE, READ), MIRROR.checkpoint)
    for index in range(SIZE)
]
LEAVES = [leaf_hash(leaf_of(line)) for line in MIRROR.lines]


def flip(text: str, bit: int) -> str | None:
    """Flip one bit of the text's bytes; None where that leaves no text at all."""
    data = bytearray(text.encode())
    data[bit // 8 % len(data)] ^= 1 << bit % 8
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


@given(st.integers(0, 8 * len(MIRROR.checkpoint.encode()) - 1))
def test_any_flipped_bit_of_a_checkpoint_is_refused(bit: int) -> None:
    spoilt = flip(MIRROR.checkpoint, bit)
    if spoilt is not None:
        with pytest.raises(AuditError):
            checkpoint.verify(spoilt, KEYS)


@given(st.integers(0, SIZE - 1), st.integers(0, 40_000))
def test_any_flipped_bit_of_a_proof_file_is_refused(index: int, bit: int) -> None:
    spoilt = flip(PROOFS[index], bit)
    if spoilt is not None:
        with pytest.raises(AuditError):
            proof.verify(spoilt, LEAVES[index], KEYS)


@given(st.integers(0, SIZE - 1), st.integers(0, 255))
def test_any_flipped_bit_of_a_leaf_hash_is_refused(index: int, bit: int) -> None:
    spoilt = bytearray(LEAVES[index])
    spoilt[bit // 8] ^= 1 << bit % 8
    with pytest.raises(AuditError):
        proof.verify(PROOFS[index], bytes(spoilt), KEYS)


@given(st.integers(0, 2**62 - 1), st.binary(min_size=32, max_size=32), st.integers(0, 2**40))
def test_what_is_signed_is_what_is_read(size: int, root: bytes, at: int) -> None:
    text = checkpoint.make(ORIGIN, size, root, signer(), at=at)
    assert checkpoint.verify(text, KEYS) == checkpoint.Checkpoint(ORIGIN, size, root, at)


@given(st.text(max_size=400))
def test_no_text_breaks_the_parsers(text: str) -> None:
    for parse in (notes.split_note, proof.parse):
        try:
            parse(text)
        except AuditError:
            continue


LINES = st.text(
    st.characters(blacklist_categories=["Cc", "Cs"], blacklist_characters="\n"), max_size=20
)
SIGNATURES = st.builds(
    notes.NoteSignature,
    st.from_regex(r"[^\s+]{1,20}", fullmatch=True).filter(lambda name: name.isprintable()),
    st.binary(min_size=5, max_size=80),
)


@given(st.lists(LINES, min_size=1, max_size=5), st.lists(SIGNATURES, min_size=1, max_size=5))
def test_a_note_joined_is_the_note_split(
    lines: list[str], signatures: list[notes.NoteSignature]
) -> None:
    text = "\n".join(lines) + "\n"
    note = notes.split_note(notes.join_note(text, signatures))
    assert (note.text, list(note.signatures)) == (text, signatures)
