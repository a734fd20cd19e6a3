"""C2SP note keys, note signatures and cosignatures. PROTOCOL section 10."""

import base64
from pathlib import Path

import pytest

from keys.errors import KeyFormatError, SignatureError
from keys.lognotes import (
    ED25519,
    ML_DSA_44,
    LogSigner,
    VerifierKey,
    cosigned_message,
    parse_vkey,
    verify_cosignature,
    verify_note_ed25519,
)
from keys.randomness import new_seed

C2SP = Path(__file__).parents[2] / "vectors" / "c2sp"
SIGNER = LogSigner("log.example/1", new_seed(), new_seed())
ROOT = bytes(range(32))
NOTE = "log.example/1\n5\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"


def test_the_example_of_signed_note_verifies() -> None:
    key = parse_vkey(
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", expect=ED25519
    )
    signature = base64.b64decode(
        "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYj"
        "OBH3mFXmRKuwHjG1Yu72IneyaQM="
    )
    verify_note_ed25519(key, "This is an example message.\n", signature)
    with pytest.raises(SignatureError):
        verify_note_ed25519(key, "This is an example message!\n", signature)


def test_a_checkpoint_of_another_implementation_verifies() -> None:
    key = parse_vkey((C2SP / "mldsa_log.vkey").read_text().strip(), expect=ML_DSA_44)
    origin, size, root, _, line = (C2SP / "mldsa_log.txt").read_text().splitlines()
    signature = base64.b64decode(line.split(" ")[2])
    tree = {"origin": origin, "root": base64.b64decode(root)}
    assert verify_cosignature(key, signature, size=int(size), **tree) == 0  # type: ignore[arg-type]
    with pytest.raises(SignatureError):
        verify_cosignature(key, signature, size=int(size) + 1, **tree)  # type: ignore[arg-type]


def test_the_signed_message_is_laid_out_as_specified() -> None:
    assert cosigned_message("w", 1, "log", 2, ROOT) == (
        b"subtree/v1\n\0"
        + b"\x01w"
        + bytes(7)
        + b"\x01"
        + b"\x03log"
        + bytes(8)
        + bytes(7)
        + b"\x02"
        + ROOT
    )


def test_both_signatures_of_a_log_verify() -> None:
    verify_note_ed25519(SIGNER.ed25519, NOTE, SIGNER.sign_note(NOTE))
    signature = SIGNER.cosign("log.example/1", 5, ROOT)
    assert (
        verify_cosignature(SIGNER.ml_dsa_44, signature, origin="log.example/1", size=5, root=ROOT)
        == 0
    )


def test_a_witness_tells_the_time() -> None:
    signature = SIGNER.cosign("other.example", 5, ROOT, timestamp=1_800_000_000)
    key = SIGNER.ml_dsa_44
    verified = verify_cosignature(key, signature, origin="other.example", size=5, root=ROOT)
    assert verified == 1_800_000_000


@pytest.mark.parametrize(
    "other",
    [{"origin": "log.example/2"}, {"size": 6}, {"root": bytes(32)}],
)
def test_a_cosignature_is_bound_to_origin_size_and_root(other: dict[str, object]) -> None:
    signature = SIGNER.cosign("log.example/1", 5, ROOT)
    tree: dict[str, object] = {"origin": "log.example/1", "size": 5, "root": ROOT, **other}
    with pytest.raises(SignatureError, match="does not verify"):
        verify_cosignature(SIGNER.ml_dsa_44, signature, **tree)  # type: ignore[arg-type]


def test_a_changed_time_is_noticed() -> None:
    signature = bytearray(SIGNER.cosign("log.example/1", 5, ROOT, timestamp=1))
    signature[11] ^= 1
    with pytest.raises(SignatureError, match="does not verify"):
        verify_cosignature(
            SIGNER.ml_dsa_44, bytes(signature), origin="log.example/1", size=5, root=ROOT
        )
    signature[4] = 0x80
    with pytest.raises(SignatureError, match="time"):
        verify_cosignature(
            SIGNER.ml_dsa_44, bytes(signature), origin="log.example/1", size=5, root=ROOT
        )


def test_a_signature_of_the_other_kind_or_key_is_refused() -> None:
    other = LogSigner("log.example/1", new_seed(), new_seed())
    cosignature = SIGNER.cosign("log.example/1", 5, ROOT)
    for key, signature in (
        (SIGNER.ed25519, cosignature),
        (SIGNER.ml_dsa_44, SIGNER.sign_note(NOTE)),
        (other.ed25519, SIGNER.sign_note(NOTE)),
        (SIGNER.ed25519, SIGNER.sign_note(NOTE) + b"\0"),
        (SIGNER.ed25519, b""),
    ):
        with pytest.raises(SignatureError, match="not a signature by this key"):
            verify_note_ed25519(key, NOTE, signature)
    with pytest.raises(SignatureError, match="not a signature by this key"):
        verify_cosignature(other.ml_dsa_44, cosignature, origin="log.example/1", size=5, root=ROOT)


def test_a_vkey_survives_a_round_trip() -> None:
    for key in (SIGNER.ed25519, SIGNER.ml_dsa_44):
        assert parse_vkey(key.text, expect=key.kind) == key


def test_a_vkey_of_the_other_type_is_refused() -> None:
    with pytest.raises(KeyFormatError, match="another type"):
        parse_vkey(SIGNER.ed25519.text, expect=ML_DSA_44)
    with pytest.raises(KeyFormatError, match="another type"):
        parse_vkey(SIGNER.ml_dsa_44.text, expect=ED25519)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text.replace("+", "-"),
        lambda text: text.replace("log", "dog"),
        lambda text: text + "=",
        lambda text: text + "\n",
        lambda text: text[:-4],
        lambda text: text.replace(text.split("+")[1], "00000000"),
        lambda text: text.replace(text.split("+")[1], text.split("+")[1].upper() + " "),
    ],
)
def test_a_vkey_that_contradicts_itself_is_refused(spoil) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(KeyFormatError):
        parse_vkey(spoil(SIGNER.ed25519.text), expect=ED25519)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "x" * 256])
def test_a_name_that_would_break_a_note_is_refused(name: str) -> None:
    with pytest.raises(KeyFormatError, match="name"):
        _ = LogSigner(name, new_seed(), new_seed()).ed25519
    with pytest.raises(KeyFormatError):
        parse_vkey(VerifierKey(name, ED25519, SIGNER.ed25519.public).text, expect=ED25519)


def test_an_origin_or_root_that_can_not_be_signed_is_refused() -> None:
    with pytest.raises(SignatureError):
        cosigned_message("w", 0, "", 1, ROOT)
    with pytest.raises(SignatureError):
        cosigned_message("w", 0, "x" * 256, 1, ROOT)
    with pytest.raises(SignatureError):
        cosigned_message("w", 0, "log", 1, ROOT[:-1])
