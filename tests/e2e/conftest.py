"""Safehand as it is shipped: built into a wheel, installed apart from the source tree.

The wheel gets an environment of its own, which borrows only the dependencies of the one that runs
the tests. What the wheel lacks, these tests lack too.
"""

import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Installed:
    """An installed Safehand, and an empty folder to run it in."""

    bin: Path
    elsewhere: Path

    @property
    def command(self) -> Path:
        """The `safehand` command."""
        return self.bin / "safehand"

    def run(
        self, *arguments: str | Path, stdin: str = "", timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, away from the source tree."""
        return subprocess.run(
            [self.command, *arguments],
            cwd=self.elsewhere,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def done(self, *arguments: str | Path, stdin: str = "") -> str:
        """Run a command that must succeed; return what it printed on stdout."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout


def build_wheel(folder: Path) -> Path:
    """Build the wheel of the source tree."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Build and install Safehand once per session."""
    wheel = build_wheel(tmp_path_factory.mktemp("wheel"))
    home = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(home, symlinks=True)
    (site,) = home.glob("lib/python3*/site-packages")
    # A path in a .pth file adds packages, but not the .pth files beside them: the editable install
    # of the source tree stays out.
    (site / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    pip = [sys.executable, "-m", "pip", "--python", home / "bin" / "python", "--quiet"]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", wheel], check=True)
    return Installed(home / "bin", tmp_path_factory.mktemp("elsewhere"))
