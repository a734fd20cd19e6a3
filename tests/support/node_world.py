"""A hub and nodes in one process, over their real HTTP layers: what node tests begin with.

The hub is the real one on SQLite. Between a node and the hub lies a `Way` that a test can cut, or
that can lose answers after the hub has acted on the request.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from exchange.audit.checkpoint import HubLogKeys
from keys.lognotes import LogSigner
from schemas.encoding import b64u
from schemas.wire.hub_api import HubCard, Introduction
from services.hub.admin import admit_facility, make_hub
from services.hub.app import create_app as create_hub
from services.hub.settings import load_settings as load_hub_settings
from services.node.app import create_app
from services.node.init import NewNode, init_node
from services.node.settings import load_settings
from tests.support.node_cases import CODE, FORM, case

PASSPHRASE = "seven quiet herons over water"
START = 1_790_000_000
HUB_URL = "http://localhost:8440"


def made_up_card(origin: str = "hub.example/log") -> HubCard:
    """Return the card of a hub that is nowhere."""
    signer = LogSigner("hub.example/log", bytes(32), bytes(32))
    keys = HubLogKeys.of_signer(signer)
    return HubCard(
        url="https://hub.example",
        origin=origin,
        http_ed25519=b64u(bytes(32)),
        log_ed25519=keys.ed_vkey,
        log_ml_dsa_44=keys.ml_vkey,
    )


class Clock:
    """A clock that a test moves."""

    def __init__(self, now: int = START) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


class Way(httpx.AsyncBaseTransport):
    """The way from one node to the hub."""

    def __init__(self, hub: FastAPI) -> None:
        self._inner = httpx.ASGITransport(app=hub)
        self.is_cut = False
        self.closed: set[str] = set()
        """Paths that can't be reached while the rest can."""
        self.lose_answers = 0
        self.requests: list[tuple[str, str]] = []
        self.troubled: dict[str, int] = {}
        """Path prefixes that something on the way answers, unsigned, with this status."""
        self.stalled: dict[str, asyncio.Event] = {}
        """Path prefixes whose requests wait for the event."""
        self.stalling = asyncio.Event()
        """Set once a request waits so."""
        self.meanwhile: dict[str, Callable[[], Awaitable[object]]] = {}
        """By path: what happens once, after the hub's 200 and before the node has it."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_cut or request.url.path in self.closed:
            raise httpx.ConnectError("cut")
        self.requests.append((request.method, request.url.path))
        for prefix, event in self.stalled.items():
            if request.url.path.startswith(prefix):
                self.stalling.set()
                await event.wait()
        for prefix, status in self.troubled.items():
            if request.url.path.startswith(prefix):
                return httpx.Response(status, request=request)
        response = await self._inner.handle_async_request(request)
        if response.status_code == 200 and request.url.path in self.meanwhile:
            await self.meanwhile.pop(request.url.path)()
        if self.lose_answers and request.method in ("POST", "PUT"):
            self.lose_answers -= 1
            await response.aread()
            raise httpx.ReadError("lost")
        return response


@dataclass
class RunningNode:
    """A node that serves, and a local system that talks to it."""

    path: Path
    new: NewNode
    app: FastAPI
    http: httpx.AsyncClient
    way: Way
    staff: dict[str, str] = field(default_factory=dict)

    @property
    def facility(self) -> str:
        return self.new.facility

    async def get(self, path: str, **query: Any) -> Any:
        return await self._ask("GET", path, params=query)

    async def post(self, path: str, body: Any = None) -> Any:
        return (
            await self._ask("POST", path, json=body)
            if body is not None
            else await self._ask("POST", path)
        )

    async def _ask(self, method: str, path: str, **more: Any) -> Any:
        response = await self.http.request(method, path, **more)
        assert response.status_code == 200, (response.status_code, response.text)
        return response.json()

    async def refused(self, method: str, path: str, **more: Any) -> httpx.Response:
        response = await self.http.request(method, path, **more)
        assert response.status_code >= 400, response.text
        return response

    async def unlock(self) -> None:
        await self.post("/v1/unlock", {"passphrase": PASSPHRASE})

    async def pull(self) -> Any:
        return await self.post("/v1/pull")

    async def appoint(self, role: str, name: str = "N. N.") -> str:
        self.staff[role] = (await self.post("/v1/staff", {"role": role, "name": name}))["staff"]
        return self.staff[role]


@dataclass
class World:
    """The hub, and how to add nodes to it."""

    path: Path
    clock: Clock
    card: HubCard
    hub: FastAPI

    def make(self, name: str, country: str = "MD") -> NewNode:
        return init_node(
            self.path / name,
            hub_card=self.card,
            country=country,
            units=["short-term"],
            passphrase=PASSPHRASE,
            now=self.clock() - 60,
            profile="light",
        )

    async def admit(self, introduction: Introduction) -> None:
        settings = load_hub_settings(self.path / "hub")
        await admit_facility(settings, introduction, now=self.clock())

    @contextlib.asynccontextmanager
    async def serve(self, name: str, new: NewNode) -> AsyncIterator[RunningNode]:
        """Start a node; it stops, as in a crash or a restart, when the context ends."""
        way = Way(self.hub)
        settings = load_settings(self.path / name)
        app = create_app(settings, clock=self.clock, sync=False, transport=way)
        token = settings.folder.api_token.read_text().strip()
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app),
                base_url="http://127.0.0.1:8450",
                headers={"authorization": f"Bearer {token}"},
            ) as http,
        ):
            yield RunningNode(self.path / name, new, app, http, way)

    @contextlib.asynccontextmanager
    async def node(self, name: str, country: str = "MD") -> AsyncIterator[RunningNode]:
        """Make, admit, start and unlock a node."""
        new = self.make(name, country)
        await self.admit(new.introduction)
        async with self.serve(name, new) as node:
            await node.unlock()
            yield node


@contextlib.asynccontextmanager
async def world(path: Path) -> AsyncIterator[World]:
    """Run a hub in `path`."""
    clock = Clock()
    card = await make_hub(path / "hub", HUB_URL)
    hub = create_hub(load_hub_settings(path / "hub"), clock=clock)
    async with hub.router.lifespan_context(hub):
        yield World(path, clock, card, hub)


async def trust(one: RunningNode, other: RunningNode, alias: str) -> None:
    """Let `one` pin `other` after its fingerprint was read out."""
    said = await other.get("/v1/fingerprint")
    await one.post(
        "/v1/trust",
        {"alias": alias, "fingerprint": said["fingerprint"], "facility": other.facility},
    )


@dataclass
class Shelters:
    """Alpha, which holds the cases, and Beta, which asks for one."""

    world: World
    alpha: RunningNode
    beta: RunningNode

    async def store(self, body: dict[str, Any] | None = None) -> Any:
        """Store a case at Alpha and push it."""
        author = self.alpha.staff["case-manager"]
        stored = await self.alpha.post("/v1/cases", {"author": author, "case": body or case()})
        await self.alpha.pull()
        return stored

    def section(self, stored: Any, component: str, category: str) -> str:
        """Return the id of one stored section."""
        (found,) = [
            one["section"]
            for record in stored["records"]
            for one in record["sections"]
            if (one["component"], one["category"]) == (component, category)
        ]
        return str(found)

    def request_body(self, **changes: Any) -> dict[str, Any]:
        return {"to": "alpha", "code_number": CODE, "purpose": "COC", "words": "please"} | changes

    async def ask(self, **changes: Any) -> str:
        """Send a request from Beta and let Alpha receive it; return its id."""
        sent = await self.beta.post("/v1/requests", self.request_body(**changes))
        await self.alpha.pull()
        return str(sent["id"])

    def consent_body(self, **changes: Any) -> dict[str, Any]:
        body: dict[str, Any] = {
            "staff": self.alpha.staff["case-manager"],
            "code_number": CODE,
            "recipient": "beta",
            "purpose": "COC",
            "scope": {"all_except": []},
            "valid_until": self.world.clock() + 30 * 86_400,
            "on_revocation": "erase",
            "form": FORM,
        }
        return body | changes

    async def consent(self, **changes: Any) -> str:
        """Record a consent at Alpha; return its id."""
        made = await self.alpha.post("/v1/consents", self.consent_body(**changes))
        return str(made["consent"])

    async def transfer(self, **changes: Any) -> str:
        """Ask, consent, approve, release and open; return the consent's id."""
        request = await self.ask()
        consent = await self.consent(**changes)
        body = {"staff": self.alpha.staff["case-manager"], "consent": consent}
        await self.alpha.post(f"/v1/requests/{request}/approve", body)
        done = await self.beta.pull()
        assert done["troubles"] == [], done
        return consent

    async def settle(self) -> Any:
        """Let both talk to the hub; return what Beta's round did."""
        await self.alpha.pull()
        return await self.beta.pull()

    async def labels_at_beta(self) -> set[tuple[str, str]]:
        """Return component and category of what Beta may show now."""
        sections = (await self.beta.get("/v1/opened"))["sections"]
        return {(one["component"], one["category"]) for one in sections if not one["reasons"]}


@contextlib.asynccontextmanager
async def shelters(path: Path, *, trusting: bool = True) -> AsyncIterator[Shelters]:
    """Run a hub and two unlocked nodes that trust each other; Alpha has a case manager."""
    async with (
        world(path) as place,
        place.node("alpha", "IT") as alpha,
        place.node("beta", "UA") as beta,
    ):
        if trusting:
            await trust(alpha, beta, "beta")
            await trust(beta, alpha, "alpha")
        await alpha.appoint("case-manager")
        yield Shelters(place, alpha, beta)
