"""Notes and checkpoints: the published examples, and everything that must be refused. C2SP."""

import json
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest

from exchange.audit import checkpoint, notes
from exchange.audit.checkpoint import HubLogKeys
from exchange.audit.errors import CheckpointError
from keys.errors import KeyFormatError
from keys.lognotes import (
    ED25519,
    ML_DSA_44,
    LogSigner,
    cosigned_message,
    parse_vkey,
    verify_cosignature,
    verify_note_ed25519,
)
from schemas.wire.hub_api import HubCard
from tests.support.mirrors import BEGIN, KEYS, ORIGIN, signer

C2SP = Path(__file__).parents[2] / "vectors" / "c2sp"
EXAMPLES = json.loads((C2SP / "examples.json").read_text())
ROOT = bytes(range(32))


def made(size: int = 7, *, at: int = BEGIN, by: LogSigner | None = None) -> str:
    return checkpoint.make(ORIGIN, size, ROOT, by or signer(), at=at)


def fault_of(text: str, keys: HubLogKeys = KEYS) -> str:
    with pytest.raises(CheckpointError) as caught:
        checkpoint.verify(text, keys)
    return caught.value.fault


def test_the_published_note_verifies() -> None:
    example = EXAMPLES["signed_note"]
    key = parse_vkey(example["vkey"], expect=ED25519)
    note = notes.split_note(example["note"])
    assert note.text == "This is an example message.\n"
    assert [one.is_by(key) for one in note.signatures] == [True]
    verify_note_ed25519(key, note.text, note.signatures[0].signature)
    assert notes.join_note(note.text, note.signatures) == example["note"]


def test_a_note_may_hold_an_empty_line() -> None:
    note = notes.split_note(EXAMPLES["note_with_blank_line"])
    assert note.text.endswith("ed è subito sera.\n")
    assert "\n\n" in note.text
    assert len(note.signatures) == 1


@pytest.mark.parametrize("name", ["checkpoint", "cosigned_checkpoint"])
def test_published_checkpoints_are_read_and_written_alike(name: str) -> None:
    note = notes.split_note(EXAMPLES[name])
    assert notes.join_note(note.text, note.signatures) == EXAMPLES[name]
    assert note.signatures[0].name == "example.com/behind-the-sofa"
    assert note.text.split("\n")[1] == "20852163"


def test_the_published_ml_dsa_44_checkpoint_verifies() -> None:
    key = parse_vkey((C2SP / "mldsa_log.vkey").read_text().strip(), expect=ML_DSA_44)
    note = notes.split_note((C2SP / "mldsa_log.txt").read_text())
    origin, size, root, _ = note.text.split("\n")
    signature = note.signatures[0].signature
    raw_root = notes.decode_base64(root)
    verify_cosignature(key, signature, origin=origin, size=int(size), root=raw_root)


def test_the_ml_dsa_44_message_is_what_c2sp_writes_down() -> None:
    assert cosigned_message("w.test", 5, "log.test", 0x0102, ROOT) == (
        b"subtree/v1\n\x00"
        + (b"\x06w.test" + b"\0\0\0\0\0\0\0\x05")
        + (b"\x08log.test" + bytes(8) + b"\0\0\0\0\0\0\x01\x02" + ROOT)
    )


@pytest.mark.parametrize("size", [0, 1, 7, 2**62 - 1])
@pytest.mark.parametrize("at", [0, BEGIN])
def test_a_checkpoint_says_what_was_signed(size: int, at: int) -> None:
    believed = checkpoint.verify(made(size, at=at), KEYS)
    assert believed == checkpoint.Checkpoint(ORIGIN, size, ROOT, at)


def test_the_text_is_three_lines_and_two_signatures() -> None:
    lines = made().split("\n")
    assert lines[:4] == [ORIGIN, "7", b64encode(ROOT).decode(), ""]
    assert [line.split(" ")[:2] for line in lines[4:-1]] == [["—", ORIGIN]] * 2
    assert lines[-1] == ""


def test_keys_come_from_the_hub_card() -> None:
    card = HubCard(
        url="http://127.0.0.1:1",
        origin=ORIGIN,
        http_ed25519="A" * 43,
        log_ed25519=KEYS.ed_vkey,
        log_ml_dsa_44=KEYS.ml_vkey,
    )
    assert HubLogKeys.from_card(card) == KEYS


def test_keys_of_another_name_are_refused() -> None:
    with pytest.raises(CheckpointError):
        replace(KEYS, origin="elsewhere.test/log")
    with pytest.raises(KeyFormatError):
        HubLogKeys(ORIGIN, KEYS.ml_vkey, KEYS.ed_vkey)


