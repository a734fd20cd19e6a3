"""A hub and two nodes as processes, with all that passes between them recorded; one case goes over.

Every text that a person writes in it is a canary: the case, names of staff, aliases, passphrases,
words of requests and answers, the consent form. `units_of_hub` and `units_at_rest` are what is
scanned afterwards.
"""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from services.cli.errors import NodeRefusalError
from services.cli.node_access import NodeAccess
from services.hub.settings import load_settings
from tests.support import process_memory
from tests.support.canary import Marks, Unit
from tests.support.canary_case import CanaryCase
from tests.support.capture import Recorder
from tests.support.database_content import files_of, rows_of
from tests.support.exchange import Exchange, settle, wait_for
from tests.support.processes import environment, free_ports

PURPOSE = "COC"
LEFT_OUT = ("identity", "infectious")


class Watched(Exchange):
    """Everybody, and where what they leave behind lies."""

    def __init__(self, folder: Path, command: Path, database_url: str | None) -> None:
        self.marks = Marks.draw()
        self.case = CanaryCase(self.marks)
        (port,) = free_ports(1)
        super().__init__(
            folder,
            command,
            database_url=database_url,
            passphrase=self.case.text("passphrase"),
            public_port=port,
        )
        self.recorder = Recorder(port, self.hub_port)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run everybody, and record."""
        with self.recorder.running(), super().running():
            yield

    def cli(self, *words: str | Path, at: str, stdin: str = "") -> str:
        """Run a command that must succeed; return what it printed."""
        done = subprocess.run(
            [self.command, *words, "--dir", self.folder / at],
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            env=environment(self.temporary("cli")),
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def do_the_main_job(self) -> int:
        """Let the case go from Alpha to Beta; return how many sections Beta opened."""
        with self.node("alpha") as alpha, self.node("beta") as beta:
            make_acquainted(self, alpha, beta)
            store(self, alpha)
            consent, code = agree(self, alpha, beta)
            opened = receive(self, beta, consent)
            say_no(self, alpha, beta)
            beta.post("/v1/revocations", {"code": code})
            settle(alpha, beta)
            for node in (alpha, beta):
                node.post("/v1/lock")
        return opened

    def units_of_hub(self) -> Iterator[Unit]:
        """Yield all that the hub holds, wrote, was sent and answered, and its memory."""
        yield from files_under(self.folder / "hub")
        yield from files_under(self.temporary("hub"))
        yield Unit("the hub's log", self.hub.log.read_bytes())
        url = load_settings(self.folder / "hub").database_url
        yield from files_of(url)
        yield from rows_of(url)
        yield from self.recorder.units()
        yield from units_of_process(self.hub.pid)

    def units_at_rest(self) -> Iterator[Unit]:
        """Yield what the nodes, while locked, and commands have left on disk."""
        for name, node in self.nodes.items():
            yield from files_under(self.folder / name)
            yield Unit(f"{name}'s log", node.log.read_bytes())
            yield from rows_of(f"sqlite:///{self.folder / name / 'node.db'}")
        yield from files_under(self.folder / "temporary")


def files_under(folder: Path) -> Iterator[Unit]:
    """Yield every file below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield Unit(str(path), path.read_bytes())


def units_of_process(pid: int) -> Iterator[Unit]:
    """Yield a process's memory, and the files that it holds open without a name."""
    with process_memory.stopped(pid):
        for mapping, content in process_memory.memory(pid):
            stride = process_memory.GRID if mapping.is_written else 0
            yield Unit(f"memory at {mapping.start:x} {mapping.name}", content, stride)
        for name, content in process_memory.deleted_files(pid):
            yield Unit(name, content)


def make_acquainted(world: Watched, alpha: NodeAccess, beta: NodeAccess) -> None:
    """Unlock the nodes, let them pin each other and appoint case managers."""
    for name, node, other in (("alpha", alpha, beta), ("beta", beta, alpha)):
        world.unlock(name)
        said = other.get("/v1/fingerprint")
        alias = world.case.text(f"alias at {name}")
        node.post("/v1/trust", {"alias": alias, **said})
        body = {"role": "case-manager", "name": world.case.text(f"case manager of {name}")}
        world.staff[name] = node.post("/v1/staff", body)["staff"]


