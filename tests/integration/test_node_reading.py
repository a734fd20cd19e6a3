"""What local systems read: records, sections, attachments, FHIR, the node's log. PROTOCOL 12."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from exchange.audit import checkpoint, tree
from exchange.audit.checkpoint import HubLogKeys
from exchange.audit.entry import open_entry
from schemas.encoding import unb64u
from services.node.store import log
from tests.support.node_cases import ATTACHMENT, CODE, COMPLAINT, NAME, case, health, identity
from tests.support.node_world import RunningNode, Shelters, shelters

SYSTEM = "urn:safehand:fhir:code-number"


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Shelters]:
    async with shelters(tmp_path) as both:
        await both.store()
        yield both


async def _record(node: RunningNode, component: str) -> str:
    (found,) = (await node.get("/v1/records", code_number=CODE))["cases"]
    return next(one["record"] for one in found["records"] if one["component"] == component)


def _without_defaults(content: Any) -> Any:
    """Return JSON without empty lists and false, which a component fills in by itself."""
    if isinstance(content, dict):
        pruned = {name: _without_defaults(value) for name, value in content.items()}
        return {name: value for name, value in pruned.items() if value not in ([], False)}
    return [_without_defaults(part) for part in content] if isinstance(content, list) else content


async def test_own_record_reads_back_without_loss(two: Shelters) -> None:
    shown = await two.alpha.get(f"/v1/records/{await _record(two.alpha, 'identity')}")
    assert (shown["own"], shown["withheld"]) == (True, [])
    assert _without_defaults(shown["content"]) == identity()


async def test_received_record_holds_the_released_sections_only(two: Shelters) -> None:
    await two.transfer(scope={"only": [{"component": "health", "category": "general"}]})
    (opened,) = (await two.beta.get("/v1/opened", code_number=CODE))["sections"]
    shown = await two.beta.get(f"/v1/records/{opened['record']}")
    assert (shown["own"], shown["owner"]) == (False, two.alpha.facility)
    assert _without_defaults(shown["content"]) == {"complaints": health()["complaints"]}
    assert (await two.beta.get("/v1/opened", code_number="OTHER-1"))["sections"] == []


async def test_component_by_component_is_the_same_record(two: Shelters) -> None:
    body = {
        "author": two.alpha.staff["case-manager"],
        "code_number": CODE,
        "component": "identity",
        "record": identity() | {"whereabouts": {"phones": ["+373 22 555 077"]}},
    }
    stored = await two.alpha.post("/v1/records", body)
    (record,) = stored["records"]
    assert record["record"] == await _record(two.alpha, "identity")
    assert record["version"] == 2
    states = {one["category"]: one["state"] for one in record["sections"]}
    assert states == {"identity": "unchanged", "location": "changed"}


async def test_attachment_travels_and_reads_back_whole(two: Shelters) -> None:
    await two.transfer()
    for node in (two.alpha, two.beta):
        section = await _section(node, "legal-liaison")
        shown = await node.get(f"/v1/sections/{section}")
        (described,) = shown["attachments"]
        assert (described["title"], described["size"]) == ("summons-1.pdf", len(ATTACHMENT))
        path = f"/v1/sections/{section}/attachments/{described['digest']}"
        answer = await node.http.get(path)
        assert answer.content == ATTACHMENT
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"] == "attachment"


async def _section(node: RunningNode, category: str) -> str:
    opened = (await node.get("/v1/opened"))["sections"]
    own = [
        one
        for found in (await node.get("/v1/records"))["cases"]
        for record in found["records"]
        for one in record["sections"]
    ]
    return next(one["section"] for one in [*own, *opened] if one["category"] == category)


async def test_damaged_attachment_shows_nothing_of_itself(two: Shelters) -> None:
    section = await _section(two.alpha, "legal-liaison")
    (described,) = (await two.alpha.get(f"/v1/sections/{section}"))["attachments"]
    file = two.alpha.path / "attachments" / described["digest"]
    damaged = bytearray(file.read_bytes())
    damaged[-1] ^= 1
    file.write_bytes(damaged)
    path = f"/v1/sections/{section}/attachments/{described['digest']}"
    answer = await two.alpha.refused("GET", path)
    assert answer.json()["type"].endswith("unopenable")
    assert ATTACHMENT[:64] not in answer.content


async def test_same_attachment_is_uploaded_once(two: Shelters) -> None:
    await two.store(case(health=health("another complaint")))
    uploads = [path for method, path in two.alpha.way.requests if method == "PUT"]
    assert len(uploads) == 1


async def _fhir(node: RunningNode, path: str, **query: str) -> Any:
    answer = await node.http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    return answer.json()


async def test_fhir_searches_by_code_number_and_reads_by_id(two: Shelters) -> None:
    await two.transfer(scope={"all_except": [{"category": "location"}]})
    for token in (CODE, f"{SYSTEM}|{CODE}"):
        found = await _fhir(two.beta, "/fhir/Patient", identifier=token)
        assert (found["type"], found["total"]) == ("searchset", 1)
        (patient,) = [entry["resource"] for entry in found["entry"]]
        assert NAME in str(patient)
        assert await _fhir(two.beta, f"/fhir/Patient/{patient['id']}") == patient
    bundles = await _fhir(two.beta, "/fhir/Bundle", identifier=CODE)
    assert bundles["total"] == 5
    one = bundles["entry"][0]["resource"]
    assert await _fhir(two.beta, f"/fhir/Bundle/{one['id']}") == one
    compositions = await _fhir(two.beta, "/fhir/Composition", identifier=CODE)
    assert compositions["total"] == 5


async def test_fhir_search_may_be_posted(two: Shelters) -> None:
    answer = await two.alpha.http.post("/fhir/Bundle/_search", data={"identifier": CODE})
    assert answer.json()["total"] == 6


async def test_a_posted_search_of_too_many_fields_is_refused(two: Shelters) -> None:
    fields = {f"field{number}": "x" for number in range(9)}
    answer = await two.alpha.http.post("/fhir/Bundle/_search", data=fields)
    assert answer.status_code == 422
    assert answer.json()["resourceType"] == "OperationOutcome"


async def test_a_search_for_two_code_numbers_is_refused(two: Shelters) -> None:
    query = [("identifier", CODE), ("identifier", CODE)]
    assert (await two.alpha.http.get("/fhir/Bundle", params=query)).status_code == 422


async def test_fhir_never_shows_what_is_outside_the_consent(two: Shelters) -> None:
    await two.transfer(scope={"only": [{"component": "health", "category": "general"}]})
    inside = await _fhir(two.beta, "/fhir/Bundle", identifier=CODE)
    assert COMPLAINT in str(inside)
    patients = await _fhir(two.beta, "/fhir/Patient", identifier=CODE)
    assert (patients["total"], patients["entry"]) == (0, [])
    for resource in ("Bundle", "Composition", "Patient"):
        theirs = await _fhir(two.alpha, f"/fhir/{resource}", identifier=CODE)
        ours = await _fhir(two.beta, f"/fhir/{resource}", identifier=CODE)
        shown = {entry["resource"]["id"] for entry in ours["entry"]}
        for entry in theirs["entry"]:
            identity_of = entry["resource"]["id"]
            if identity_of not in shown:
                answer = await two.beta.refused("GET", f"/fhir/{resource}/{identity_of}")
                assert answer.status_code == 404


async def test_fhir_errors_are_operation_outcomes(two: Shelters) -> None:
    for path in (
        "/fhir/Patient/no-such-id",
        "/fhir/Patient?identifier=other|AB-12",
        "/fhir/Patient?identifier=!",
        "/fhir/Patient?identifier=AB-12&_count=1",
        "/fhir/Patient",
        "/fhir/Observation/1",
        "/fhir/nothing/here/at-all",
    ):
        answer = await two.alpha.refused("GET", path)
        assert answer.headers["content-type"] == "application/fhir+json", path
        assert answer.json()["resourceType"] == "OperationOutcome", path
    metadata = await _fhir(two.alpha, "/fhir/metadata")
    assert (metadata["resourceType"], metadata["fhirVersion"]) == ("CapabilityStatement", "4.0.1")


async def test_each_view_is_in_the_nodes_own_log_and_the_log_verifies(two: Shelters) -> None:
    consent = await two.transfer()
    before = (await two.beta.get("/v1/audit"))["size"]
    section = await _section(two.beta, "general")
    await two.beta.get(f"/v1/sections/{section}")
    found = await two.beta.get("/v1/audit", count=1000)
    assert found["size"] == before + 1
    last = found["entries"][-1]["details"]
    assert (last["action"], last["outcome"]) == ("node.open", "permit")
    assert (last["counterpart"], last["consent"]) == (two.alpha.facility, consent)
    _verify(found)


async def test_views_that_are_refused_are_logged_too(two: Shelters) -> None:
    consent = await two.transfer(on_revocation="block")
    section = await _section(two.beta, "general")
    staff = two.alpha.staff["case-manager"]
    await two.alpha.post(f"/v1/consents/{consent}/revoke", {"staff": staff, "reason": "withdrawn"})
    await two.beta.pull()
    await two.beta.refused("GET", f"/v1/sections/{section}")
    found = await two.beta.get("/v1/audit", count=1000)
    last = found["entries"][-1]["details"]
    assert (last["outcome"], last["reasons"]) == ("deny", ["revoked"])
    _verify(found)


async def test_unlocking_and_locking_are_logged(two: Shelters) -> None:
    wrong = await two.beta.refused("POST", "/v1/unlock", json={"passphrase": "not this one at all"})
    assert (wrong.status_code, wrong.json()["type"].split(":")[-1]) == (403, "not-unlocked")
    await two.beta.post("/v1/lock")
    await two.beta.unlock()
    entries = (await two.beta.get("/v1/audit", count=1000))["entries"]
    seen = [(one["details"]["action"], one["details"]["outcome"]) for one in entries]
    assert seen[-3:] == [
        ("node.unlock", "deny"),
        ("node.lock", "done"),
        ("node.unlock", "done"),
    ]


def _verify(found: Any) -> None:
    """Check a node's log from nothing: every leaf, the root, the signatures."""
    origin = found["checkpoint"].split("\n")[0]
    keys = HubLogKeys(origin, found["log_ed25519"], found["log_ml_dsa_44"])
    said = checkpoint.verify(found["checkpoint"], keys)
    leaves = [unb64u(one["leaf"]) for one in found["entries"]]
    assert said.size == len(leaves)
    assert said.root == _root([tree.leaf_hash(leaf) for leaf in leaves])
    assert [one["index"] for one in found["entries"]] == list(range(len(leaves)))


def _root(hashes: list[bytes]) -> bytes:
    """Return the RFC 6962 root, straight from its definition."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return tree.node_hash(_root(hashes[:split]), _root(hashes[split:]))


async def test_log_leaves_commit_to_their_details(two: Shelters) -> None:
    node = two.alpha.app.state.node
    async with node.db.read() as session:
        rows = await log.list_entries(session, start=0, most=1000)
    assert rows
    for row in rows:
        assert open_entry(row.leaf, row.salt, row.details).actor == two.alpha.facility
