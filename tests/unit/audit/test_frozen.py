"""The formats of the log as frozen: a change of any of them fails here. PROTOCOL section 10."""

import json
from pathlib import Path

import pytest

from exchange.audit import checkpoint, proof, tiles
from exchange.audit.checkpoint import HubLogKeys
from exchange.audit.entry import commit, open_entry
from exchange.audit.errors import CheckpointError
from exchange.audit.notes import split_note
from keys.lognotes import LogSigner
from schemas.encoding import sha256, unb64u
from schemas.wire.hub_api import AuditDetails

FROZEN = json.loads((Path(__file__).parents[2] / "vectors" / "audit" / "frozen.json").read_text())
KEYS = HubLogKeys(FROZEN["origin"], *FROZEN["keys"])
ENTRIES = FROZEN["entries"]
ROOTS = [unb64u(root) for root in FROZEN["roots"]]
SIGNER = LogSigner(FROZEN["origin"], sha256(b"log ed25519"), sha256(b"log ml-dsa-44"))


@pytest.mark.parametrize("frozen", ENTRIES)
def test_entries_are_made_and_opened_as_frozen(frozen: dict[str, str]) -> None:
    details = AuditDetails.from_bytes(frozen["details"].encode())
    made = commit(details, unb64u(frozen["salt"]))
    assert made.details.decode() == frozen["details"]
    assert made.leaf.decode() == frozen["leaf"]
    assert made.leaf_hash == unb64u(frozen["leaf_hash"])
    assert open_entry(made.leaf, made.salt, made.details) == details


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_roots_are_as_frozen(size: int) -> None:
    hashes = [unb64u(entry["leaf_hash"]) for entry in ENTRIES[:size]]
    assert tiles.integrate(0, lambda level, n, width: None, hashes).root == ROOTS[size]


def test_the_frozen_checkpoint_is_believed() -> None:
    believed = checkpoint.verify(FROZEN["checkpoint"], KEYS)
    size = len(ENTRIES)
    assert believed == checkpoint.Checkpoint(FROZEN["origin"], size, ROOTS[size], FROZEN["at"])


def test_a_checkpoint_made_now_differs_in_the_random_signature_alone() -> None:
    size = len(ENTRIES)
    made = checkpoint.make(FROZEN["origin"], size, ROOTS[size], SIGNER, at=FROZEN["at"])
    now, then = split_note(made), split_note(FROZEN["checkpoint"])
    assert now.text == then.text
    assert now.signatures[0] == then.signatures[0]
    assert now.signatures[1].signature[:12] == then.signatures[1].signature[:12]
    assert HubLogKeys.of_signer(SIGNER) == KEYS


@pytest.mark.parametrize("index", range(len(ENTRIES)))
def test_frozen_proofs_are_believed_and_made_alike(index: int) -> None:
    text = FROZEN["proofs"][index]
    leaf_hash = unb64u(ENTRIES[index]["leaf_hash"])
    assert proof.verify(text, leaf_hash, KEYS).index == index
    read = proof.parse(text)
    assert proof.make(index, read.hashes, FROZEN["checkpoint"]) == text


@pytest.mark.parametrize("spoilt", FROZEN["spoilt"], ids=[one["name"] for one in FROZEN["spoilt"]])
def test_spoilt_checkpoints_are_refused_for_their_fault(spoilt: dict[str, str]) -> None:
    with pytest.raises(CheckpointError) as caught:
        checkpoint.verify(spoilt["checkpoint"], KEYS)
    assert caught.value.fault == spoilt["fault"]
