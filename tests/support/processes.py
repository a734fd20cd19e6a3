"""`safehand hub serve` and `safehand node serve` as children of the test, which may kill them.

Each child has a log of its own and, where asked, a folder for temporary files of its own.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

START_SECONDS = 60
STOP_SECONDS = 20


def free_ports(count: int) -> list[int]:
    """Return ports of loopback that nothing listens on at this moment."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for sock in sockets:
            sock.bind(("127.0.0.1", 0))
        return [sock.getsockname()[1] for sock in sockets]


class Served:
    """One process that serves, can be killed and started again on the same folder."""

    def __init__(
        self, command: list[str | Path], port: int, log: Path, temporary: Path | None = None
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        self._command = command
        self._environment = environment(temporary)
        self.popen: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The running process."""
        assert self.popen is not None
        return self.popen.pid

    def launch(self) -> None:
        """Start the process; it is not ready yet."""
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                self._command,
                cwd=self.log.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
            )

    def start(self) -> None:
        """Start the process and wait until it is ready."""
        self.launch()
        self.wait_ready()

    def wait_ready(self) -> None:
        """Wait until the process says that it is ready."""
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            assert self.popen is not None
            assert self.popen.poll() is None, self.log.read_text("utf-8", errors="replace")
            assert time.monotonic() < deadline, "not ready"
            time.sleep(0.05)

    def is_ready(self) -> bool:
        """Ask /readyz."""
        try:
            answer = httpx.get(f"{self.url}/readyz", timeout=5, trust_env=False)
        except httpx.HTTPError:
            return False
        return answer.status_code == 200

    def kill(self) -> None:
        """End the process at once (SIGKILL): it gets no chance to do anything."""
        if self.popen is not None:
            self.popen.kill()
            self.popen.wait()
            self.popen = None

    def stop(self) -> None:
        """Ask the process to end, and wait until it has."""
        if self.popen is not None:
            self.popen.terminate()
            try:
                self.popen.wait(STOP_SECONDS)
            finally:
                self.kill()

    @contextmanager
    def running(self) -> Iterator["Served"]:
        """Start it; end whatever runs at the end."""
        try:
            self.start()
            yield self
            self.stop()
        finally:
            self.kill()


def environment(temporary: Path | None) -> dict[str, str]:
    """Return the environment without Safehand's settings, which are meant for others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SAFEHAND_")}
    return kept | ({"TMPDIR": str(temporary)} if temporary else {})
