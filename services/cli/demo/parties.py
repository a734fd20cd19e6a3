"""Sets up who takes part: a hub, three facilities and an auditor, each in a folder of its own.

Does in one go what operators do by hand with `safehand hub init`, `node init`, `hub admit`,
`auditor init`, `node serve`, `node unlock`, `node trust` and `staff add`, through the same
functions and API.
"""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from keys.keycard import fingerprint_text, verify_card
from schemas.wire.hub_api import AuditorCard, HubCard, Introduction
from services.auditor.key import init_auditor
from services.cli.demo.processes import Processes, free_port
from services.cli.demo.result import Place
from services.cli.hub import HUB_CARD
from services.cli.node_access import NodeAccess, open_node
from services.cli.times import now
from services.hub.admin import admit, admit_auditor, make_hub
from services.hub.settings import load_settings
from services.node.folder import NodeFolder
from services.node.init import init_node

PASSPHRASE = "only for a demonstration"  # noqa: S105 - of keys that are made and shown for it
FACILITIES = {"Alpha": "DE", "Beta": "UA", "Gamma": "MD"}
"""Alpha is in the Country of Destination, Beta in the Country of Origin, Gamma an outsider."""


@dataclass
class Facility:
    """One facility: its folder, its identity, and once it serves its API and staff ids."""

    name: str
    folder: Path
    introduction: Introduction = field(repr=False)
    port: int
    staff: dict[str, str] = field(default_factory=dict)
    node: NodeAccess = field(init=False, repr=False)

    @property
    def code(self) -> str:
        """The opaque facility code."""
        return verify_card(self.introduction.card).card.facility

    @property
    def fingerprint(self) -> str:
        """The fingerprint as people read it out."""
        return fingerprint_text(verify_card(self.introduction.card).fingerprint)

    @property
    def place(self) -> Place:
        """Where it is to be found."""
        return Place(f"http://127.0.0.1:{self.port}", str(NodeFolder(self.folder).database))

    def appoint(self, role: str, name: str) -> str:
        """Appoint a staff member; return the staff id."""
        member = self.node.post("/v1/staff", {"role": role, "name": name})
        self.staff[role] = member["staff"]
        return self.staff[role]

    def settle(self) -> None:
        """Run rounds with the hub until nothing waits."""
        while self.node.post("/v1/pull")["waiting"]:
            continue


@dataclass
class Exchange:
    """Everybody who takes part."""

    folder: Path
    hub_card: HubCard
    hub_place: Place
    facilities: dict[str, Facility]

    @property
    def auditor_folder(self) -> Path:
        """The auditor's folder."""
        return self.folder / "auditor"


def found_exchange(folder: Path, database_url: str | None) -> Exchange:
    """Make hub, facilities and auditor in `folder`, and admit everyone. Nothing runs yet."""
    hub = folder / "hub"
    port = free_port()
    card = asyncio.run(make_hub(hub, f"http://127.0.0.1:{port}", database_url, port=port))
    (hub / HUB_CARD).write_bytes(card.to_bytes() + b"\n")
    facilities = {
        name: _found(folder / name.lower(), name, card, country)
        for name, country in FACILITIES.items()
    }
    for facility in facilities.values():
        admit(hub, facility.introduction)
    admit_auditor(hub, _found_auditor(folder / "auditor", card))
    database = _without_secret(load_settings(hub).database_url)
    return Exchange(folder, card, Place(card.url, database), facilities)


def _found(folder: Path, name: str, card: HubCard, country: str) -> Facility:
    made = init_node(
        folder,
        hub_card=card,
        country=country,
        units=["short-term"],
        passphrase=PASSPHRASE,
        now=now(),
        profile="light",
    )
    return Facility(name, folder, made.introduction, free_port())


def _found_auditor(folder: Path, card: HubCard) -> AuditorCard:
    auditor = init_auditor(folder)
    (folder / HUB_CARD).write_bytes(card.to_bytes() + b"\n")
    return auditor


def _without_secret(database_url: str) -> str:
    """Return a SQLite URL's path, another URL without its password."""
    kind, _, rest = database_url.partition("://")
    if kind.startswith("sqlite"):
        return rest.removeprefix("/")
    return f"{kind}://{rest.rpartition('@')[2]}"


def start_processes(exchange: Exchange, processes: Processes) -> None:
    """Start everybody and unlock the nodes."""
    logs = exchange.folder / "logs"
    logs.mkdir()
    hub = str(exchange.folder / "hub")
    processes.start("hub", exchange.hub_card.url, logs / "hub.log", "hub", "serve", "--dir", hub)
    for name, facility in exchange.facilities.items():
        log = logs / f"{name.lower()}.log"
        arguments = ["--dir", str(facility.folder), "--port", str(facility.port)]
        processes.start(name, facility.place.url, log, "node", "serve", *arguments)
    processes.wait_until_ready()
    for facility in exchange.facilities.values():
        facility.node = open_node(facility.folder)
        facility.node.post("/v1/unlock", {"passphrase": PASSPHRASE})


def introduce(exchange: Exchange) -> None:
    """Let Alpha and Beta pin each other, Gamma pin Alpha, and everybody appoint staff."""
    alpha, beta, gamma = exchange.facilities.values()
    for here, there in ((alpha, beta), (beta, alpha), (gamma, alpha)):
        body = {
            "alias": there.name,
            "fingerprint": there.fingerprint,
            "introduction": there.introduction.model_dump(),
        }
        here.node.post("/v1/trust", body)
    alpha.appoint("psychiatrist", "Demo Psychiatrist")
    for facility in (alpha, beta, gamma):
        facility.appoint("case-manager", f"Demo Case Manager of {facility.name}")
        facility.settle()
