"""Safehand as it is shipped: built into a wheel, installed apart from the source tree.

The wheel gets an environment of its own, which borrows only the dependencies of the one that runs
the tests. What the wheel lacks, these tests lack too.
"""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.e2e.installed import Installed
from tests.e2e.world import World

ROOT = Path(__file__).parents[2]


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
    uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-cache", "--no-index"]
    python = ["--python", home / "bin" / "python", "--compile-bytecode"]
    subprocess.run([*uv, "--no-deps", *python, wheel], check=True)
    return Installed(home / "bin", tmp_path_factory.mktemp("elsewhere"))


@pytest.fixture(scope="session")
def pattern(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A hub with Alpha, Beta and an auditor let in, who have pinned each other; nothing runs."""
    world = World.new(installed, tmp_path_factory.mktemp("pattern"))
    world.found_everyone()
    with world.serving("hub", "alpha", "beta"):
        world.unlock("alpha", "beta")
        world.make_friends()
        world.settle("alpha")
        world.settle("beta")
    return world


@pytest.fixture
def world(pattern: World, tmp_path: Path) -> World:
    """A copy of the pattern for one test, on the same ports."""
    return pattern.copy_to(tmp_path / "world")
