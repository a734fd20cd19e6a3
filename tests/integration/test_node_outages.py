"""What a node keeps through outages, lost answers, restarts and locking. PROTOCOL section 11."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from exchange.audit import checkpoint
from services.hub.key_files import load_keys
from services.hub.settings import load_settings
from services.node.errors import FolderError
from services.node.node import Node
from services.node.store import consents
from services.node.store.state import HUB_CHECKPOINT, put_value
from tests.support.node_cases import CODE, case, health
from tests.support.node_world import RunningNode, Shelters, shelters, trust, world


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Shelters]:
    async with shelters(tmp_path) as both:
        yield both


async def _waiting(node: RunningNode) -> int:
    return int((await node.get("/v1/status"))["outbox"]["waiting"])


async def test_stored_cases_survive_a_hub_outage_and_a_restart_locked(tmp_path: Path) -> None:
    async with world(tmp_path) as place:
        new = place.make("alpha")
        await place.admit(new.introduction)
        async with place.serve("alpha", new) as node:
            await node.unlock()
            author = await node.appoint("nurse")
            node.way.is_cut = True
            await node.post("/v1/cases", {"author": author, "case": case()})
            done = await node.pull()
            assert done["troubles"] == ["hub-unavailable"] * len(done["troubles"])
            assert done["waiting"] >= 4
        async with place.serve("alpha", new) as node:
            status = await node.get("/v1/status")
            assert status["locked"]
            assert status["outbox"]["waiting"] >= 4
            assert (await node.pull())["waiting"] == 0
            assert (await node.get("/v1/outbox"))["refused"] == []
            await node.unlock()
            assert len((await node.get("/v1/records"))["cases"]) == 1


async def test_lost_answers_are_repeated_without_harm(two: Shelters) -> None:
    two.alpha.way.lose_answers = 3
    await two.store()
    for _ in range(4):
        await two.alpha.pull()
    assert await _waiting(two.alpha) == 0
    assert (await two.alpha.get("/v1/outbox"))["refused"] == []
    two.beta.way.lose_answers = 1
    asked = await two.beta.post("/v1/requests", two.request_body())
    assert asked["delivery"] == "queued"
    await two.settle()
    assert len((await two.alpha.get("/v1/requests"))["requests"]) == 1


async def test_release_whose_answer_is_lost_is_the_same_release(two: Shelters) -> None:
    await two.store()
    request, consent = await two.ask(), await two.consent(max_releases=1)
    body = {"staff": two.alpha.staff["case-manager"], "consent": consent}
    await two.alpha.post(f"/v1/requests/{request}/approve", body)
    two.beta.way.lose_answers = 1
    await two.beta.pull()
    assert await two.labels_at_beta() == set()
    await two.beta.pull()
    assert len(await two.labels_at_beta()) == 6
    used_up = await two.beta.refused(
        "POST", "/v1/releases", json={"consent": consent, "purpose": "COC"}
    )
    assert "releases-exhausted" in used_up.json()["reasons"]


async def test_consent_given_while_the_hub_is_away_is_queued(two: Shelters) -> None:
    await two.store()
    request = await two.ask()
    two.alpha.way.is_cut = True
    made = await two.alpha.post("/v1/consents", two.consent_body())
    assert made["delivery"] == "queued"
    (seen,) = (await two.alpha.get("/v1/consents"))["consents"]
    assert seen["state"] == "waiting"
    body = {"staff": two.alpha.staff["case-manager"], "consent": made["consent"]}
    approved = await two.alpha.post(f"/v1/requests/{request}/approve", body)
    assert approved == {"granted": 6, "delivery": "queued"}
    two.alpha.way.is_cut = False
    await two.settle()
    assert len(await two.labels_at_beta()) == 6


async def test_half_keys_do_not_stay_with_the_owner(two: Shelters) -> None:
    await two.store()
    await two.transfer()
    released = _store(two.beta).split(b'"half_key":"')[1:]
    half_keys = [part[:43] for part in released]
    assert half_keys
    assert not [key for key in half_keys if key in _store(two.alpha)]


def _store(node: RunningNode) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(node.path.glob("node.db*")))


async def test_locked_node_pushes_and_pulls_but_reads_nothing(two: Shelters) -> None:
    await two.store()
    two.alpha.way.is_cut = True
    author = two.alpha.staff["case-manager"]
    await two.alpha.post("/v1/cases", {"author": author, "case": case(health=health("new"))})
    await two.alpha.post("/v1/lock")
    two.alpha.way.is_cut = False
    sent = await two.beta.post("/v1/requests", two.request_body())
    done = await two.alpha.pull()
    assert (done["waiting"], done["messages"], done["troubles"]) == (0, 1, [])
    for method, path in (
        ("GET", "/v1/records"),
        ("GET", "/v1/requests"),
        ("GET", f"/v1/records?code_number={CODE}"),
        ("GET", "/v1/opened"),
        ("GET", "/v1/staff"),
        ("GET", "/v1/trust"),
        ("GET", f"/fhir/Patient?identifier={CODE}"),
        ("GET", "/fhir/Bundle/00000000-0000-0000-0000-000000000000"),
    ):
        answer = await two.alpha.refused(method, path)
        assert answer.status_code == 423, path
    await two.alpha.unlock()
    (seen,) = (await two.alpha.get("/v1/requests"))["requests"]
    assert (seen["request"], seen["readable"]) == (sent["id"], True)


async def test_node_that_is_not_admitted_yet_keeps_everything(tmp_path: Path) -> None:
    async with world(tmp_path) as place:
        new = place.make("alpha")
        async with place.serve("alpha", new) as node:
            await node.unlock()
            author = await node.appoint("nurse")
            await node.post("/v1/cases", {"author": author, "case": case()})
            done = await node.pull()
            assert (done["waiting"] >= 4, "unauthenticated" in done["troubles"]) == (True, True)
            await place.admit(new.introduction)
            assert (await node.pull())["waiting"] == 0


async def test_what_the_hub_refuses_for_good_is_shown_and_out_of_the_way(two: Shelters) -> None:
    await two.store()
    consent = await two.transfer()
    staff = two.alpha.staff["case-manager"]
    # The person takes the consent back elsewhere; Alpha does not know yet and seals more.
    beta_staff = await two.beta.appoint("case-manager")
    await two.beta.post(
        f"/v1/consents/{consent}/revoke", {"staff": beta_staff, "reason": "withdrawn"}
    )
    await two.alpha.post("/v1/cases", {"author": staff, "case": case(health=health("new"))})
    await two.alpha.pull()
    outbox = await two.alpha.get("/v1/outbox")
    assert outbox["waiting"] == 0
    (refused,) = outbox["refused"]
    assert (refused["kind"], refused["status"], refused["reasons"]) == ("grants", 409, ["revoked"])


async def test_a_fork_of_the_hubs_log_stops_first_openings(two: Shelters) -> None:
    await two.store()
    consent = await two.transfer()
    await _was_shown_another_history(two)
    done = await two.beta.pull()
    assert "hub-log-forked" in done["troubles"]
    status = await two.beta.get("/v1/status")
    assert status["hub"]["trouble"] == "hub-log-forked"
    body = {"consent": consent, "purpose": "COC"}
    done = await two.beta.post("/v1/releases", body)
    assert (done["state"], done["findings"][0]["reason"]) == ("unopenable", "log-forked")


async def _was_shown_another_history(two: Shelters) -> None:
    """Let Beta have accepted a checkpoint, signed by the hub's log keys, of another tree."""
    signer = load_keys(load_settings(two.world.path / "hub")).log
    text = checkpoint.make(signer.name, 3, bytes(32), signer)
    node = two.beta.app.state.node
    async with node.db.write() as session:
        await put_value(session, HUB_CHECKPOINT, text.encode(), node.now())


