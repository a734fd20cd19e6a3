"""A guard file that can't be written: nothing is shown that it does not cover, and it heals."""

import asyncio

from schemas.wire.hub_api import ReleaseOut, ReleasePending
from services.hub.guard import read_guard
from tests.support.running_hub import RunningHub
from tests.support.story import ask


async def test_what_the_guard_does_not_cover_waits_for_it_and_for_nothing_else(
    hub: RunningHub,
) -> None:
    consent = await hub.ready_consent()
    await hub.integrated()
    before = await hub.signed_checkpoint()
    in_the_way = hub.settings.guard_file.with_suffix(".new")
    in_the_way.mkdir()
    asked = await hub.beta.ask_release(ask(consent))
    assert isinstance(asked, ReleasePending)
    assert (await hub.signed_checkpoint()).size == before.size
    in_the_way.rmdir()
    # Nobody does anything else: no further entry makes the integrator look again.
    answer = await released(hub, asked.id)
    assert answer.evidence.index >= before.size
    assert read_guard(hub.settings.guard_file).size == (await hub.signed_checkpoint()).size


async def released(hub: RunningHub, release: str) -> ReleaseOut:
    for _ in range(100):
        answer = await hub.beta.release(release)
        if isinstance(answer, ReleaseOut):
            return answer
        await asyncio.sleep(0.05)
    raise AssertionError("the release stays pending")
