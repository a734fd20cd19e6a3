"""Consents that end: revoked from either side, by code, by time; blocked or erased. PROTOCOL 6."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.node import opening, releases
from services.node.node import Node
from services.node.store import consents
from services.node.store.database import Database
from services.node.sync import receive_patiently
from tests.support.node_cases import COMPLAINT, NAME, case, health
from tests.support.node_world import Shelters, shelters

DAY = 86_400


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Shelters]:
    async with shelters(tmp_path) as both:
        await both.store()
        yield both


async def _revoke(two: Shelters, consent: str) -> None:
    body = {"staff": two.alpha.staff["case-manager"], "reason": "withdrawn"}
    done = await two.alpha.post(f"/v1/consents/{consent}/revoke", body)
    assert done["delivery"] == "delivered"


async def _state_at_beta(two: Shelters) -> str:
    (consent,) = (await two.beta.get("/v1/consents"))["consents"]
    return str(consent["state"])


async def test_block_closes_what_was_received(two: Shelters) -> None:
    consent = await two.transfer(on_revocation="block")
    (section, *_) = (await two.beta.get("/v1/opened"))["sections"]
    await _revoke(two, consent)
    done = await two.beta.pull()
    assert (done["revocations"], done["troubles"]) == (1, [])
    assert await two.labels_at_beta() == set()
    answer = await two.beta.refused("GET", f"/v1/sections/{section['section']}")
    assert (answer.status_code, answer.json()["reasons"]) == (403, ["revoked"])
    assert await _state_at_beta(two) == "revoked"


async def test_erase_leaves_nothing_on_disk(two: Shelters) -> None:
    consent = await two.transfer(on_revocation="erase")
    received = two.beta.path / "received"
    assert [path for path in received.rglob("*") if path.is_file()]
    half_keys = _half_keys(two.beta.path)
    assert half_keys
    assert any(key in _store_bytes(two.beta.path) for key in half_keys)
    await _revoke(two, consent)
    await two.beta.pull()
    assert (await two.beta.get("/v1/opened"))["sections"] == []
    assert [path for path in received.rglob("*") if path.is_file()] == []
    left = _store_bytes(two.beta.path)
    assert not [key for key in half_keys if key in left]
    assert await _state_at_beta(two) == "erased"
    (kept,) = (await two.beta.get("/v1/releases"))["releases"]
    assert kept["state"] == "erased"


def _half_keys(path: Path) -> list[bytes]:
    """Return the half-keys in a store, as they stand in the bytes of releases."""
    return re.findall(rb'"half_key":"([A-Za-z0-9_-]{43})"', _store_bytes(path))


def _store_bytes(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(path.glob("node.db*")))


async def test_revoked_consent_releases_nothing_more(two: Shelters) -> None:
    consent = await two.transfer()
    await _revoke(two, consent)
    body = {"consent": consent, "purpose": "COC"}
    answer = await two.beta.refused("POST", "/v1/releases", json=body)
    assert (answer.status_code, "revoked" in answer.json()["reasons"]) == (403, True)


async def test_recipient_may_revoke_as_well(two: Shelters) -> None:
    consent = await two.transfer()
    staff = await two.beta.appoint("case-manager")
    await two.beta.post(f"/v1/consents/{consent}/revoke", {"staff": staff, "reason": "safety"})
    assert (await two.beta.get("/v1/opened"))["sections"] == []
    await two.alpha.pull()
    (seen,) = (await two.alpha.get("/v1/consents"))["consents"]
    assert seen["state"] == "revoked"


async def test_the_person_revokes_by_code_at_any_facility(two: Shelters) -> None:
    request = await two.ask()
    made = await two.alpha.post("/v1/consents", two.consent_body())
    body = {"staff": two.alpha.staff["case-manager"], "consent": made["consent"]}
    await two.alpha.post(f"/v1/requests/{request}/approve", body)
    await two.beta.pull()
    typed = made["revocation_code"].lower().replace("-", " ")
    assert (await two.beta.post("/v1/revocations", {"code": typed}))["delivery"] == "delivered"
    await two.settle()
    assert await _state_at_beta(two) == "erased"
    (seen,) = (await two.alpha.get("/v1/consents"))["consents"]
    assert seen["state"] == "revoked"


async def test_wrong_codes_are_told_apart_from_no_codes(two: Shelters) -> None:
    answer = await two.beta.refused("POST", "/v1/revocations", json={"code": "not a code"})
    assert (answer.status_code, answer.json()["type"].split(":")[-1]) == (
        422,
        "not-a-revocation-code",
    )
    unknown = {"code": "0000-0000-0000-0000-00"}
    answer = await two.beta.refused("POST", "/v1/revocations", json=unknown)
    assert answer.status_code == 404


async def test_locked_node_takes_revocations_and_erases(two: Shelters) -> None:
    consent = await two.transfer(on_revocation="erase")
    await two.beta.post("/v1/lock")
    await _revoke(two, consent)
    done = await two.beta.pull()
    assert (done["revocations"], done["waiting"], done["troubles"]) == (1, 0, [])
    assert [path for path in (two.beta.path / "received").rglob("*") if path.is_file()] == []
    assert await _state_at_beta(two) == "erased"
    receipts = [path for _, path in two.beta.way.requests if path == "/v1/revocations/receipts"]
    assert len(receipts) == 1


async def test_expired_consent_equals_none(two: Shelters) -> None:
    await two.transfer(valid_until=two.world.clock() + DAY)
    assert len(await two.labels_at_beta()) == 6
    two.world.clock.now += DAY
    assert await two.labels_at_beta() == set()
    (section, *_) = (await two.beta.get("/v1/opened"))["sections"]
    assert section["reasons"] == ["expired"]
    answer = await two.beta.refused("GET", f"/v1/records/{section['record']}")
    assert answer.status_code == 403
    for part in (COMPLAINT, NAME):
        assert part not in answer.text


async def test_agreed_erasure_comes_by_itself(two: Shelters) -> None:
    await two.transfer(erase_at=two.world.clock() + DAY, on_revocation="block")
    two.world.clock.now += DAY + 1
    await two.beta.pull()
    assert (await two.beta.get("/v1/opened"))["sections"] == []
    assert await _state_at_beta(two) == "erased"


async def test_first_opening_needs_a_fresh_revocation_list(two: Shelters) -> None:
    request, consent = await two.ask(), await two.consent()
    body = {"staff": two.alpha.staff["case-manager"], "consent": consent}
    await two.alpha.post(f"/v1/requests/{request}/approve", body)
    two.beta.way.closed.add("/v1/releases")
    await two.beta.pull()
    await two.beta.post("/v1/lock")
    two.beta.way.closed.clear()
    assert (await two.beta.pull())["received"] == 1
    two.beta.way.is_cut = True
    two.world.clock.now += 2 * DAY
    await two.beta.unlock()
    done = await two.beta.pull()
    assert done["opened"] == 0
    assert await two.labels_at_beta() == set()
    two.beta.way.is_cut = False
    assert (await two.beta.pull())["opened"] == 1
    assert len(await two.labels_at_beta()) == 6


async def test_a_revocation_stands_though_the_hub_is_away(two: Shelters) -> None:
    consent = await two.transfer()
    two.alpha.way.is_cut = True
    body = {"staff": two.alpha.staff["case-manager"], "reason": "safety"}
    done = await two.alpha.post(f"/v1/consents/{consent}/revoke", body)
    assert done["delivery"] == "queued"
    again = await two.alpha.refused("POST", f"/v1/consents/{consent}/revoke", json=body)
    assert again.status_code == 409
    two.alpha.way.is_cut = False
    await two.settle()
    assert await _state_at_beta(two) == "erased"


async def test_a_revocation_that_the_hub_refused_may_be_repeated(two: Shelters) -> None:
    consent = await two.transfer(valid_until=two.world.clock() + 60 * DAY)
    two.alpha.way.is_cut = True
    body = {"staff": two.alpha.staff["case-manager"], "reason": "withdrawn"}
    path = f"/v1/consents/{consent}/revoke"
    assert (await two.alpha.post(path, body))["delivery"] == "queued"
    two.world.clock.now += 31 * DAY
    two.alpha.way.is_cut = False
    await two.settle()
    (refused,) = (await two.alpha.get("/v1/outbox"))["refused"]
    assert (refused["kind"], refused["reasons"]) == ("revocation", ["too-old"])
    assert (await two.alpha.post(path, body))["delivery"] == "delivered"
    assert (await two.alpha.refused("POST", path, json=body)).status_code == 409
    await two.beta.pull()
    assert await _state_at_beta(two) == "erased"


async def _revoke_at_beta(two: Shelters, consent: str) -> None:
    body = {"staff": two.beta.staff["case-manager"], "reason": "withdrawn"}
    await two.beta.post(f"/v1/consents/{consent}/revoke", body)


@pytest.mark.parametrize("closed", [set(), {"/v1/revocations"}], ids=["hub-knows", "queued"])
async def test_erasure_while_an_answer_is_on_its_way_leaves_nothing(
    two: Shelters, closed: set[str]
) -> None:
    consent = await two.transfer(on_revocation="erase")
    await two.beta.appoint("case-manager")
    two.beta.way.closed |= closed
    two.beta.way.meanwhile["/v1/releases"] = lambda: _revoke_at_beta(two, consent)
    await two.beta.post("/v1/releases", {"consent": consent, "purpose": "COC"})
    states = [one["state"] for one in (await two.beta.get("/v1/releases"))["releases"]]
    assert states == ["erased", "erased"]
    assert [path for path in (two.beta.path / "received").rglob("*") if path.is_file()] == []
    assert _half_keys(two.beta.path) == []


async def _received_again(two: Shelters, consent: str) -> tuple[Node, str]:
    """Let Beta receive a second release, not opened yet."""
    node: Node = two.beta.app.state.node
    async with node.db.write() as session:
        release = releases.want(session, node, consent, "COC")
    assert await receive_patiently(node, release) == "received"
    return node, release


class _Interrupted:
    """A node's store in which something happens just before the next write."""

    def __init__(self, db: Database, event: Callable[[], Awaitable[object]]) -> None:
        self._event, self.read, self._db = event, db.read, db
        self.truncate_log = db.truncate_log
        self._is_over = False

    @contextlib.asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        if not self._is_over:
            self._is_over = True
            await self._event()
        async with self._db.write() as session:
            yield session


