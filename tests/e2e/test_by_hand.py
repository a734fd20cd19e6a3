"""This test walks the main job by hand, command by command, as operators and case managers would.

It asserts that each command does what its help says, that the numbers add up on both sides, and
that what was not consented to can't be had.
"""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Installed

PASSPHRASE = "a passphrase for this test alone"


class World:
    """A hub and two facilities in one folder, driven by commands only."""

    def __init__(self, installed: Installed, folder: Path) -> None:
        self.installed = installed
        self.folder = folder
        self.secret = folder / "passphrase"
        self.secret.write_text(PASSPHRASE + "\n")
        self.secret.chmod(0o600)
        self.hub_port, *self.ports = free_ports(3)

    def do(self, *words: str | Path, at: str = "", stdin: str = "") -> Any:
        """Run a command that must succeed, with --json where it has that; return what it said."""
        place = ["--dir", self.folder / at] if at else []
        return json.loads(self.installed.done(*words, *place, "--json", stdin=stdin))

    def say(self, *words: str | Path, at: str, stdin: str = "") -> str:
        """Run a command that must succeed and speaks to people."""
        return self.installed.done(*words, "--dir", self.folder / at, stdin=stdin)

    @contextmanager
    def serving(self, kind: str, at: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
        """Run `hub serve` or `node serve` for a while."""
        options = [] if kind == "hub" else ["--port", str(port)]
        command = [self.installed.command, kind, "serve", "--dir", self.folder / at, *options]
        with (
            (self.folder / f"{at}.log").open("wb") as log,
            subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log) as process,
        ):
            try:
                wait_for(port, process)
                yield process
            finally:
                process.terminate()
                assert process.wait(30) in (0, -signal.SIGTERM)


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for sock in sockets:
            sock.bind(("127.0.0.1", 0))
        return [sock.getsockname()[1] for sock in sockets]


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        assert process.poll() is None, "the process ended"
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"nothing listens on {port}")


def test_the_main_job_by_hand(installed: Installed, tmp_path: Path) -> None:
    world = World(installed, tmp_path)
    found_everyone(world)
    with ExitStack() as running:
        running.enter_context(world.serving("hub", "hub", world.hub_port))
        for name, port in zip(("alpha", "beta"), world.ports, strict=True):
            running.enter_context(world.serving("node", name, port))
            assert (
                installed.run("record", "list", "--dir", tmp_path / name).returncode == 3
            )  # locked
            world.say("node", "unlock", "--passphrase-file", world.secret, at=name)
        staff = make_friends(world)
        sealed = add_a_case(world, staff["alpha"])
        consent = consent_and_approve(world, staff["alpha"])
        look_at_what_came(world, sealed, consent["consent"])
        take_it_back(world, consent["revocation_code"])
        assert "as it was signed" in world.say("auditor", "verify", at="auditor")
    come_back_from_a_backup(world)


def found_everyone(world: World) -> None:
    url = f"http://127.0.0.1:{world.hub_port}"
    hub = world.do("hub", "init", "--url", url, "--port", str(world.hub_port), at="hub")
    for name in ("alpha", "beta"):
        words = ["--country", "XX", "--unit", "short-term", "--passphrase-file", world.secret]
        made = world.do("node", "init", "--hub-card", hub["card"], *words, at=name)
        (world.folder / f"{name}.recovery").write_text(made["recovery_code"] + "\n")
        shown = world.do("node", "fingerprint", at=name)
        assert shown["fingerprint"] == made["fingerprint"]
        admit = ["--fingerprint", shown["fingerprint"], made["introduction"]]
        assert world.do("hub", "admit", *admit, at="hub")["facility"] == made["facility"]
    card = world.do("auditor", "init", "--hub-card", hub["card"], at="auditor")["card"]
    world.do("hub", "admit", card, at="hub")
    refused = world.installed.run(
        "hub", "admit", "--dir", world.folder / "hub", made["introduction"], "--fingerprint", "0000"
    )
    assert refused.returncode == 1


def make_friends(world: World) -> dict[str, str]:
    for here, there in (("alpha", "beta"), ("beta", "alpha")):
        other = world.do("node", "fingerprint", at=there)
        introduction = world.folder / there / "introduction.json"
        words = ["--fingerprint", other["fingerprint"], "--introduction", introduction]
        world.do("node", "trust", there, *words, at=here)
    (seen,) = world.do("node", "trust", at="alpha")
    (mirrored,) = world.do("node", "trust", at="beta")
    assert seen["safety_number"] == mirrored["safety_number"]
    return {
        name: world.do("staff", "add", "Somebody", "--role", "case-manager", at=name)["staff"]
        for name in ("alpha", "beta")
    }


