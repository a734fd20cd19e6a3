"""The main job between two nodes and a hub, over their HTTP interfaces. PROTOCOL sections 4 to 7."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from schemas.case_file import load_sample_case
from tests.support.node_world import RunningNode, World, trust, world

FORM = {
    "use": "care-transfer",
    "given_by": "person",
    "form": "written",
    "explained": ["purpose", "withdrawal", "recipient"],
    "explained_by": "CW-07",
    "language": "uk",
    "understood": True,
}


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[tuple[World, RunningNode, RunningNode]]:
    async with world(tmp_path) as place, contextlib.AsyncExitStack() as stack:
        alpha = await stack.enter_async_context(place.node("alpha", "IT"))
        beta = await stack.enter_async_context(place.node("beta", "UA"))
        await trust(alpha, beta, "beta")
        await trust(beta, alpha, "alpha")
        await alpha.appoint("case-manager")
        yield place, alpha, beta


async def test_main_job(pair: tuple[World, RunningNode, RunningNode]) -> None:
    place, alpha, beta = pair
    case = load_sample_case()
    stored = await alpha.post(
        "/v1/cases",
        {
            "author": alpha.staff["case-manager"],
            "case": case.model_dump(mode="json", by_alias=True, exclude_none=True),
        },
    )
    print(stored)
    print(await alpha.pull())
    print(await alpha.get("/v1/status"))
    asked = await beta.post(
        "/v1/requests",
        {"to": "alpha", "code_number": case.code_number, "purpose": "COC", "words": "She is here."},
    )
    assert asked["delivery"] == "delivered"
    await alpha.pull()
    (request,) = (await alpha.get("/v1/requests"))["requests"]
    assert request["code_number"] == case.code_number
    consent = await alpha.post(
        "/v1/consents",
        {
            "staff": alpha.staff["case-manager"],
            "code_number": case.code_number,
            "recipient": "beta",
            "purpose": "COC",
            "scope": {"all_except": [{"category": "location"}]},
            "valid_until": place.clock() + 86_400,
            "on_revocation": "erase",
            "form": FORM,
        },
    )
    assert consent["delivery"] == "delivered"
    approved = await alpha.post(
        f"/v1/requests/{request['request']}/approve",
        {"staff": alpha.staff["case-manager"], "consent": consent["consent"]},
    )
    print(approved)
    print(await beta.pull())
    print(await beta.get("/v1/releases"))
    opened = await beta.get("/v1/opened")
    print(opened)
