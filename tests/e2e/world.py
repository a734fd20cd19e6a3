"""A hub and facilities in one folder, driven by `safehand` commands as people would type them."""

import json
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import httpx

from services.cli.node_access import open_node
from tests.e2e.installed import Installed

PASSPHRASE = "a passphrase for this test alone"
READY_SECONDS = 60


@dataclass
class Serving:
    """A process that serves."""

    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it kindly, unless it has ended."""
        if self.process.poll() is None:
            self.process.terminate()
            assert self.process.wait(30) in (0, -signal.SIGTERM), self.log.read_text()


@dataclass
class World:
    """Where everybody's folders, ports and secrets are."""

    installed: Installed
    folder: Path
    ports: dict[str, int]
    staff: dict[str, str] = field(default_factory=dict)
    """The case managers' staff ids."""

    @classmethod
    def new(cls, installed: Installed, folder: Path) -> Self:
        """Begin in an empty folder."""
        ports = dict(zip(("hub", "alpha", "beta"), free_ports(3), strict=True))
        world = cls(installed, folder, ports)
        world.secret.write_text(PASSPHRASE + "\n")
        world.secret.chmod(0o600)
        return world

    def copy_to(self, folder: Path) -> Self:
        """Return the same world in another folder. Only one of the two may run."""
        shutil.copytree(self.folder, folder)
        return replace(self, folder=folder, ports=dict(self.ports))

    @property
    def secret(self) -> Path:
        """The file with everybody's passphrase."""
        return self.folder / "passphrase"

    def do(self, *words: str | Path, at: str, stdin: str = "") -> Any:
        """Run a command that must succeed, with --json; return what it said."""
        place = ["--dir", self.folder / at, "--json"]
        return json.loads(self.installed.done(*words, *place, stdin=stdin))

    def say(self, *words: str | Path, at: str, stdin: str = "") -> str:
        """Run a command that must succeed and speaks to people."""
        return self.installed.done(*words, "--dir", self.folder / at, stdin=stdin)

    @contextmanager
    def serving(self, *names: str) -> Iterator[list[Serving]]:
        """Run `hub serve` or `node serve` for each name."""
        with ExitStack() as stack:
            running = []
            for name in names:
                running.append(self.start(name))
                stack.callback(running[-1].stop)
            for name, one in zip(names, running, strict=True):
                self.await_ready(name, one)
            yield running

    def start(self, name: str) -> Serving:
        """Start serving the folder of that name; a node's begins with another word than `hub`."""
        kind = "hub" if name == "hub" else "node"
        port = self.ports.setdefault(name, free_ports(1)[0])
        options = [] if name == "hub" else ["--port", str(port)]
        command = [self.installed.command, kind, "serve", "--dir", self.folder / name, *options]
        path = self.folder / f"{name}.log"
        with path.open("ab") as log:
            process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
        return Serving(process, path)

    def await_ready(self, name: str, serving: Serving) -> None:
        """Wait until a process answers."""
        deadline = time.monotonic() + READY_SECONDS
        while not is_ready(self.ports[name]):
            assert serving.process.poll() is None, serving.log.read_text()
            assert time.monotonic() < deadline, serving.log.read_text()
            time.sleep(0.1)

    def unlock(self, *names: str) -> None:
        """Unlock nodes."""
        for name in names:
            self.say("node", "unlock", "--passphrase-file", self.secret, at=name)

    def found_everyone(self) -> None:
        """Make a hub, two facilities and an auditor, and let them in."""
        port = str(self.ports["hub"])
        hub = self.do("hub", "init", "--url", f"http://127.0.0.1:{port}", "--port", port, at="hub")
        for name in ("alpha", "beta"):
            words = ["--country", "XX", "--unit", "short-term", "--passphrase-file", self.secret]
            made = self.do("node", "init", "--hub-card", hub["card"], *words, at=name)
            (self.folder / f"{name}.recovery").write_text(made["recovery_code"] + "\n")
            admit = ["--fingerprint", made["fingerprint"], made["introduction"]]
            assert self.do("hub", "admit", *admit, at="hub")["facility"] == made["facility"]
        card = self.do("auditor", "init", "--hub-card", hub["card"], at="auditor")["card"]
        self.do("hub", "admit", card, at="hub")

    def make_friends(self) -> None:
        """Let the facilities pin each other, and appoint a case manager each."""
        for here, there in (("alpha", "beta"), ("beta", "alpha")):
            other = self.do("node", "fingerprint", at=there)
            introduction = self.folder / there / "introduction.json"
            words = ["--fingerprint", other["fingerprint"], "--introduction", introduction]
            self.do("node", "trust", there, *words, at=here)
        self.staff = {
            name: self.do("staff", "add", "Somebody", "--role", "case-manager", at=name)["staff"]
            for name in ("alpha", "beta")
        }

    def settle(self, name: str) -> None:
        """Let a node talk to the hub until nothing waits; nothing may have been refused."""
        with open_node(self.folder / name) as node:
            while node.post("/v1/pull")["waiting"]:
                continue
            assert node.get("/v1/status")["outbox"] == {"waiting": 0, "refused": 0}

    def add_sample(self) -> int:
        """Store the sample case at Alpha; return how many sections it has."""
        case = self.folder / "case.json"
        case.write_text(self.installed.done("demo", "--print-case"), "utf-8")
        stored = self.do("record", "add", case, "--author", self.staff["alpha"], at="alpha")
        self.settle("alpha")
        return sum(len(record["sections"]) for record in stored["records"])

    def consent_and_approve(self, *terms: str) -> Any:
        """Beta asks for Alpha's one case; Alpha's case manager records a consent and approves."""
        staff = self.staff["alpha"]
        (case,) = self.do("record", "list", at="alpha")["cases"]
        code = case["code_number"]
        words = ["--to", "alpha", "--case", code, "--words", "-"]
        self.do("request", *words, at="beta", stdin="please")
        self.settle("beta")
        self.settle("alpha")
        (request,) = self.do("requests", at="alpha")
        assert (request["words"], request["code_number"]) == ("please", code)
        form = self.folder / "form.json"
        form.write_text(json.dumps(FORM))
        until = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 30 * 86_400))
        given = ["--case", code, "--to", "beta", "--staff", staff, "--until", until, *terms]
        consent = self.do("consent", "record", form, *given, at="alpha")
        approval = [request["request"], "--consent", consent["consent"], "--staff", staff]
        assert self.do("approve", *approval, at="alpha")["granted"] > 0
        self.settle("alpha")
        return consent

    def await_opened(self) -> Any:
        """Return what Beta opened, as soon as there is something."""
        deadline = time.monotonic() + READY_SECONDS
        with open_node(self.folder / "beta") as node:
            while not node.get("/v1/opened")["sections"]:
                assert time.monotonic() < deadline
                node.post("/v1/pull")
        return self.do("record", "opened", at="beta")


FORM = {
    "use": "care-transfer",
    "given_by": "person",
    "form": "written",
    "explained": ["purpose", "withdrawal"],
    "explained_by": "CW-01",
    "language": "en",
}


def free_ports(count: int) -> list[int]:
    """Return ports on which nothing listens at this moment."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for sock in sockets:
            sock.bind(("127.0.0.1", 0))
        return [sock.getsockname()[1] for sock in sockets]


def is_ready(port: int) -> bool:
    """Ask /readyz."""
    try:
        url = f"http://127.0.0.1:{port}/readyz"
        return httpx.get(url, timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
