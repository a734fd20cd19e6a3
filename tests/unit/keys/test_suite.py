"""The self-test at start, and what a poor installation is told. PROTOCOL section 3."""

import subprocess
import sys

import pytest

from keys.errors import KeysError, SuiteUnavailableError
from keys.suite import refuses, run, self_test_verifier
from keys.suite_opening import self_test

YOUNG = [
    "cryptography.cobblestone",
    "cryptography.hazmat.primitives.hpke",
    "cryptography.hazmat.primitives.asymmetric.mldsa",
    "cryptography.hazmat.primitives.asymmetric.mlkem",
]


def test_this_installation_has_the_suite() -> None:
    self_test_verifier()
    self_test()


@pytest.mark.parametrize("missing", YOUNG)
@pytest.mark.parametrize("module", ["keys.suite", "keys.opening"])
def test_a_build_that_lacks_a_part_says_what_to_install(missing: str, module: str) -> None:
    """A None in sys.modules makes the import fail as in a distribution's older build."""
    code = f"import sys; sys.modules[{missing!r}] = None; import {module}"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 1
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("keys.errors.SuiteUnavailableError: the installed 'cryptography'")
    assert missing in last
    assert "pip install --only-binary cryptography 'cryptography>=" in last


def test_a_failing_algorithm_is_named() -> None:
    def broken() -> bool:
        raise NotImplementedError

    with pytest.raises(SuiteUnavailableError, match="lacks a working ML-DSA-65"):
        run({"Ed25519": lambda: True, "ML-DSA-65": broken})


def test_a_wrong_answer_is_not_accepted() -> None:
    with pytest.raises(SuiteUnavailableError, match="lacks a correct Ed25519"):
        run({"Ed25519": lambda: False})


def test_an_algorithm_that_accepts_everything_fails_its_check() -> None:
    def refuse() -> None:
        raise KeysError

    assert refuses(refuse)
    assert not refuses(lambda: None)
