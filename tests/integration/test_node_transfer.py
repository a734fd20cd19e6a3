"""The main job between two nodes and a hub, over their HTTP faces. PROTOCOL sections 4 to 7."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from keys.signing import key_id
from schemas.encoding import unb64u
from schemas.wire.hub_api import ReleaseIn, ReleaseOut
from schemas.wire.statement import StaffStatement
from services.hub_client.client import HubClient
from services.hub_client.errors import OversizeError
from services.node import releases
from services.node.node import Node
from services.node.store.releases import body_of
from tests.support.node_cases import CODE, COMPLAINT, case, health, identity
from tests.support.node_world import Shelters, shelters, trust


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Shelters]:
    async with shelters(tmp_path) as both:
        yield both


async def test_exactly_the_consented_sections_are_released_and_opened(two: Shelters) -> None:
    await two.store()
    await two.transfer(scope={"only": [{"component": "health", "category": "general"}]})
    (opened,) = (await two.beta.get("/v1/opened"))["sections"]
    assert (opened["component"], opened["category"]) == ("health", "general")
    assert (opened["owner"], opened["code_number"]) == (two.alpha.facility, CODE)
    assert opened["reasons"] == []
    shown = await two.beta.get(f"/v1/sections/{opened['section']}")
    assert COMPLAINT in str(shown["bundle"])
    assert shown["author"] == two.alpha.staff["case-manager"]


async def test_all_except_leaves_out_what_is_named(two: Shelters) -> None:
    await two.store()
    left_out = [{"category": "infectious"}, {"component": "identity"}]
    await two.transfer(scope={"all_except": left_out})
    assert await two.labels_at_beta() == {
        ("health", "general"),
        ("health", "mental-health"),
        ("health", "legal-liaison"),
    }


async def test_request_travels_sealed_and_is_answered(two: Shelters) -> None:
    await two.store()
    sent = await two.ask(words="She is with us now.")
    (seen,) = (await two.alpha.get("/v1/requests"))["requests"]
    assert (seen["request"], seen["direction"], seen["alias"]) == (sent, "incoming", "beta")
    assert (seen["code_number"], seen["words"]) == (CODE, "She is with us now.")
    body = {"staff": two.alpha.staff["case-manager"], "words": "No consent was given."}
    await two.alpha.post(f"/v1/requests/{sent}/refuse", body)
    await two.beta.pull()
    (own,) = (await two.beta.get("/v1/requests"))["requests"]
    assert (own["state"], own["answer"]["words"]) == ("declined", "No consent was given.")
    again = await two.alpha.refused("POST", f"/v1/requests/{sent}/refuse", json=body)
    assert again.status_code == 409
    assert (await two.beta.get("/v1/releases"))["releases"] == []


async def test_release_without_consent_is_refused_and_told(two: Shelters) -> None:
    await two.store()
    body = {"consent": "A" * 21 + "A", "purpose": "COC"}
    answer = await two.beta.refused("POST", "/v1/releases", json=body)
    assert answer.status_code == 404
    (row,) = (await two.beta.get("/v1/releases"))["releases"]
    assert (row["state"], row["status"]) == ("refused", 404)


async def test_section_outside_the_consent_asked_for_by_id_is_refused(two: Shelters) -> None:
    stored = await two.store()
    consent = await two.transfer(scope={"only": [{"category": "general"}]})
    outside = two.section(stored, "health", "infectious")
    body = {"consent": consent, "purpose": "COC", "sections": [outside]}
    answer = await two.beta.refused("POST", "/v1/releases", json=body)
    assert answer.status_code in (403, 404)
    assert len((await two.beta.get("/v1/opened"))["sections"]) == 1


async def test_wrong_purpose_is_refused(two: Shelters) -> None:
    await two.store()
    consent = await two.transfer()
    body = {"consent": consent, "purpose": "PUBHLTH"}
    answer = await two.beta.refused("POST", "/v1/releases", json=body)
    assert answer.status_code == 403
    assert "wrong-purpose" in answer.json()["reasons"]


async def test_third_facility_gets_nothing(two: Shelters) -> None:
    await two.store()
    consent = await two.transfer()
    async with two.world.node("gamma") as gamma:
        await trust(gamma, two.alpha, "alpha")
        body = {"consent": consent, "purpose": "COC"}
        answer = await gamma.refused("POST", "/v1/releases", json=body)
        assert answer.status_code == 404
        assert (await gamma.get("/v1/opened"))["sections"] == []


async def test_later_sections_follow_under_a_standing_consent(two: Shelters) -> None:
    await two.store()
    await two.transfer(scope={"only": [{"component": "health", "category": "general"}]})
    changed = case(health=health("sleeps better"))
    await two.store(changed)
    await two.settle()
    (opened,) = (await two.beta.get("/v1/opened"))["sections"]
    assert opened["version"] == 2
    shown = await two.beta.get(f"/v1/sections/{opened['section']}")
    assert "sleeps better" in str(shown["bundle"])


async def test_changes_outside_the_scope_are_not_announced(two: Shelters) -> None:
    await two.store()
    await two.transfer(scope={"only": [{"component": "health"}]})
    changed = identity() | {"whereabouts": {"phones": ["+373 22 555 099"]}}
    await two.store(case(identity=changed))
    done = await two.settle()
    assert done["messages"] == 0
    assert len((await two.beta.get("/v1/releases"))["releases"]) == 1


async def test_unchanged_sections_are_not_sealed_again(two: Shelters) -> None:
    await two.store()
    again = await two.store()
    states = {one["state"] for record in again["records"] for one in record["sections"]}
    assert states == {"unchanged"}
    third = await two.store(case(health=health("sleeps better")))
    states = {
        one["category"]: one["state"] for record in third["records"] for one in record["sections"]
    }
    assert states.pop("general") == "changed"
    assert set(states.values()) == {"unchanged"}


async def test_section_that_is_gone_leaves_the_head(two: Shelters) -> None:
    await two.store()
    consent = await two.transfer()
    without = {name: value for name, value in health().items() if name != "screenings"}
    await two.store(case(health=without))
    await two.alpha.pull()
    assert ("health", "infectious") in await two.labels_at_beta()
    done = await two.beta.post("/v1/releases", {"consent": consent, "purpose": "COC"})
    assert (done["state"], done["findings"]) == ("opened", [])
    assert ("health", "infectious") not in await two.labels_at_beta()


async def test_consent_for_another_case_or_asker_approves_nothing(two: Shelters) -> None:
    await two.store()
    await two.store(case("ZZ-99-99", health={"complaints": [{"text": "other"}]}))
    request = await two.ask()
    other = await two.consent(code_number="ZZ-99-99")
    staff = two.alpha.staff["case-manager"]
    body = {"staff": staff, "consent": other}
    answer = await two.alpha.refused("POST", f"/v1/requests/{request}/approve", json=body)
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["path"] == "consent"
    wrong = await two.consent(purpose="TREAT")
    body = {"staff": staff, "consent": wrong}
    answer = await two.alpha.refused("POST", f"/v1/requests/{request}/approve", json=body)
    assert answer.status_code == 422


async def test_only_a_case_manager_consents_and_approves(two: Shelters) -> None:
    await two.store()
    nurse = await two.alpha.appoint("nurse")
    answer = await two.alpha.refused("POST", "/v1/consents", json=two.consent_body(staff=nurse))
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["path"] == "staff"
    request, consent = await two.ask(), await two.consent()
    body = {"staff": nurse, "consent": consent}
    answer = await two.alpha.refused("POST", f"/v1/requests/{request}/approve", json=body)
    assert answer.status_code == 422


async def test_who_answered_trusted_and_appointed_stands_in_the_log(two: Shelters) -> None:
    await two.store()
    refused, approved, consent = await two.ask(), await two.ask(), await two.consent()
    by = two.alpha.staff["case-manager"]
    no = {"staff": by, "words": "not ours"}
    await two.alpha.post(f"/v1/requests/{refused}/refuse", no)
    yes = {"staff": by, "consent": consent}
    await two.alpha.post(f"/v1/requests/{approved}/approve", yes)
    await two.alpha.http.delete(f"/v1/trust/{two.beta.facility}")
    found = (await two.alpha.get("/v1/audit", count=1000))["entries"]
    seen = [one["details"] for one in found if one["details"]["action"] != "node.unlock"]
    assert [one["action"] for one in seen] == [
        "node.trust",
        "node.staff",
        "node.refuse",
        "node.approve",
        "node.distrust",
    ]
    assert {one["counterpart"] for one in seen if one["action"] != "node.staff"} == {
        two.beta.facility
    }
    (signer,) = await _staff_keys(two)
    assert [one["staff"] for one in seen] == [None, None, signer, signer, None]
    assert [one["consent"] for one in seen] == [None, None, None, consent, None]
    assert [len(one["objects"]) for one in seen] == [1, 1, 1, 1, 0]


async def _staff_keys(two: Shelters) -> list[str]:
    """Return the key ids of Alpha's staff, as its introduction tells them."""
    statements = (await two.alpha.get("/v1/introduction"))["statements"]
    staff = [
        StaffStatement.from_bytes(unb64u(one["payload"]))
        for one in statements
        if one["type"] == "staff-statement"
    ]
    return [key_id(unb64u(one.ed25519)) for one in staff]


