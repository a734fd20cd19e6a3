"""RFC 6962 trees against published roots and proofs, good and bad. PROTOCOL section 10."""

import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exchange.audit import tree
from exchange.audit.errors import ProofError
from exchange.audit.tiles import consistency_proof, inclusion_proof

VECTORS = Path(__file__).parents[2] / "vectors" / "rfc6962"
TREES = json.loads((VECTORS / "trees.json").read_text())
PROOFS = json.loads((VECTORS / "proofs.json").read_text())
NODES = [[bytes.fromhex(node) for node in row] for row in TREES["nodes"]]
ROOTS = [bytes.fromhex(root) for root in TREES["roots"]]


def published_node(level: int, index: int) -> bytes:
    return NODES[level][index]


def test_leaves_hash_as_published() -> None:
    leaves = [tree.leaf_hash(bytes.fromhex(leaf)) for leaf in TREES["leaves"]]
    assert leaves == NODES[0]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_as_published(size: int) -> None:
    assert tree.root(size, published_node) == ROOTS[size]
    grown = tree.Frontier()
    grown.extend(NODES[0][:size])
    assert (grown.size, grown.root()) == (size, ROOTS[size])


@pytest.mark.parametrize("split", range(9))
def test_a_frontier_taken_up_again_goes_on_alike(split: int) -> None:
    grown = tree.Frontier.at(split, published_node)
    grown.extend(NODES[0][split:])
    assert grown.root() == ROOTS[8]


def hashes(texts: list[str] | None) -> list[bytes]:
    return [b64decode(text) for text in texts or []]


def verify_published_inclusion(case: dict[str, Any]) -> None:
    leaf, root = hashes([case["leafHash"], case["root"]])
    tree.verify_inclusion(leaf, case["leafIdx"], case["treeSize"], hashes(case["proof"]), root)


def verify_published_consistency(case: dict[str, Any]) -> None:
    old, new = hashes([case["root1"], case["root2"]])
    tree.verify_consistency(case["size1"], case["size2"], hashes(case["proof"]), old, new)


OWN_RULE = "consistency/additional/sizes-are-equal-one-and-proof-is-empty"
"""Valid for its publisher, with roots that are not hashes; here every root is 32 bytes."""

CASES = [(verify_published_inclusion, case) for case in PROOFS["inclusion"]] + [
    (verify_published_consistency, case) for case in PROOFS["consistency"]
]


@pytest.mark.parametrize(("verify", "case"), CASES, ids=[case["name"] for _, case in CASES])
def test_published_proofs(verify: Callable[[dict[str, Any]], None], case: dict[str, Any]) -> None:
    if case["wantErr"] or case["name"] == OWN_RULE:
        with pytest.raises(ProofError):
            verify(case)
    else:
        verify(case)


def test_the_published_set_holds_both_good_and_bad() -> None:
    good = [case for _, case in CASES if not case["wantErr"]]
    assert (len(CASES), len(good)) == (196, 12)


@pytest.mark.parametrize(("index", "size"), [(-1, 8), (8, 8), (9, 8), (0, 0), (0, tree.MAX_SIZE)])
def test_an_index_outside_the_tree_is_refused(index: int, size: int) -> None:
    with pytest.raises(ProofError):
        tree.verify_inclusion(NODES[0][0], index, size, [], ROOTS[1])


@pytest.mark.parametrize(("index", "size"), [(-1, 8), (8, 8), (0, 0)])
def test_no_proof_is_made_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ProofError):
        inclusion_proof(index, size, published_node)


@pytest.mark.parametrize(("old", "new"), [(-1, 8), (9, 8)])
def test_no_proof_is_made_for_sizes_out_of_order(old: int, new: int) -> None:
    with pytest.raises(ProofError):
        consistency_proof(old, new, published_node)


@pytest.mark.parametrize(("old", "new"), [(-1, 8), (9, 8), (8, tree.MAX_SIZE)])
def test_sizes_out_of_order_are_refused(old: int, new: int) -> None:
    with pytest.raises(ProofError):
        tree.verify_consistency(old, new, [], ROOTS[8], ROOTS[8])


def test_a_hash_of_another_length_is_refused() -> None:
    with pytest.raises(ProofError):
        tree.verify_inclusion(NODES[0][0][:31], 0, 1, [], ROOTS[1])
    with pytest.raises(ProofError):
        tree.verify_consistency(1, 2, [NODES[0][1] + b"\0"], ROOTS[1], ROOTS[2])


def test_the_empty_tree_has_one_root() -> None:
    tree.verify_consistency(0, 8, [], tree.EMPTY_ROOT, ROOTS[8])
    with pytest.raises(ProofError):
        tree.verify_consistency(0, 8, [], ROOTS[1], ROOTS[8])


def test_two_roots_of_one_size_are_a_fork() -> None:
    tree.verify_consistency(8, 8, [], ROOTS[8], ROOTS[8])
    with pytest.raises(ProofError, match="forked"):
        tree.verify_consistency(8, 8, [], ROOTS[7], ROOTS[8])
