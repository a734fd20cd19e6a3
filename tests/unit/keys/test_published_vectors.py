"""Published vectors against our functions: what they accept and refuse must be what we do.

Sources and licences: tests/vectors/SOURCES.md.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature

from keys.errors import KeysError, OpeningError
from keys.hpke import kem_public
from keys.opening import BodyOpener, hpke_open, open_body
from keys.primitives import MLDSA44PublicKey, MLDSA65PublicKey
from keys.signing import ed25519_verify
from keys.storage import open_at_rest

VECTORS = Path(__file__).parents[2] / "vectors"


def cases(name: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield group and test of one Wycheproof excerpt."""
    data = json.loads((VECTORS / "wycheproof" / f"{name}.json").read_text())
    for group in data["testGroups"]:
        for test in group["tests"]:
            yield group, test


def raw(test: dict[str, Any], name: str) -> bytes:
    return bytes.fromhex(test[name])


COBBLESTONE = list(cases("c2sp_chunked_encryption_aes_256_gcm_test"))


@pytest.mark.parametrize(("_group", "test"), COBBLESTONE, ids=lambda one: str(one.get("tcId", "")))
def test_cobblestone_256(_group: dict[str, Any], test: dict[str, Any]) -> None:
    ciphertext = zlib.decompress(raw(test, "ct"))
    key, context = raw(test, "key"), raw(test, "ctx")
    if test["result"] == "valid":
        message = open_body(key, context, ciphertext)
        assert len(message) == test["msgLength"]
        assert hashlib.sha512(message).hexdigest() == test["msgSha512"]
        return
    with pytest.raises(OpeningError):
        open_body(key, context, ciphertext)


@pytest.mark.parametrize(
    "test", [test for _, test in COBBLESTONE if "PartialPlaintext" in test["flags"]]
)
def test_cobblestone_256_streams_no_more_than_the_valid_prefix(test: dict[str, Any]) -> None:
    ciphertext = zlib.decompress(raw(test, "ct"))
    opener = BodyOpener(raw(test, "key"), raw(test, "ctx"))
    opened = bytearray()

    def read_all() -> None:
        for start in range(0, len(ciphertext), 1_000):
            opened.extend(opener.update(ciphertext[start : start + 1_000]))
        opener.finalize()

    with pytest.raises(OpeningError):
        read_all()
    assert len(opened) <= test["msgLength"]
    with pytest.raises(OpeningError):
        opener.finalize()


def test_ed25519() -> None:
    count = 0
    for group, test in cases("ed25519_test"):
        public = bytes.fromhex(group["publicKey"]["pk"])
        if test["result"] == "valid":
            ed25519_verify(public, raw(test, "sig"), raw(test, "msg"))
        else:
            with pytest.raises(KeysError):
                ed25519_verify(public, raw(test, "sig"), raw(test, "msg"))
        count += 1
    assert count == 151


@pytest.mark.parametrize(
    ("name", "key"),
    [("mldsa_65_verify_test", MLDSA65PublicKey), ("mldsa_44_verify_test", MLDSA44PublicKey)],
)
def test_ml_dsa(name: str, key: Any) -> None:
    for group, test in cases(name):
        if test["result"] == "valid":
            verify_ml_dsa(key, group, test)
        else:
            with pytest.raises((InvalidSignature, ValueError)):
                verify_ml_dsa(key, group, test)


def verify_ml_dsa(key: Any, group: dict[str, Any], test: dict[str, Any]) -> None:
    public = key.from_public_bytes(raw(group, "publicKey"))
    public.verify(raw(test, "sig"), raw(test, "msg"))


def test_xchacha20_poly1305() -> None:
    for group, test in cases("xchacha20_poly1305_test"):
        sealed = raw(test, "iv") + raw(test, "ct") + raw(test, "tag")
        if test["result"] == "valid":
            opened = open_at_rest(raw(test, "key"), raw(test, "aad"), sealed)
            assert opened == raw(test, "msg")
        else:
            with pytest.raises(OpeningError):
                open_at_rest(raw(test, "key"), raw(test, "aad"), sealed)
        assert test["result"] == "invalid" or group["ivSize"] == 192


AGE = json.loads((VECTORS / "age" / "hybrid.json").read_text())


@pytest.mark.parametrize("case", AGE["cases"], ids=lambda case: case["name"])
def test_hpke_as_age_uses_it(case: dict[str, str]) -> None:
    seed, sealed = bytes.fromhex(case["seed"]), bytes.fromhex(case["sealed"])
    if case["expect"] == "success":
        assert hpke_open(seed, AGE["info"].encode(), sealed, size=16).hex() == case["file_key"]
        return
    with pytest.raises(OpeningError):
        hpke_open(seed, AGE["info"].encode(), sealed, size=16)


def test_kem_keys_as_the_hpke_draft_expands_them() -> None:
    pairs = json.loads((VECTORS / "hpke" / "mlkem768_x25519_keys.json").read_text())
    assert len(pairs) == 2
    for pair in pairs:
        assert kem_public(bytes.fromhex(pair["seed"])).hex() == pair["public"]