async def test_refusal_beats_the_consent(two: Shelters) -> None:
    await two.store()
    body = {
        "staff": two.alpha.staff["case-manager"],
        "code_number": CODE,
        "recipient": "beta",
        "scope": {"only": [{"category": "mental-health"}]},
    }
    refused = await two.alpha.post("/v1/refusals", body)
    assert refused["delivery"] == "delivered"
    await two.transfer()
    labels = await two.labels_at_beta()
    assert ("health", "general") in labels
    assert ("health", "mental-health") not in labels


async def test_nothing_is_granted_to_or_taken_from_an_untrusted_facility(tmp_path: Path) -> None:
    async with shelters(tmp_path, trusting=False) as two:
        answer = await two.beta.refused("POST", "/v1/requests", json=two.request_body())
        assert (answer.status_code, answer.json()["type"].split(":")[-1]) == (409, "not-trusted")
        await trust(two.beta, two.alpha, "alpha")
        await two.ask()
        (seen,) = (await two.alpha.get("/v1/requests"))["requests"]
        assert (seen["readable"], seen["code_number"], seen["words"]) == (False, None, None)


async def test_receipt_reaches_the_hub(two: Shelters) -> None:
    await two.store()
    await two.transfer()
    await two.beta.pull()
    paths = [path for method, path in two.beta.way.requests if path.endswith("/receipt")]
    assert len(paths) == 1
    assert (await two.beta.get("/v1/outbox")) == {"waiting": 0, "refused": []}


