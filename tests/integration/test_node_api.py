"""The gate of the local API, and bad input: problems with field paths, nothing half-stored."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from services.node.description import node_description
from tests.support.node_cases import CODE, NAME, case, health, identity
from tests.support.node_world import RunningNode, Shelters, shelters, world

DESCRIPTION = Path(__file__).parents[2] / "openapi" / "node.json"


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningNode]:
    """A node that keeps no case: tests that share it send what it must not store."""
    path = tmp_path_factory.mktemp("node")
    async with world(path) as place, place.node("alpha") as one:
        await one.appoint("case-manager")
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def unconsenting(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shelters]:
    """Two nodes and a case for which no consent is ever recorded."""
    async with shelters(tmp_path_factory.mktemp("unconsenting")) as both:
        await both.store()
        yield both


@pytest_asyncio.fixture(loop_scope="module")
async def two(tmp_path: Path) -> AsyncIterator[Shelters]:
    async with shelters(tmp_path) as both:
        await both.store()
        yield both


async def test_description_is_the_committed_one() -> None:
    assert DESCRIPTION.read_text() == node_description(), "run `make openapi`"


async def test_every_route_but_health_needs_the_token(node: RunningNode) -> None:
    paths = json.loads(node_description())["paths"]
    assert len(paths) > 30
    for template, operations in paths.items():
        path = template.format_map(_Anything())
        for method in operations:
            for token in ("", "Bearer wrong", "Basic eDp5"):
                headers = {"authorization": token}
                answer = await node.http.request(method.upper(), path, headers=headers)
                if path in ("/healthz", "/readyz", "/metrics"):
                    assert answer.status_code == 200
                else:
                    assert answer.status_code == 401, (method, path)
                    assert answer.headers["www-authenticate"] == "Bearer"


class _Anything(dict[str, str]):
    def __missing__(self, _key: str) -> str:
        return "Patient"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8450", 200),
        ("localhost", 200),
        ("[::1]:8450", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example:8450", 421),
        ("[", 421),
        ("", 421),
    ],
)
async def test_host_header_must_be_loopback(node: RunningNode, host: str, status: int) -> None:
    for path in ("/v1/status", "/healthz", "/fhir/metadata"):
        answer = await node.http.get(path, headers={"host": host})
        assert answer.status_code == status, path


async def test_configured_host_is_accepted(tmp_path: Path) -> None:
    async with world(tmp_path) as place:
        new = place.make("alpha")
        (tmp_path / "alpha" / "node.toml").write_text('allowed_hosts = ["node.internal"]\n')
        async with place.serve("alpha", new) as node:
            answer = await node.http.get("/v1/status", headers={"host": "node.internal"})
            assert answer.status_code == 200


def _staff(node: RunningNode) -> str:
    return node.staff["case-manager"]


def _cases() -> list[tuple[str, Any, int, str]]:
    unknown = case()
    unknown["components"]["identity"]["nickname"] = NAME
    wrong_type = case(health={"complaints": [{"text": 5}]})
    dangling = case()
    del dangling["attachments"]
    reading = case()
    reading["attachments"][0].pop("base64")
    reading["attachments"][0]["file"] = "/etc/passwd"
    not_base64 = case()
    not_base64["attachments"][0]["base64"] = "%%%"
    return [
        ("unknown field", unknown, 422, "identity"),
        ("wrong type", wrong_type, 422, "complaints.0.text"),
        ("attachment that is not there", dangling, 422, "case"),
        ("file on the node's machine", reading, 422, "attachments"),
        ("not base64", not_base64, 422, "base64"),
        ("no components", {"format": "safehand-case/1", "code_number": CODE}, 422, "components"),
        ("bad code number", case("a b"), 422, "code_number"),
        ("unknown format", case() | {"format": "other"}, 422, "format"),
    ]


@pytest.mark.parametrize(
    ("body", "status", "path"),
    [one[1:] for one in _cases()],
    ids=[one[0] for one in _cases()],
)
async def test_bad_cases_are_named_and_not_stored(
    node: RunningNode, body: Any, status: int, path: str
) -> None:
    answer = await node.refused("POST", "/v1/cases", json={"author": _staff(node), "case": body})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert any(path in field["path"] for field in problem["fields"]), problem
    assert NAME not in answer.text
    assert (await node.get("/v1/records"))["cases"] == []
    assert (await node.get("/v1/status"))["outbox"]["waiting"] <= 1


async def test_one_bad_component_stores_none_of_the_case(node: RunningNode) -> None:
    mixed = case(identity=identity(), health=health() | {"problems": [{"code": {}}]})
    await node.refused("POST", "/v1/cases", json={"author": _staff(node), "case": mixed})
    assert (await node.get("/v1/records"))["cases"] == []
    assert list((node.path / "attachments").iterdir()) == []


async def test_unknown_author_is_named(node: RunningNode) -> None:
    body = {"author": "A" * 21 + "A", "case": case()}
    answer = await node.refused("POST", "/v1/cases", json=body)
    assert answer.json()["fields"] == [{"path": "staff", "problem": "no such staff member"}]


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"\xff\xfe", {}, 400),
        (b"[]", {}, 422),
        (b"{}", {}, 422),
        (b'{"passphrase": 5}', {}, 422),
        (b'{"passphrase": "x", "more": 1}', {}, 422),
        (b"{}", {"content-type": "text/plain"}, 415),
        (b"{}", {"content-encoding": "gzip"}, 415),
        (b'"' + b"x" * 2**20 + b'"', {}, 413),
    ],
)
async def test_malformed_bodies(
    node: RunningNode, content: bytes, headers: dict[str, str], status: int
) -> None:
    given = {"content-type": "application/json"} | headers
    answer = await node.refused("POST", "/v1/unlock", content=content, headers=given)
    assert answer.status_code == status
    assert json.loads(answer.content)["status"] == status


def _consents() -> list[tuple[dict[str, Any], str]]:
    return [
        ({"valid_until": 5}, "valid_until"),
        ({"valid_until": 2**39}, "valid_until"),
        ({"valid_from": 2**39}, "valid_until"),
        ({"erase_at": 5}, "erase_at"),
        ({"code_number": "NO-SUCH-1"}, "code_number"),
        ({"scope": {"only": []}}, "scope"),
        ({"scope": {}}, "scope"),
        ({"scope": {"only": [{}]}}, "scope"),
        ({"scope": {"only": [{"category": "everything"}]}}, "scope"),
        ({"form": {}}, "consent"),
        ({"form": {"permitted": []}}, "form.permitted"),
        ({"purpose": "MARKETING"}, "purpose"),
        ({"max_releases": 0}, "max_releases"),
        ({"on_revocation": "keep"}, "on_revocation"),
        ({"staff": "A" * 21 + "A"}, "staff"),
    ]


@pytest.mark.parametrize(("changes", "path"), _consents(), ids=[str(one) for one in _consents()])
async def test_bad_consents_are_named_and_not_recorded(
    unconsenting: Shelters, changes: dict[str, Any], path: str
) -> None:
    alpha, body = unconsenting.alpha, unconsenting.consent_body(**changes)
    answer = await alpha.refused("POST", "/v1/consents", json=body)
    assert answer.status_code == 422, answer.text
    assert any(path in field["path"] for field in answer.json()["fields"]), answer.text
    assert (await alpha.get("/v1/consents"))["consents"] == []


async def test_wrong_fingerprint_is_not_trusted(two: Shelters) -> None:
    async with two.world.node("gamma") as gamma:
        said = (await two.beta.get("/v1/fingerprint"))["fingerprint"]
        body = {"alias": "gamma", "fingerprint": said, "facility": gamma.facility}
        answer = await two.alpha.refused("POST", "/v1/trust", json=body)
        assert (answer.status_code, answer.json()["fields"][0]["path"]) == (422, "fingerprint")
        body["fingerprint"] = "not a fingerprint"
        answer = await two.alpha.refused("POST", "/v1/trust", json=body)
        assert answer.status_code == 422
        assert len((await two.alpha.get("/v1/trust"))["partners"]) == 1


async def test_own_facility_is_not_a_partner(two: Shelters) -> None:
    said = (await two.alpha.get("/v1/fingerprint"))["fingerprint"]
    body = {"alias": "me", "fingerprint": said, "facility": two.alpha.facility}
    answer = await two.alpha.refused("POST", "/v1/trust", json=body)
    assert answer.status_code == 422


async def test_safety_numbers_are_the_same_on_both_sides(two: Shelters) -> None:
    (one,) = (await two.alpha.get("/v1/trust"))["partners"]
    (other,) = (await two.beta.get("/v1/trust"))["partners"]
    assert one["safety_number"] == other["safety_number"]


async def test_distrusted_partner_is_closed_at_once(two: Shelters) -> None:
    await two.transfer()
    assert len(await two.labels_at_beta()) == 6
    answer = await two.beta.http.delete(f"/v1/trust/{two.alpha.facility}")
    assert answer.json() == {"partners": []}
    assert await two.labels_at_beta() == set()
    assert (await two.beta.refused("DELETE", f"/v1/trust/{two.alpha.facility}")).status_code == 404


async def test_staff_whose_time_is_over_signs_nothing(two: Shelters) -> None:
    body = {"role": "case-manager", "name": "X", "until": two.world.clock() + 60}
    staff = (await two.alpha.post("/v1/staff", body))["staff"]
    two.world.clock.now += 61
    answer = await two.alpha.refused("POST", "/v1/consents", json=two.consent_body(staff=staff))
    assert answer.json()["fields"][0]["path"] == "staff"
    past = body | {"until": two.world.clock() - 1}
    assert (await two.alpha.refused("POST", "/v1/staff", json=past)).status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "/v1/sections/AAAAAAAAAAAAAAAAAAAAAA",
        "/v1/records/AAAAAAAAAAAAAAAAAAAAAA",
        "/v1/releases/AAAAAAAAAAAAAAAAAAAAAA",
    ],
)
async def test_what_is_not_there_is_404(node: RunningNode, path: str) -> None:
    assert (await node.refused("GET", path)).status_code == 404


@pytest.mark.parametrize(
    "path", ["/v1/sections/short", "/v1/records?code_number=a%20b", "/v1/audit?start=-1"]
)
async def test_malformed_paths_and_queries_are_422(node: RunningNode, path: str) -> None:
    answer = await node.refused("GET", path)
    assert answer.status_code == 422
    assert answer.json()["fields"]


async def test_nothing_sensitive_is_logged(two: Shelters, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        await two.store(case(health=health("a new complaint")))
        await two.transfer()
        await two.beta.refused("GET", "/v1/sections/AAAAAAAAAAAAAAAAAAAAAA")
        await two.beta.refused("POST", "/v1/unlock", json={"passphrase": "wrong but long enough"})
        await two.alpha.refused("POST", "/v1/cases", json={"author": "x", "case": {"a": NAME}})
    for part in (NAME, "a new complaint", "wrong but long enough"):
        assert part not in caplog.text
