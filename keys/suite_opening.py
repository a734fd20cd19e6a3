"""Self-test at start of the whole suite, opening included: for nodes and the command line.

PROTOCOL section 3.
"""

from nacl.pwhash import argon2id

from keys.body import seal_body
from keys.hpke import hpke_seal, kem_public
from keys.opening import hpke_open, open_body
from keys.suite import refuses, run, self_test_verifier
from schemas.encoding import sha256

_SEED = bytes(32)
_KEM_KEY = "3bb0b003f553f49f38bab31546b7f4fdd323c74cbf4aaf97d9703ede4e83eff7"
_BODY = bytes.fromhex(
    "965e6300492a1802caefc95bbb70c27e2b5255a6774d23c5f225dee582ad61dc5ce1a1213de9ae7623ea068884ae3dfd67f996aecc4a1338a96f550f05f4b34129d80171e50886f159"
)
_ARGON2ID = "9262d7840f0f3e06a6ac7111c9bdc50d3a392eaec9a281b717aff2dcf6476157"


def self_test() -> None:
    """Test every algorithm of the suite. Raises SuiteUnavailableError."""
    self_test_verifier()
    run({"HPKE MLKEM768-X25519": _hpke, "Cobblestone-256": _body, "Argon2id (PyNaCl)": _argon2id})


def _hpke() -> bool:
    public = kem_public(_SEED)
    sealed = hpke_seal(public, b"info", b"x")
    return (
        sha256(public).hex() == _KEM_KEY
        and hpke_open(_SEED, b"info", sealed) == b"x"
        and refuses(lambda: hpke_open(_SEED, b"other", sealed))
    )


def _body() -> bool:
    return (
        open_body(_SEED, b"context", _BODY) == b"x"
        and open_body(_SEED, b"context", seal_body(_SEED, b"context", b"x")) == b"x"
        and refuses(lambda: open_body(_SEED, b"other", _BODY))
    )


def _argon2id() -> bool:
    derived = argon2id.kdf(32, b"x", bytes(16), argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN)
    return derived.hex() == _ARGON2ID
