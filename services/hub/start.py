"""Starting and stopping a hub: settings and files in, a running `Hub` out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from keys.epoch import EpochKey
from keys.suite import self_test_verifier
from services.hub.anonymous import AnonymousCounts
from services.hub.attachments import prepare_folder
from services.hub.context import Clock, Hub
from services.hub.database.choose import open_database
from services.hub.database.interface import Database
from services.hub.directory import HubDirectory
from services.hub.half_keys import HalfKeys
from services.hub.housekeeping import Housekeeping
from services.hub.integrator import Integrator
from services.hub.key_files import load_keys
from services.hub.migrate import migrate
from services.hub.settings import HubSettings
from services.hub.single import only_process
from services.hub.writer import Writer
from services.web.metrics import Metrics


@asynccontextmanager
async def running_hub(settings: HubSettings, clock: Clock, metrics: Metrics) -> AsyncIterator[Hub]:
    """Run a hub until the context ends.

    Raises StartError, SuiteUnavailableError, SecretFileError, or what the database raises.
    """
    self_test_verifier()
    with only_process(settings.lock_file):
        prepare_folder(settings.attachments_dir)
        await migrate(settings.database_url)
        database = await open_database(settings.database_url)
        try:
            hub = _assemble(settings, clock, metrics, database)
            async with _working(hub):
                yield hub
        finally:
            await database.close()


def _assemble(settings: HubSettings, clock: Clock, metrics: Metrics, database: Database) -> Hub:
    keys = load_keys(settings)
    writer = Writer(database, clock, batch=settings.batch, queue=settings.queue)
    log = Integrator(
        database,
        writer,
        keys.log,
        settings.guard_file,
        every=settings.integrate_every,
        backlog=settings.pending_entries,
    )
    writer.on_entries = log.added
    return Hub(
        settings=settings,
        clock=clock,
        card=keys.card(settings),
        database=database,
        writer=writer,
        log=log,
        directory=HubDirectory(database, clock, ttl=settings.directory_ttl),
        signer=keys.signer,
        http_seed=keys.http_seed,
        half_keys=HalfKeys(EpochKey.load(settings.epoch_file), writer, database),
        anonymous=AnonymousCounts(),
        metrics=metrics,
    )


@asynccontextmanager
async def _working(hub: Hub) -> AsyncIterator[None]:
    housekeeping = Housekeeping(hub)
    hub.writer.start()
    try:
        await hub.log.start()
        await housekeeping.start()
        yield
        await housekeeping.stop()
    finally:
        await hub.log.stop()
        await hub.writer.stop()
