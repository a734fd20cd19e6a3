"""A hub as a process of its own, under uvicorn on loopback, that can be killed.

`python -m tests.support.hub_process DIR` is what runs in it: the real application, but with the
tests' clock, since the tests' facilities live at a time of their own.
"""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from schemas.wire.hub_api import HubCard
from services.hub.app import create_app
from services.hub.settings import load_settings
from services.web.serve import serve
from tests.support.facilities import NOW
from tests.support.running_hub import card_of


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class HubProcess:
    """A running hub process. `output`: the file that takes all it prints."""

    process: subprocess.Popen[bytes]
    card: HubCard
    output: Path

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Ask it to end; return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


@contextlib.asynccontextmanager
async def hub_process(folder: Path, port: int) -> AsyncIterator[HubProcess]:
    """Start a hub on `folder` and wait until it is alive; end it at the end."""
    output = folder.parent / f"{folder.name}.log"
    url = f"http://127.0.0.1:{port}"
    process = _start(folder, output, port, url)
    settings = load_settings(folder).model_copy(update={"public_url": url})
    running = HubProcess(process, card_of(settings), output)
    try:
        await _alive(running)
        yield running
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _start(folder: Path, output: Path, port: int, url: str) -> subprocess.Popen[bytes]:
    changes = {"SAFEHAND_HUB_PORT": str(port), "SAFEHAND_HUB_PUBLIC_URL": url}
    with output.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.support.hub_process", str(folder)],
            env={**os.environ, **changes},
            stdout=log,
            stderr=log,
        )


async def _alive(running: HubProcess) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        for _ in range(600):
            with contextlib.suppress(httpx.HTTPError):
                await http.get(f"{running.card.url}/healthz")
                return
            assert running.process.poll() is None, running.output.read_text()
            await asyncio.sleep(0.05)
    raise AssertionError("the hub does not answer")


if __name__ == "__main__":
    chosen = load_settings(Path(sys.argv[1]))
    serve(create_app(chosen, clock=lambda: NOW), chosen.listener)