async def test_what_was_sealed_to_a_replaced_kem_key_is_sealed_again(two: Shelters) -> None:
    await two.store()
    await two.transfer(valid_until=two.world.clock() + 300 * 86_400)
    two.world.clock.now += 61 * 86_400
    await two.beta.unlock()  # renews its KEM key
    await two.beta.pull()
    author = two.alpha.staff["case-manager"]
    await two.alpha.post("/v1/cases", {"author": author, "case": case(health=health("later"))})
    two.alpha.way.requests.clear()
    await two.alpha.pull()
    # Refused once each, and sealed anew.
    assert two.alpha.way.requests.count(("POST", "/v1/grants")) == 2
    assert two.alpha.way.requests.count(("POST", "/v1/messages")) == 2
    assert await two.alpha.get("/v1/outbox") == {"waiting": 0, "refused": []}
    await two.beta.pull()
    shown = await two.beta.http.get("/fhir/Bundle", params={"identifier": CODE})
    assert "later" in shown.text


async def test_several_versions_of_a_record_go_in_one_push(two: Shelters) -> None:
    author = two.alpha.staff["case-manager"]
    for words in ("one", "two", "three"):
        await two.alpha.post("/v1/cases", {"author": author, "case": case(health=health(words))})
    two.alpha.way.requests.clear()
    await two.alpha.pull()
    pushes = [path for method, path in two.alpha.way.requests if path == "/v1/sections"]
    assert len(pushes) == 1
    assert await two.alpha.get("/v1/outbox") == {"waiting": 0, "refused": []}


