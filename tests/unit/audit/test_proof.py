"""Proof files: made, read, refused. C2SP tlog-proof."""

from base64 import b64encode

import pytest

from exchange.audit import proof, tiles
from exchange.audit.errors import CheckpointError, ProofError
from exchange.audit.tree import leaf_hash
from tests.support.mirrors import KEYS, honest_mirror, leaf_of, signer

SIZE = 9
MIRROR = honest_mirror(SIZE)
HASH = b64encode(bytes(32)).decode()
HEADER = "c2sp.org/tlog-proof@v1"


def made(index: int) -> str:
    read = tiles.hash_reader(MIRROR.load_tile, SIZE)
    return proof.make(index, tiles.inclusion_proof(index, SIZE, read), MIRROR.checkpoint)


def leaf(index: int) -> bytes:
    return leaf_hash(leaf_of(MIRROR.lines[index]))


@pytest.mark.parametrize("index", range(SIZE))
def test_a_proof_verifies_for_its_own_leaf_only(index: int) -> None:
    verified = proof.verify(made(index), leaf(index), KEYS)
    assert (verified.index, verified.checkpoint.size) == (index, SIZE)
    with pytest.raises(ProofError):
        proof.verify(made(index), leaf((index + 1) % SIZE), KEYS)


def test_the_form_is_that_of_tlog_proof() -> None:
    lines = made(8).split("\n")
    assert lines[:2] == [HEADER, "index 8"]
    assert len(lines[2]) == 44
    assert lines[3] == ""
    assert made(8).endswith("\n\n" + MIRROR.checkpoint)


def test_a_proof_without_hashes() -> None:
    text = proof.make(0, [], "checkpoint\n")
    assert text == f"{HEADER}\nindex 0\n\ncheckpoint\n"
    assert proof.parse(text) == proof.Proof(0, (), "checkpoint\n", None)


def test_extra_data_is_read_and_believed_by_nobody() -> None:
    text = made(3).replace("\nindex", "\nextra AAEC\nindex", 1)
    assert proof.parse(text).extra == b"\x00\x01\x02"
    assert proof.verify(text, leaf(3), KEYS) == proof.verify(made(3), leaf(3), KEYS)


def test_another_index_is_refused() -> None:
    with pytest.raises(ProofError):
        proof.verify(made(3).replace("index 3", "index 2"), leaf(3), KEYS)


def test_the_checkpoint_inside_must_be_believed() -> None:
    forged = honest_mirror(SIZE)
    forged.sign(signer("an impostor"))
    text = made(3).replace(MIRROR.checkpoint, forged.checkpoint)
    with pytest.raises(CheckpointError):
        proof.verify(text, leaf(3), KEYS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        HEADER,
        f"{HEADER}\nindex 0\n",
        f"{HEADER}\n\ncheckpoint\n",
        "c2sp.org/tlog-proof@v2\nindex 0\n\ncheckpoint\n",
        f" {HEADER}\nindex 0\n\ncheckpoint\n",
        f"{HEADER}\r\nindex 0\r\n\r\ncheckpoint\n",
        f"{HEADER}\nindex 00\n\ncheckpoint\n",
        f"{HEADER}\nindex -1\n\ncheckpoint\n",
        f"{HEADER}\nindex  1\n\ncheckpoint\n",
        f"{HEADER}\nindex ١\n\ncheckpoint\n",
        f"{HEADER}\nindex {2**62}\n\ncheckpoint\n",
        f"{HEADER}\nindex notanumber\n\ncheckpoint\n",
        f"{HEADER}\nindex 0\nextra AAEC\n\ncheckpoint\n",
        f"{HEADER}\nextra AAEC\n\ncheckpoint\n",
        f"{HEADER}\nextra !!\nindex 0\n\ncheckpoint\n",
        f"{HEADER}\nindex 0\n!!notbase64!!\n\ncheckpoint\n",
        f"{HEADER}\nindex 0\n{HASH[:-1]}\n\ncheckpoint\n",
        f"{HEADER}\nindex 0\n{b64encode(bytes(64)).decode()}\n\ncheckpoint\n",
        f"{HEADER}\nindex 0\n{b64encode(bytes(31)).decode()}\n\ncheckpoint\n",
        f"{HEADER}\nindex 0\n" + f"{HASH}\n" * 64 + "\ncheckpoint\n",
    ],
)
def test_a_malformed_proof_is_refused(text: str) -> None:
    with pytest.raises(ProofError):
        proof.parse(text)