def store(world: Watched, alpha: NodeAccess) -> None:
    """Store the case by command; a faulty one first."""
    faulty = world.case.case | {world.case.text("unknown field"): world.case.text("its value")}
    with pytest.raises(NodeRefusalError) as refused:
        alpha.post("/v1/cases", {"author": world.staff["alpha"], "case": faulty})
    assert refused.value.status == 422
    file = world.folder / "case.json"
    file.write_text(json.dumps(world.case.case), "utf-8")
    world.cli("record", "add", file, "--author", world.staff["alpha"], at="alpha")
    file.unlink()
    settle(alpha)


def agree(world: Watched, alpha: NodeAccess, beta: NodeAccess) -> tuple[str, str]:
    """Ask, consent and approve; return consent and revocation code."""
    request = ask(world, alpha, beta, "first request")
    made = alpha.post(
        "/v1/consents",
        {
            "staff": world.staff["alpha"],
            "code_number": world.case.code_number,
            "recipient": world.case.text("alias at alpha"),
            "purpose": PURPOSE,
            "scope": {"all_except": [{"category": one} for one in LEFT_OUT]},
            "valid_until": int(time.time()) + 86_400,
            "on_revocation": "block",
            "form": {
                "use": "care-transfer",
                "given_by": "person",
                "form": "written",
                "explained": ["purpose", "withdrawal"],
                "explained_by": world.marks.code(9999),
                "language": "ar",
                "note": world.case.text("note on the consent"),
            },
        },
    )
    body = {"staff": world.staff["alpha"], "consent": made["consent"]}
    alpha.post(f"/v1/requests/{request}/approve", body)
    settle(alpha)
    return made["consent"], made["revocation_code"]


def ask(world: Watched, alpha: NodeAccess, beta: NodeAccess, what: str) -> str:
    """Let Beta ask for the case by command; return the request's id."""
    alias = world.case.text("alias at beta")
    words = ["--to", alias, "--case", world.case.code_number, "--words", "-"]
    sent = world.cli("request", *words, "--json", at="beta", stdin=world.case.text(what))
    request = str(json.loads(sent)["id"])
    settle(beta, alpha)
    (received,) = [
        one for one in alpha.get("/v1/requests")["requests"] if one["request"] == request
    ]
    assert received["words"] == world.case.text(what)
    return request


def receive(world: Watched, beta: NodeAccess, consent: str) -> int:
    """Let Beta open the release, read it all, and ask for what it was not given."""
    code = world.case.code_number

    def opened() -> Any:
        settle(beta)
        return beta.get("/v1/opened", code_number=code)["sections"]

    sections = wait_for(opened)
    for one in sections:
        content = beta.get(f"/v1/sections/{one['section']}")
        for attachment in content["attachments"]:
            beta.get_bytes(f"/v1/sections/{one['section']}/attachments/{attachment['digest']}")
    assert world.marks.latin in world.cli("record", "show", sections[0]["record"], at="beta")
    assert beta.get("/fhir/Patient", identifier=code)["total"] > 0
    body = {"consent": consent, "purpose": PURPOSE, "sections": [left_out(world)]}
    with pytest.raises(NodeRefusalError) as refused:
        beta.post("/v1/releases", body)
    assert [*refused.value.reasons] == ["out-of-scope"]
    return len(sections)


def left_out(world: Watched) -> str:
    """Return the id of a section that is not within the consent."""
    with world.node("alpha") as alpha:
        cases = alpha.get("/v1/records", code_number=world.case.code_number)["cases"]
    return next(
        str(section["section"])
        for record in cases[0]["records"]
        for section in record["sections"]
        if section["category"] in LEFT_OUT
    )


def say_no(world: Watched, alpha: NodeAccess, beta: NodeAccess) -> None:
    """Let Alpha refuse a second request in words, by command, and record a refusal."""
    request = ask(world, alpha, beta, "second request")
    words = world.case.text("refusal")
    staff = ["--staff", world.staff["alpha"], "--words", "-"]
    world.cli("refuse", request, *staff, at="alpha", stdin=words)
    body = {"staff": world.staff["alpha"], "code_number": world.case.code_number}
    alpha.post("/v1/refusals", body | {"recipient": world.case.text("alias at alpha")})
    settle(alpha, beta)
    answers = [one["answer"] for one in beta.get("/v1/requests")["requests"]]
    assert words in [one["words"] for one in answers if one]