class _OtherAnswer:
    """A hub that gives the answer to another question, and nothing else."""

    def __init__(self, answer: ReleaseOut) -> None:
        self._answer = answer

    async def ask_release(self, _question: ReleaseIn) -> ReleaseOut:
        return self._answer


async def test_answer_to_another_question_is_refused_before_anything_is_fetched(
    two: Shelters,
) -> None:
    await two.store()
    consent = await two.transfer()
    (first,) = (await two.beta.get("/v1/releases"))["releases"]
    node: Node = two.beta.app.state.node
    async with node.db.write() as session:
        answer = ReleaseOut.from_bytes(await body_of(session, first["release"]) or b"")
        release = releases.want(session, node, consent, "COC")
    lying = replace(node, hub=cast("HubClient", _OtherAnswer(answer)))
    assert await releases.receive(lying, release) == "unopenable"
    shown = await two.beta.get(f"/v1/releases/{release}")
    assert [one["reason"] for one in shown["findings"]] == ["not-what-was-asked"]


async def test_no_more_is_fetched_than_was_announced(two: Shelters, tmp_path: Path) -> None:
    await two.store()
    await two.transfer()
    (release,) = (await two.beta.get("/v1/releases"))["releases"]
    (section, *_) = (await two.beta.get("/v1/opened"))["sections"]
    node: Node = two.beta.app.state.node
    into = tmp_path / "fetched"
    with pytest.raises(OversizeError):
        await node.hub.fetch_section(release["release"], section["section"], into, most=100)
    assert not into.exists()