async def test_one_process_per_folder(two: Shelters) -> None:
    with pytest.raises(FolderError):
        async with two.world.serve("alpha", two.alpha.new):
            pass


async def test_lost_attachment_file_holds_nothing_else_up(two: Shelters) -> None:
    author = two.alpha.staff["case-manager"]
    await two.alpha.post("/v1/cases", {"author": author, "case": case()})
    for file in (two.alpha.path / "attachments").iterdir():
        file.unlink()
    await two.alpha.pull()
    outbox = await two.alpha.get("/v1/outbox")
    assert outbox["waiting"] == 0
    assert ("attachment", "file-missing") in [
        (one["kind"], one["slug"]) for one in outbox["refused"]
    ]


async def test_trusting_twice_or_under_a_taken_alias_is_refused(two: Shelters) -> None:
    said = await two.alpha.get("/v1/fingerprint")
    body = {"alias": "again", "fingerprint": said["fingerprint"], "facility": two.alpha.facility}
    assert (await two.beta.refused("POST", "/v1/trust", json=body)).status_code == 409
    async with two.world.node("gamma") as gamma:
        said = await gamma.get("/v1/fingerprint")
        body = {"alias": "alpha", "fingerprint": said["fingerprint"], "facility": gamma.facility}
        assert (await two.beta.refused("POST", "/v1/trust", json=body)).status_code == 409
        await trust(two.beta, gamma, "gamma")


async def test_a_pin_taken_back_while_the_hub_answers_stays_away(two: Shelters) -> None:
    path = f"/v1/directory/{two.alpha.facility}"
    away = f"/v1/trust/{two.alpha.facility}"
    two.beta.way.meanwhile[path] = lambda: two.beta.http.delete(away)
    two.world.clock.now += 3_601
    assert (await two.beta.pull())["troubles"] == []
    assert not two.beta.way.meanwhile
    assert (await two.beta.get("/v1/trust"))["partners"] == []


async def test_repair_does_not_undo_a_revocation(two: Shelters) -> None:
    await two.store()
    consent = await two.transfer()
    node: Node = two.alpha.app.state.node
    async with node.db.write() as session:
        row = await consents.get_consent(session, consent)
        assert row is not None
        row.head_of = None
    body = {"staff": two.alpha.staff["case-manager"], "reason": "withdrawn"}
    revoking = f"/v1/consents/{consent}/revoke"
    path = f"/v1/directory/{two.beta.facility}"
    two.alpha.way.meanwhile[path] = lambda: two.alpha.post(revoking, body)
    await two.alpha.pull()
    assert not two.alpha.way.meanwhile
    (seen,) = (await two.alpha.get("/v1/consents"))["consents"]
    assert seen["state"] == "revoked"
    assert (await two.alpha.get("/v1/outbox"))["refused"] == []
