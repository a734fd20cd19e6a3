"""A hub and two nodes as processes of their own, made and run by a test, which may kill them."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from services.cli.node_access import NodeAccess, open_node
from services.hub.admin import admit_facility, make_hub
from services.hub.settings import load_settings
from services.node.folder import NodeFolder
from services.node.init import init_node
from tests.support.processes import Served, free_ports

PATIENCE = 40
NAMES = ("alpha", "beta")


class Exchange:
    """Who takes part. `public_port`: where nodes look for the hub, if not where it listens."""

    def __init__(
        self,
        folder: Path,
        command: Path,
        *,
        database_url: str | None = None,
        passphrase: str = "seven quiet herons over water",
        public_port: int | None = None,
        node_settings: Mapping[str, float] | None = None,
    ) -> None:
        self.folder, self.command = folder, command
        self.database_url, self.passphrase = database_url, passphrase
        self.staff: dict[str, str] = {}
        self._node_settings = dict(node_settings or {})
        self.hub_port, *node_ports = free_ports(3)
        self._public_port = public_port or self.hub_port
        self.hub = self._process("hub", self.hub_port, "hub", "serve")
        self.nodes = {
            name: self._process(name, port, "node", "serve", "--port", str(port))
            for name, port in zip(NAMES, node_ports, strict=True)
        }

    def _process(self, name: str, port: int, *words: str) -> Served:
        command = [self.command, *words, "--dir", self.folder / name]
        return Served(command, port, self.folder / f"{name}.log", self.temporary(name))

    def temporary(self, name: str) -> Path:
        """Return somebody's folder for temporary files."""
        path = self.folder / "temporary" / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def found(self) -> None:
        """Make the hub and both nodes."""
        url, hub = f"http://127.0.0.1:{self._public_port}", self.folder / "hub"
        card = asyncio.run(make_hub(hub, url, self.database_url, port=self.hub_port))
        for name in NAMES:
            made = init_node(
                self.folder / name,
                hub_card=card,
                country="ZZ",
                units=["short-term"],
                passphrase=self.passphrase,
                now=int(time.time()),
                profile="light",
            )
            settings = [f"{key} = {value}\n" for key, value in self._node_settings.items()]
            NodeFolder(self.folder / name).settings.write_text("".join(settings))
            admitted = admit_facility(load_settings(hub), made.introduction, now=int(time.time()))
            asyncio.run(admitted)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run everybody; kill what still runs at the end."""
        processes = (self.hub, *self.nodes.values())
        with ExitStack() as stack:
            for process in processes:
                stack.callback(process.kill)
                process.launch()
            for process in processes:
                process.wait_ready()
            yield

    def node(self, name: str) -> NodeAccess:
        """Return the local API of a node."""
        return open_node(self.folder / name)

    def unlock(self, name: str) -> None:
        """Unlock a node."""
        with self.node(name) as node:
            node.post("/v1/unlock", {"passphrase": self.passphrase})


def settle(*nodes: NodeAccess) -> None:
    """Let nodes talk to the hub, one after the other, until nothing waits."""
    for node in nodes:
        while (done := node.post("/v1/pull"))["waiting"]:
            assert not done["troubles"], done
        assert node.get("/v1/outbox")["refused"] == [], node.get("/v1/outbox")


def wait_for(something: Callable[[], Any]) -> Any:
    """Return what is there at last."""
    deadline = time.monotonic() + PATIENCE
    while not (found := something()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return found
