"""Starts hub and nodes as processes of their own, waits until they are ready, and ends them.

Each is the same `safehand ... serve` that an operator runs. What they log goes to a file in the
demo's folder. Knows nothing of what they are for.
"""

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from services.cli.errors import CommandError

START_SECONDS = 60
STOP_SECONDS = 15
_PREFIX = "SAFEHAND_"


def free_port() -> int:
    """Return a TCP port that nothing on loopback listens on at this moment."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@dataclass
class Process:
    """One running `safehand` process."""

    name: str
    url: str
    log: Path
    popen: subprocess.Popen[bytes] = field(repr=False)

    def require_running(self) -> None:
        """Raise CommandError if the process has ended."""
        if self.popen.poll() is not None:
            raise CommandError(
                f"{self.name} ended with status {self.popen.returncode}: {last_line(self.log)}",
                f"All that it said is in {self.log}",
            )

    def is_ready(self) -> bool:
        """Ask /readyz."""
        try:
            return httpx.get(f"{self.url}/readyz", timeout=2, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def ask_to_stop(self) -> None:
        """Ask the process to end."""
        if self.popen.poll() is None:
            self.popen.terminate()

    def wait_stopped(self) -> None:
        """Wait until the process has ended; end it by force if it takes too long."""
        try:
            self.popen.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()


class Processes:
    """All processes of one demo. Leaving the context ends them."""

    def __init__(self) -> None:
        self._running: list[Process] = []

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running:
            process.ask_to_stop()
        for process in self._running:
            process.wait_stopped()

    def start(self, name: str, url: str, log: Path, *arguments: str) -> Process:
        """Start `safehand ARGUMENTS`; use `wait_until_ready` before talking to it."""
        with log.open("wb") as output:
            popen = subprocess.Popen(  # noqa: S603 - this very program
                # -P: what lies in the working directory must not be taken for Safehand.
                [sys.executable, "-P", "-m", "services.cli.main", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=clean_environment(),
                # A process group of its own: Ctrl-C reaches the demo alone, which then ends these.
                start_new_session=True,
            )
        process = Process(name, url, log, popen)
        self._running.append(process)
        return process

    def wait_until_ready(self) -> None:
        """Wait until each process answers. Raises CommandError."""
        deadline = time.monotonic() + START_SECONDS
        for process in self._running:
            while not process.is_ready():
                process.require_running()
                if time.monotonic() > deadline:
                    raise CommandError(
                        f"{process.name} did not get ready within {START_SECONDS} seconds",
                        f"What it said is in {process.log}",
                    )
                time.sleep(0.1)

    def wait_for_end(self) -> None:
        """Return only by exception: when a process ends by itself, or on an interrupt."""
        while True:
            for process in self._running:
                process.require_running()
            time.sleep(0.5)


def clean_environment() -> dict[str, str]:
    """Return the environment without Safehand's own settings: they are meant for others."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_PREFIX)}


def last_line(log: Path) -> str:
    """Return the last line that a process logged, if any."""
    lines = log.read_text("utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