@pytest.mark.parametrize(("on_revocation", "left"), [("erase", "erased"), ("block", "unopenable")])
async def test_revocation_while_a_release_is_opened_counts(
    two: Shelters, on_revocation: str, left: str
) -> None:
    consent = await two.transfer(on_revocation=on_revocation)
    await two.beta.appoint("case-manager")
    node, release = await _received_again(two, consent)
    db = cast("Database", _Interrupted(node.db, lambda: _revoke_at_beta(two, consent)))
    assert await opening.open_received(replace(node, db=db), release) == left
    assert await two.labels_at_beta() == set()
    shown = await two.beta.get(f"/v1/releases/{release}")
    assert (shown["state"], shown["opened"]) == (left, 0)


async def test_own_revocation_closes_what_waits_to_be_opened(two: Shelters) -> None:
    consent = await two.transfer(on_revocation="block")
    await two.beta.appoint("case-manager")
    node, release = await _received_again(two, consent)
    two.beta.way.is_cut = True
    await _revoke_at_beta(two, consent)
    assert await opening.open_received(node, release) == "unopenable"


async def test_what_an_erased_consent_left_is_erased_at_start(tmp_path: Path) -> None:
    async with shelters(tmp_path) as both:
        await both.store()
        consent = await both.transfer(on_revocation="block")
        node: Node = both.beta.app.state.node
        async with node.db.write() as session:
            row = await consents.get_consent(session, consent)
            assert row is not None
            row.erased_at = node.now()
    async with both.world.serve("beta", both.beta.new) as beta:
        (kept,) = (await beta.get("/v1/releases"))["releases"]
        assert (kept["state"], kept["opened"]) == ("erased", 0)
        assert _half_keys(beta.path) == []
    assert [path for path in (tmp_path / "beta/received").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("status", [413, 500])
async def test_revocations_overtake_uploads_that_get_no_usable_answer(
    two: Shelters, status: int
) -> None:
    consent = await two.transfer(on_revocation="erase")
    two.alpha.way.troubled = {"/v1/attachments/": status, "/v1/sections": status}
    await two.store(case(health=health("since last week")))
    assert (await two.alpha.get("/v1/status"))["outbox"]["waiting"] > 0
    await _revoke(two, consent)
    assert (await two.beta.pull())["revocations"] == 1


async def test_revocations_overtake_one_that_gets_no_usable_answer(two: Shelters) -> None:
    consent = await two.transfer(on_revocation="erase")
    two.alpha.way.troubled = {"/v1/revocations/by-code": 500}
    code = {"code": "0000-0000-0000-0000-00"}
    assert (await two.alpha.post("/v1/revocations", code))["delivery"] == "queued"
    await _revoke(two, consent)
    assert (await two.alpha.get("/v1/status"))["outbox"]["waiting"] == 1


async def test_a_consent_that_is_not_told_yet_is_told_before_its_revocation(two: Shelters) -> None:
    two.alpha.way.is_cut = True
    consent = await two.consent()
    body = {"staff": two.alpha.staff["case-manager"], "reason": "withdrawn"}
    await two.alpha.post(f"/v1/consents/{consent}/revoke", body)
    two.alpha.way.is_cut = False
    assert (await two.alpha.pull())["waiting"] == 0
    assert (await two.alpha.get("/v1/outbox"))["refused"] == []


async def test_revocations_are_taken_in_while_an_upload_lasts(two: Shelters) -> None:
    consent = await two.transfer(on_revocation="erase")
    end = two.beta.way.stalled["/v1/attachments/"] = asyncio.Event()
    author = await two.beta.appoint("case-manager")
    await two.beta.post("/v1/cases", {"author": author, "case": case()})
    pulling = asyncio.create_task(two.beta.pull())
    async with asyncio.timeout(30):
        await two.beta.way.stalling.wait()
    await _revoke(two, consent)
    for _ in range(600):
        if await _state_at_beta(two) == "erased":
            break
        await asyncio.sleep(0.05)
    assert await _state_at_beta(two) == "erased"
    assert not pulling.done()
    end.set()
    assert (await pulling)["waiting"] == 0
