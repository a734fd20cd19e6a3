"""The younger parts of `cryptography` that the suite needs, imported once and under guard.

Distributions ship builds of `cryptography` that lack some of them; an ImportError deep in a
traceback would help nobody.
"""

from importlib.metadata import version

from keys.errors import SuiteUnavailableError

MINIMUM = "50.0.2"


def unavailable(what: str) -> SuiteUnavailableError:
    """Return the error that says which part is missing and what to do."""
    return SuiteUnavailableError(
        f"the installed 'cryptography' {version('cryptography')} lacks {what}. "
        f"Safehand needs its wheel of at least version {MINIMUM}, not the distribution's build: "
        f"python -m pip install --only-binary cryptography 'cryptography>={MINIMUM}'"
    )


try:
    from cryptography import cobblestone
    from cryptography.hazmat.primitives.asymmetric.mldsa import (
        MLDSA44PrivateKey,
        MLDSA44PublicKey,
        MLDSA65PrivateKey,
        MLDSA65PublicKey,
    )
    from cryptography.hazmat.primitives.asymmetric.mlkem import (
        MLKEM768PrivateKey,
        MLKEM768PublicKey,
    )
    from cryptography.hazmat.primitives.hpke import (
        AEAD,
        KDF,
        KEM,
        MLKEM768X25519PrivateKey,
        MLKEM768X25519PublicKey,
        Suite,
    )
except ImportError as missing:
    raise unavailable(str(missing.name or missing)) from missing

__all__ = [
    "AEAD",
    "KDF",
    "KEM",
    "MLDSA44PrivateKey",
    "MLDSA44PublicKey",
    "MLDSA65PrivateKey",
    "MLDSA65PublicKey",
    "MLKEM768PrivateKey",
    "MLKEM768PublicKey",
    "MLKEM768X25519PrivateKey",
    "MLKEM768X25519PublicKey",
    "Suite",
    "cobblestone",
    "unavailable",
]
