"""The node's application: parts made at start, closed at the end; routes, gate, errors.

No module-level state: two nodes in one process do not know of each other. PROTOCOL section 12.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import httpx
from fastapi import Depends, FastAPI
from starlette.exceptions import HTTPException

from keys.directory import verify_introduction
from keys.keyring import open_service_keyring
from keys.secret_files import read_secret
from keys.suite_opening import self_test
from schemas.wire.hub_api import Introduction
from services.hub_client.client import open_hub_client
from services.node.attachment_files import sweep
from services.node.audit import NodeLog
from services.node.backup import remove_leftovers
from services.node.folder import NodeFolder
from services.node.init import read_hub_card
from services.node.keyholder import Keyholder, ServiceKeys
from services.node.local import NoStore, require_host
from services.node.node import Clock, Node
from services.node.problems import TABLE, answer_error
from services.node.revocations import clean_up, erase_again
from services.node.routes import audit, consents, fhir, keys, people, records, releases, requests
from services.node.settings import NodeSettings
from services.node.store.database import Database, open_engine
from services.node.store.migrate import migrate
from services.node.sync import Sync
from services.web.application import new_application
from services.web.metrics import Metrics, health_routes
from services.web.shield import Shield


def wall_clock() -> int:
    """Return seconds since the Unix epoch."""
    return int(time.time())


def create_app(
    settings: NodeSettings,
    *,
    clock: Clock = wall_clock,
    sync: bool = True,
    transport: httpx.AsyncBaseTransport | None = None,
) -> FastAPI:
    """Return the node's application. Nothing is opened before it starts.

    `sync`: whether the loop runs by itself; without it, rounds are only run by `POST /v1/pull`.
    `transport`: another way to the hub, for tests.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_node(settings, clock, transport) as node:
            app.state.node, app.state.sync = node, Sync(node)
            app.state.token = read_secret(settings.folder.api_token).strip()
            async with _running(app.state.sync, sync):
                yield

    app = bare_app(Metrics("node"))
    app.router.lifespan_context = lifespan
    return app


def bare_app(metrics: Metrics) -> FastAPI:
    """Return the application without a node behind it: enough to describe it."""
    app = new_application("Safehand node")
    health = health_routes(metrics, lambda: _not_ready(app))
    app.include_router(health, dependencies=[Depends(require_host)])
    for routes in (keys, people, records, consents, requests, releases, audit, fhir):
        app.include_router(routes.router)
    for error in (*TABLE.errors, HTTPException):
        app.add_exception_handler(error, answer_error)
    app.add_middleware(NoStore)
    app.add_middleware(Shield, answer=answer_error, count=metrics.count)
    return app


def _not_ready(app: FastAPI) -> list[str]:
    """Return what keeps the node from its work. Being locked does not, nor a hub that is away."""
    sync: Sync = app.state.sync
    return ["hub-log-forked"] if sync.hub.trouble == "hub-log-forked" else []


@contextlib.asynccontextmanager
async def _running(sync: Sync, wanted: bool) -> AsyncIterator[None]:
    if not wanted:
        yield
        return
    task = asyncio.create_task(sync.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@contextlib.asynccontextmanager
async def open_node(
    settings: NodeSettings, clock: Clock, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[Node]:
    """Open a node, locked; close it at the end. Raises FolderError, KeyringError."""
    self_test()
    folder = settings.folder
    folder.require()
    introduction = Introduction.from_bytes(folder.introduction.read_bytes())
    own = verify_introduction(introduction, now=clock())
    keyring = open_service_keyring(folder.service_keyring, folder.service_credential)
    service = ServiceKeys(keyring, own.card.facility)
    card = read_hub_card(folder)
    async with (
        _open_store(folder) as db,
        open_hub_client(
            card, service.http_seed, clock, ca_file=settings.hub_ca, transport=transport
        ) as hub,
    ):
        node = Node(
            settings=settings,
            facility=own.card.facility,
            fingerprint=own.fingerprint,
            hub_card=card,
            clock=clock,
            db=db,
            keys=Keyholder(folder, service),
            log=NodeLog(service.log),
            hub=hub,
        )
        # A crash between an erasure's commit and the removal of its files is made good here.
        await erase_again(node)
        await clean_up(node)
        await sweep(folder, db)
        remove_leftovers(folder)
        try:
            yield node
        finally:
            await node.stop()


@contextlib.asynccontextmanager
async def _open_store(folder: NodeFolder) -> AsyncIterator[Database]:
    """Open the store for this process alone, at its newest revision."""
    with folder.held():
        engine = open_engine(folder.database)
        db = Database(engine)
        try:
            await migrate(engine)
            yield db
        finally:
            await db.close()