def add_a_case(world: World, author: str) -> int:
    case = world.folder / "case.json"
    case.write_text(world.installed.done("demo", "--print-case"), "utf-8")
    stored = world.do("record", "add", case, "--author", author, at="alpha")
    count = sum(len(record["sections"]) for record in stored["records"])
    settle(world, "alpha")
    shown = world.say("record", "show", stored["records"][0]["record"], at="alpha")
    assert json.loads(shown)["code_number"] == stored["code_number"]
    return count


def settle(world: World, name: str) -> None:
    while world.do("pull", at=name)["waiting"]:
        continue
    assert world.do("node", "status", at=name)["outbox"] == {"waiting": 0, "refused": 0}


def consent_and_approve(world: World, staff: str) -> Any:
    (case,) = world.do("record", "list", at="alpha")["cases"]
    code = case["code_number"]
    world.do("request", "--to", "alpha", "--case", code, "--words", "-", at="beta", stdin="please")
    settle(world, "beta")
    settle(world, "alpha")
    (request,) = world.do("requests", at="alpha")
    assert (request["words"], request["code_number"]) == ("please", code)
    form = world.folder / "form.json"
    form.write_text(json.dumps(FORM))
    until = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 30 * 86_400))
    terms = ["--case", code, "--to", "beta", "--staff", staff, "--until", until]
    terms += ["--except", "*/identity", "--on-revocation", "erase"]
    consent = world.do("consent", "record", form, *terms, at="alpha")
    approval = [request["request"], "--consent", consent["consent"], "--staff", staff]
    assert world.do("approve", *approval, at="alpha")["granted"] > 0
    settle(world, "alpha")
    return consent


FORM = {
    "use": "care-transfer",
    "given_by": "person",
    "form": "written",
    "explained": ["purpose", "withdrawal"],
    "explained_by": "CW-01",
    "language": "en",
}


def look_at_what_came(world: World, sealed: int, consent: str) -> None:
    deadline = time.monotonic() + 40
    while not (opened := world.do("record", "opened", at="beta")):
        assert time.monotonic() < deadline
        settle(world, "beta")
    assert 0 < len(opened) < sealed
    assert {one["category"] for one in opened}.isdisjoint({"identity"})
    assert {one["consent"] for one in opened} == {consent}
    content = json.loads(world.say("record", "show", opened[0]["record"], at="beta"))
    assert content["own"] is False
    (known,) = world.do("consent", "list", at="beta")
    assert (known["consent"], known["issued"]) == (consent, False)


def take_it_back(world: World, code: str) -> None:
    slip = world.folder / "slip"
    slip.write_text(code + "\n")
    world.do("revoke", "--code-file", slip, at="beta")
    settle(world, "beta")
    assert [
        one["reasons"] for one in world.do("record", "opened", at="beta") if not one["reasons"]
    ] == []
    (known,) = world.do("consent", "list", at="beta")
    assert known["state"] in ("revoked", "erased")


def come_back_from_a_backup(world: World) -> None:
    """The passphrase is lost and the disk is gone; backup and recovery code bring the node back."""
    backup = world.folder / "alpha.backup"
    world.say("node", "backup", backup, "--passphrase-file", world.secret, at="alpha")
    code, new = world.folder / "alpha.recovery", world.folder / "new-passphrase"
    new.write_text("quite another passphrase\n")
    recovery = ["--recovery-code-file", code]
    world.say("node", "restore", backup, *recovery, at="alpha-again")
    world.say("node", "passphrase", *recovery, "--passphrase-file", new, at="alpha-again")
    with ExitStack() as running:
        running.enter_context(world.serving("hub", "hub", world.hub_port))
        running.enter_context(world.serving("node", "alpha-again", world.ports[0]))
        world.say("node", "unlock", "--passphrase-file", new, at="alpha-again")
        (case,) = world.do("record", "list", at="alpha-again")["cases"]
        record = case["records"][0]["record"]
        assert "content" in json.loads(world.say("record", "show", record, at="alpha-again"))
