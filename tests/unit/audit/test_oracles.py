"""Two libraries by others agree with the log: pymerkle on trees, sigstore on notes and proofs.

Neither is imported by what ships.
"""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pymerkle import InmemoryTree, InvalidProof, verify_consistency, verify_inclusion
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore._internal.rekor.checkpoint import SignedCheckpoint, verify_checkpoint
from sigstore._internal.trust import Keyring, RekorKeyring
from sigstore.errors import VerificationError
from sigstore.models import TransparencyLogEntry
from sigstore_models.common.v1 import PublicKey, PublicKeyDetails
from sigstore_models.rekor.v1 import TransparencyLogEntry as EntryModel

from exchange.audit import tiles, tree
from exchange.audit.errors import ProofError
from tests.support.mirrors import KEYS, ORIGIN, MemoryMirror, honest_mirror, leaf_of, signer

SIZE = 300
SIZES = [1, 2, 3, 7, 8, 9, 64, 255, 256, 257, 300]


@pytest.fixture(scope="module")
def mirror() -> MemoryMirror:
    return honest_mirror(SIZE)


@pytest.fixture(scope="module")
def oracle(mirror: MemoryMirror) -> InmemoryTree:
    grown = InmemoryTree(algorithm="sha256")
    for line in mirror.lines:
        grown.append_entry(leaf_of(line))
    return grown


@pytest.mark.parametrize("size", SIZES)
def test_pymerkle_finds_the_same_roots(
    mirror: MemoryMirror, oracle: InmemoryTree, size: int
) -> None:
    read = tiles.hash_reader(mirror.load_tile, size)
    assert oracle.get_root(size) == tree.root(size, read)


@pytest.mark.parametrize("size", SIZES)
def test_pymerkle_accepts_our_inclusion_proofs(
    mirror: MemoryMirror, oracle: InmemoryTree, size: int
) -> None:
    read = tiles.hash_reader(mirror.load_tile, size)
    root = tree.root(size, read)
    for index in range(size):
        leaf = tree.leaf_hash(leaf_of(mirror.lines[index]))
        theirs = oracle.prove_inclusion(index + 1, size)  # counts leaves from one
        theirs.path = [leaf, *tiles.inclusion_proof(index, size, read)]
        verify_inclusion(leaf, root, theirs, index=index + 1, size=size)


def test_pymerkle_refuses_a_spoilt_proof(mirror: MemoryMirror, oracle: InmemoryTree) -> None:
    leaf = tree.leaf_hash(leaf_of(mirror.lines[5]))
    theirs = oracle.prove_inclusion(6, SIZE)
    theirs.path = [leaf, *[bytes(32)] * (len(theirs.path) - 1)]
    with pytest.raises(InvalidProof):
        verify_inclusion(leaf, oracle.get_root(), theirs, index=6, size=SIZE)


@pytest.mark.parametrize("new", SIZES)
def test_pymerkle_calls_the_same_trees_consistent(
    mirror: MemoryMirror, oracle: InmemoryTree, new: int
) -> None:
    """Each verifies proofs of its own form (theirs is not that of the RFC), for the same roots."""
    read = tiles.hash_reader(mirror.load_tile, new)
    root = tree.root(new, read)
    for old in range(1, new + 1):
        old_root = tree.root(old, tiles.hash_reader(mirror.load_tile, old))
        verify_consistency(old_root, root, oracle.prove_consistency(old, new), old, new)
        proof = tiles.consistency_proof(old, new, read)
        tree.verify_consistency(old, new, proof, old_root, root)


def test_pymerkle_and_we_refuse_the_same_fork(mirror: MemoryMirror, oracle: InmemoryTree) -> None:
    forked = honest_mirror(200)
    forked.lines.reverse()
    forked_root = forked.rebuild_tiles()
    read = tiles.hash_reader(mirror.load_tile, SIZE)
    root = tree.root(SIZE, read)
    with pytest.raises(InvalidProof):
        verify_consistency(forked_root, root, oracle.prove_consistency(200, SIZE), 200, SIZE)
    proof = tiles.consistency_proof(200, SIZE, read)
    with pytest.raises(ProofError):
        tree.verify_consistency(200, SIZE, proof, forked_root, root)


def rekor_entry(mirror: MemoryMirror, index: int) -> TransparencyLogEntry:
    """Our entry and proof in the clothes of a Rekor log entry."""
    read = tiles.hash_reader(mirror.load_tile, SIZE)
    hashes = tiles.inclusion_proof(index, SIZE, read)
    return TransparencyLogEntry(
        EntryModel(
            log_index=str(index),
            log_id={"key_id": b64encode(KEYS.ed25519.key_id)},
            kind_version={"kind": "entry", "version": "1"},
            canonicalized_body=b64encode(leaf_of(mirror.lines[index])),
            inclusion_proof={
                "log_index": str(index),
                "root_hash": b64encode(tree.root(SIZE, read)),
                "tree_size": str(SIZE),
                "hashes": [b64encode(item) for item in hashes],
                "checkpoint": {"envelope": mirror.checkpoint},
            },
        )
    )


def rekor_keys(ed25519: bytes) -> RekorKeyring:
    der = Ed25519PublicKey.from_public_bytes(ed25519).public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    key = PublicKey(raw_bytes=b64encode(der), key_details=PublicKeyDetails.PKIX_ED25519)
    return RekorKeyring(Keyring([key]))


def test_sigstore_reads_the_checkpoint_as_we_do(mirror: MemoryMirror) -> None:
    read = SignedCheckpoint.from_text(mirror.checkpoint).checkpoint
    root = tree.root(SIZE, tiles.hash_reader(mirror.load_tile, SIZE))
    assert (read.origin, read.log_size, read.log_hash) == (ORIGIN, SIZE, root.hex())
    assert read.other_content == []


@pytest.mark.parametrize("index", [0, 1, 17, 255, 256, 299])
def test_sigstore_accepts_checkpoint_and_inclusion(mirror: MemoryMirror, index: int) -> None:
    entry = rekor_entry(mirror, index)
    verify_merkle_inclusion(entry)
    verify_checkpoint(rekor_keys(KEYS.ed25519.public), entry)


def test_sigstore_refuses_what_we_refuse(mirror: MemoryMirror) -> None:
    impostor = signer("an impostor").ed25519.public
    with pytest.raises(VerificationError):
        verify_checkpoint(rekor_keys(impostor), rekor_entry(mirror, 17))
    entry = rekor_entry(mirror, 17)
    entry._inner.canonicalized_body = leaf_of(mirror.lines[18])
    with pytest.raises(VerificationError):
        verify_merkle_inclusion(entry)