def test_a_signer_signs_only_for_its_own_log() -> None:
    with pytest.raises(CheckpointError):
        checkpoint.make("elsewhere.test/log", 7, ROOT, signer())


@pytest.mark.parametrize("size", [-1, 2**62])
def test_a_size_out_of_range_is_not_signed(size: int) -> None:
    with pytest.raises(CheckpointError):
        made(size)


def test_a_root_of_another_length_is_not_signed() -> None:
    with pytest.raises(CheckpointError):
        checkpoint.make(ORIGIN, 7, ROOT[:31], signer())


def test_further_signatures_are_left_alone() -> None:
    note = notes.split_note(made())
    witness = notes.NoteSignature("witness.test", bytes(80))
    text = notes.join_note(note.text, [witness, *note.signatures, witness])
    assert checkpoint.verify(text, KEYS).size == 7


def test_sixteen_large_signatures_fit() -> None:
    note = notes.split_note(made())
    witness = notes.NoteSignature("witness.test", bytes(2432))
    text = notes.join_note(note.text, [*note.signatures, *[witness] * 16])
    assert checkpoint.verify(text, KEYS).size == 7


@pytest.mark.parametrize("kept", [0, 1])
def test_both_signatures_are_required(kept: int) -> None:
    note = notes.split_note(made())
    assert fault_of(notes.join_note(note.text, [note.signatures[kept]])) == "not-signed"


@pytest.mark.parametrize("twice", [0, 1])
def test_one_key_signs_once(twice: int) -> None:
    note = notes.split_note(made())
    text = notes.join_note(note.text, [*note.signatures, note.signatures[twice]])
    assert fault_of(text) == "not-signed"


@pytest.mark.parametrize("wrong", [0, 1])
def test_one_good_signature_is_not_enough(wrong: int) -> None:
    good, other = (notes.split_note(made(size)) for size in (7, 8))
    signatures = list(good.signatures)
    signatures[wrong] = other.signatures[wrong]
    assert fault_of(notes.join_note(good.text, signatures)) == "bad-signature"


def test_another_log_is_told_apart() -> None:
    other = signer("the log", origin="elsewhere.test/log")
    text = checkpoint.make("elsewhere.test/log", 7, ROOT, other)
    assert fault_of(text) == "wrong-origin"


def test_another_key_is_told_apart() -> None:
    assert fault_of(made(by=signer("an impostor"))) == "not-signed"


def test_a_changed_time_is_refused() -> None:
    note = notes.split_note(made())
    ed, ml = note.signatures
    moved = replace(ml, signature=ml.signature[:4] + bytes(8) + ml.signature[12:])
    assert fault_of(notes.join_note(note.text, [ed, moved])) == "bad-signature"


@pytest.mark.parametrize(
    ("find", "put"),
    [
        ("\n7\n", "\n07\n"),
        ("\n7\n", "\n+7\n"),
        ("\n7\n", "\n-7\n"),
        ("\n7\n", "\n7 \n"),
        ("\n7\n", "\n٧\n"),
        ("\n7\n", "\n\n"),
        ("\n7\n", "\n" + "9" * 19 + "\n"),
        ("=\n\n", "=\nextension\n\n"),
        ("=\n\n", "\n\n"),
        ("=\n\n", "\n"),
        ("Hh8=", "Hh9="),
        ("AAEC", "AA-C"),
        ("— ", "- "),
        ("— hub", "—  hub"),
        (ORIGIN + "\n7", "\n7"),
        ("\n7\n", "\n7\r\n"),
        ("\n7\n", "\n7\x00\n"),
        ("\n7\n", "\n7\t\n"),
    ],
)
def test_a_malformed_checkpoint_is_refused(find: str, put: str) -> None:
    text = made()
    assert find in text
    assert fault_of(text.replace(find, put, 1)) == "malformed"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\n\n",
        f"{ORIGIN}\n7\n\n",
        f"{ORIGIN}\n7\n{b64encode(ROOT).decode()}\n\n— {ORIGIN} AAAA\n",
        f"{ORIGIN}\n7\n{b64encode(ROOT).decode()}\n\n— {ORIGIN} A===\n",
        f"{ORIGIN}\n7\n{b64encode(ROOT).decode()}\n\n— {ORIGIN}\n",
        "x" * 70_000,
    ],
)
def test_a_text_that_is_no_signed_note_is_refused(text: str) -> None:
    assert fault_of(text) == "malformed"


def test_a_cut_note_is_refused() -> None:
    text = made()
    assert fault_of(text[:-1]) == "malformed"
    assert fault_of(text + "\n") == "malformed"
    assert fault_of(text + "more\n") == "malformed"
