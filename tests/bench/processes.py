"""The servers under measurement: processes of their own on free ports, and their memory.

Knows how to start, await and end them; not what they serve.
"""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.bench.load import HOST

START_SECONDS = 60
STOP_SECONDS = 15


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    pid: int

    @property
    def memory_mib(self) -> float:
        """Resident memory now."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError("the process has ended")

    @property
    def cpu_seconds(self) -> float:
        """Processor time used so far, by all its threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """Return a port that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(
    command: Sequence[str], port: int, ready: str, log: Path, **environment: str
) -> Iterator[Server]:
    """Run `command` until the context ends. `ready`: path that answers 200 once it serves.

    Raises RuntimeError with the end of its log if it doesn't.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=output, stderr=output
        )
    try:
        _await(process, f"http://{HOST}:{port}{ready}", log)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def safehand(*arguments: str) -> list[str]:
    """Return the command line of a safehand process: the installed command."""
    return [str(Path(sys.executable).with_name("safehand")), *arguments]


def python(*arguments: str) -> list[str]:
    """Return the command line of another interpreter like this one."""
    return [sys.executable, *arguments]


def _await(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(url, trust_env=False).status_code == 200:
                return
        time.sleep(0.05)
    raise RuntimeError(f"a server did not start: {log.read_text(errors='replace')[-500:]}")
