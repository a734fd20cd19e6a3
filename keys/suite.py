"""Self-test at start of what every process uses: signatures, tokens, sealing at rest.

A process whose libraries lack an algorithm, or compute it wrongly, must not start. The hub and the
auditor run this one; who opens records runs `keys.suite_opening`, which includes it. PROTOCOL
section 3.
"""

from collections.abc import Callable, Mapping

from keys.errors import KeysError, SuiteUnavailableError
from keys.lognotes import LogSigner, verify_cosignature
from keys.primitives import unavailable
from keys.signing import SigningPair, ed25519_public, ed25519_sign, sign_statement, verify_statement
from keys.storage import open_at_rest, seal_at_rest
from schemas.encoding import sha256

Check = Callable[[], bool]

_SEED = bytes(32)
_ED25519_KEY = "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29"
_ML_DSA_65_KEY = "085ba380ff386dd52e42349c6eb88489d6058ea541a4e3fb0dce9a3fd1f7a911"
_ML_DSA_44_KEY = "eb4e7302842153b0fa19e8620739ad258af4929c26dd89079a7ec7d4282208e1"


def self_test_verifier() -> None:
    """Test what a process without opening uses. Raises SuiteUnavailableError."""
    run(
        {
            "Ed25519": _ed25519,
            "ML-DSA-65": _ml_dsa_65,
            "ML-DSA-44": _ml_dsa_44,
            "XChaCha20-Poly1305 (PyNaCl)": _at_rest,
        }
    )


def run(checks: Mapping[str, Check]) -> None:
    """Run known-answer checks by name of algorithm. Raises SuiteUnavailableError."""
    for name, check in checks.items():
        try:
            sound = check()
        except SuiteUnavailableError:
            raise
        except Exception as fault:  # a crippled build fails in its own ways
            raise unavailable(f"a working {name}") from fault
        if not sound:
            raise unavailable(f"a correct {name}")


def refuses(attempt: Callable[[], object]) -> bool:
    """Say whether an attempt is refused, as it must be."""
    try:
        attempt()
    except KeysError:
        return True
    return False


def _ed25519() -> bool:
    # Ed25519 is deterministic: two equal signatures, and the public key of the zero seed.
    same = ed25519_sign(_SEED, b"") == ed25519_sign(_SEED, b"")
    return same and ed25519_public(_SEED).hex() == _ED25519_KEY


def _ml_dsa_65() -> bool:
    pair = SigningPair(_SEED, _SEED)
    statement = sign_statement("head", b"{}", pair)
    flipped = statement.model_copy(update={"payload": "e30x"})
    return (
        sha256(pair.public.ml_dsa_65).hex() == _ML_DSA_65_KEY
        and verify_statement(statement, pair.public, expect="head") == b"{}"
        and refuses(lambda: verify_statement(flipped, pair.public, expect="head"))
    )


def _ml_dsa_44() -> bool:
    signer = LogSigner("self-test", _SEED, _SEED)
    key = signer.ml_dsa_44
    signature = signer.cosign("self-test", 1, _SEED)

    def verify(size: int) -> int:
        return verify_cosignature(key, signature, origin="self-test", size=size, root=_SEED)

    known = sha256(key.public).hex() == _ML_DSA_44_KEY
    return known and verify(1) == 0 and refuses(lambda: verify(2))


def _at_rest() -> bool:
    sealed = seal_at_rest(_SEED, b"here", b"x")
    opened = open_at_rest(_SEED, b"here", sealed)
    return opened == b"x" and refuses(lambda: open_at_rest(_SEED, b"elsewhere", sealed))
