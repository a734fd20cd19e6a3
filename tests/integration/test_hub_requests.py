"""Who may speak to the hub, and what it says to bad requests. PROTOCOL sections 8 and 9."""

import hashlib
import json

import httpx
import pytest
from fastapi import APIRouter

from schemas.encoding import b64u
from schemas.wire.hub_api import AuditDetails, RevocationByCodeIn
from schemas.wire.problem import Problem
from services.hub.calls import Signed
from services.hub_client.errors import AnswerError
from services.hub_client.signing import Signing
from services.web.signatures import CLOCK_SKEW, MAX_AGE
from tests.support.facilities import NOW, fixed_id, seed
from tests.support.running_hub import URL, RunningHub, http_seed
from tests.support.story import CODE

JSON = {"content-type": "application/json"}


class Wire:
    """Builds requests by hand, so that they can be wrong."""

    def __init__(self, hub: RunningHub) -> None:
        self.hub = hub
        self.http = httpx.AsyncClient(transport=hub.transport, base_url=URL)

    def signing(self, who: str = "alpha") -> Signing:
        return Signing(http_seed(who), self.hub.hub.signer.public, self.hub.clock)

    def request(
        self, method: str, path: str, body: bytes | None = None, *, who: str = "alpha"
    ) -> httpx.Request:
        request = self.http.build_request(
            method, URL + path, content=body, headers=JSON if body is not None else {}
        )
        digest = None if body is None else hashlib.sha256(body).digest()
        self.signing(who).sign(request, digest)
        return request

    async def send(self, request: httpx.Request) -> httpx.Response:
        return await self.http.send(request)

    async def problem(self, request: httpx.Request) -> Problem:
        response = await self.send(request)
        assert response.headers["content-type"] == "application/problem+json"
        problem = Problem.from_bytes(response.content)
        assert problem.status == response.status_code
        assert problem.type.startswith("urn:safehand:problem:")
        return problem


@pytest.fixture
def wire(hub: RunningHub) -> Wire:
    return Wire(hub)


def slug(problem: Problem) -> tuple[int, str, list[str]]:
    return problem.status, problem.type.rpartition(":")[2], problem.reasons


async def anonymous(hub: RunningHub) -> list[AuditDetails]:
    """Return the entries about callers who proved nothing."""
    await hub.hub.anonymous.write(hub.hub.writer)
    return [one for one in await hub.entries() if one.action == "anonymous.refused"]


async def test_a_good_request_is_answered_with_the_hubs_signature(wire: Wire) -> None:
    request = wire.request("GET", "/v1/consents")
    response = await wire.send(request)
    assert response.status_code == 200
    field = wire.signing().verify(response)
    assert field.startswith("sha-256=:")


async def test_an_answer_to_another_request_is_not_believed(wire: Wire) -> None:
    one, other = wire.request("GET", "/v1/consents"), wire.request("GET", "/v1/consents")
    response = await wire.send(one)
    response.request = other
    with pytest.raises(AnswerError):
        wire.signing().verify(response)


async def test_answers_by_another_key_and_changed_answers_are_not_believed(wire: Wire) -> None:
    response = await wire.send(wire.request("GET", "/v1/consents"))
    with pytest.raises(AnswerError):
        Signing(http_seed("alpha"), bytes(32), wire.hub.clock).verify(response)
    response.status_code = 202
    with pytest.raises(AnswerError):
        wire.signing().verify(response)


async def test_problems_are_signed_too(wire: Wire) -> None:
    response = await wire.send(wire.request("GET", f"/v1/consents/{fixed_id('nothing')}"))
    assert response.status_code == 404
    wire.signing().verify(response)


async def test_a_replayed_request_is_refused_whatever_it_was(wire: Wire) -> None:
    for request in (
        wire.request("GET", "/v1/consents"),
        wire.request("POST", "/v1/sections", b'{"sections":[]}'),
        wire.request("POST", "/v1/sections", b"{"),
        wire.request("GET", f"/v1/consents/{fixed_id('nothing')}"),
    ):
        await wire.send(request)
        assert slug(await wire.problem(request)) == (401, "unauthenticated", ["replayed"])
    assert [(one.actor, one.count) for one in await anonymous(wire.hub)] == [("unknown", 4)]


async def test_a_nonce_survives_a_busy_batch(wire: Wire) -> None:
    import asyncio

    request = wire.request("POST", "/v1/sections", b'{"sections":[]}')
    others = [wire.request("POST", "/v1/sections", b'{"sections":[]}') for _ in range(5)]
    answers = await asyncio.gather(*(wire.send(one) for one in (request, *others, request)))
    assert sorted(one.status_code for one in answers) == [200] * 6 + [401]


@pytest.mark.parametrize("turn", [MAX_AGE + CLOCK_SKEW + 1, -CLOCK_SKEW - 1])
async def test_a_stale_clock_is_refused(wire: Wire, turn: int) -> None:
    request = wire.request("GET", "/v1/consents")
    wire.hub.clock.now += turn
    assert slug(await wire.problem(request)) == (401, "unauthenticated", ["stale"])


async def test_unknown_keys_and_wrong_signatures_are_refused(wire: Wire) -> None:
    stranger = wire.request("GET", "/v1/consents", who="mallory")
    assert slug(await wire.problem(stranger)) == (401, "unauthenticated", ["unknown-key"])
    forged = wire.request("GET", "/v1/consents")
    forged.headers["signature"] = f"caller=:{'A' * 86}==:"
    assert slug(await wire.problem(forged)) == (401, "unauthenticated", ["bad-signature"])
    bare = wire.http.build_request("GET", URL + "/v1/consents")
    assert slug(await wire.problem(bare)) == (401, "unauthenticated", ["unsigned"])
    garbage = wire.request("GET", "/v1/consents")
    garbage.headers["signature-input"] = "caller=((((("
    assert slug(await wire.problem(garbage)) == (401, "unauthenticated", ["bad-signature"])
    found = {one.reasons[0]: one for one in await anonymous(wire.hub)}
    assert set(found) == {"unknown-key", "bad-signature", "unsigned"}
    assert found["bad-signature"].count == 2
    assert {one.actor for one in found.values()} == {"unknown"}


async def test_the_target_is_the_configured_one_never_the_host_header(wire: Wire) -> None:
    elsewhere = wire.http.build_request("GET", "http://other.example/v1/consents")
    wire.signing().sign(elsewhere, None)
    elsewhere.url = httpx.URL(URL + "/v1/consents")
    assert slug(await wire.problem(elsewhere))[2] == ["bad-signature"]
    other_path = wire.request("GET", "/v1/consents")
    other_path.url = httpx.URL(URL + "/v1/revocations")
    assert slug(await wire.problem(other_path))[2] == ["bad-signature"]
    other_query = wire.request("GET", "/v1/messages?after=0")
    other_query.url = httpx.URL(URL + "/v1/messages?after=1")
    assert slug(await wire.problem(other_query))[2] == ["bad-signature"]
    honest = wire.request("GET", "/v1/consents")
    honest.headers["host"] = "other.example"
    assert (await wire.send(honest)).status_code == 200


async def test_a_signature_must_cover_what_matters(wire: Wire) -> None:
    from services.hub_client import signing

    body = b'{"sections":[]}'
    request = wire.http.build_request("POST", URL + "/v1/sections", content=body, headers=JSON)
    wire.signing().sign(request, None)  # neither digest nor content type
    assert slug(await wire.problem(request))[2] == ["malformed-signature"]
    assert signing.WITH_BODY[2:] == ("content-digest", "content-type")


async def test_another_body_than_the_signed_one_is_refused_and_logged(wire: Wire) -> None:
    request = wire.request("POST", "/v1/sections", b'{"sections":[]}')
    other = wire.http.build_request(
        "POST", URL + "/v1/sections", content=b'{"sections": []}', headers=request.headers
    )
    other.headers["content-length"] = "16"
    assert slug(await wire.problem(other)) == (400, "wrong-digest", [])
    assert await wire.hub.actions() == [("request.refused", "deny", ("wrong-digest",))]


@pytest.mark.parametrize(
    ("body", "status", "problem", "path"),
    [
        (b"{", 400, "malformed-json", None),
        (b"\xff\xfe", 400, "malformed-json", None),
        (b"[]", 422, "invalid-body", ""),
        (b'{"sections":[],"name":"Jane"}', 422, "invalid-body", "?"),
        (b'{"sections":[],"sections":[]}', 400, "malformed-json", None),
        (b'{"sections":[{"manifest":1,"ciphertext":false}]}', 422, "invalid-body", None),
        (b'{"heads":[]}', 422, "invalid-body", "sections"),
    ],
)
async def test_bad_bodies_are_named_without_repeating_them(
    wire: Wire, body: bytes, status: int, problem: str, path: str | None
) -> None:
    found = await wire.problem(wire.request("POST", "/v1/sections", body))
    assert slug(found)[:2] == (status, problem)
    assert "Jane" not in found.model_dump_json()
    assert "name" not in {one.path for one in found.fields}
    if path is not None:
        assert path in {one.path for one in found.fields}
    assert await wire.hub.actions() == [("request.refused", "deny", (problem,))]


async def test_an_unknown_suite_is_refused(wire: Wire) -> None:
    from keys.signing import sign_statement
    from schemas.wire.hub_api import SectionIn, SectionsIn
    from tests.support.story import MENTAL

    sealed = wire.hub.story.sealed[MENTAL][0]
    payload = sealed.manifest.payload_bytes().replace(b"safehand/1", b"safehand/2")
    manifest = sign_statement("manifest", payload, wire.hub.story.alpha.identity)
    body = SectionsIn(sections=[SectionIn(manifest=manifest, ciphertext=b64u(sealed.ciphertext))])
    found = await wire.problem(wire.request("POST", "/v1/sections", body.to_bytes()))
    assert slug(found) == (422, "rejected", ["manifest-invalid"])


async def test_too_large_a_body_is_refused_before_it_is_read(wire: Wire) -> None:
    limit = wire.hub.settings.json_bytes
    found = await wire.problem(wire.request("POST", "/v1/consents", b" " * (limit + 1)))
    assert slug(found)[:2] == (413, "too-large")
    unannounced = wire.request("POST", "/v1/consents", b" " * (limit + 1))
    del unannounced.headers["content-length"]
    assert slug(await wire.problem(unannounced))[:2] == (413, "too-large")
    assert await wire.hub.actions() == [("request.refused", "deny", ("too-large",))] * 2


async def test_other_media_types_are_refused(wire: Wire) -> None:
    for headers in (
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ):
        request = wire.http.build_request(
            "POST", URL + "/v1/sections", content=b"{}", headers=headers
        )
        wire.signing().sign(request, hashlib.sha256(b"{}").digest())
        assert slug(await wire.problem(request))[:2] == (415, "media-type")


async def test_paths_and_methods_that_are_not_there(wire: Wire) -> None:
    nowhere = wire.http.build_request("GET", URL + "/v1/nowhere")
    assert slug(await wire.problem(nowhere))[:2] == (404, "not-found")
    wrong = wire.http.build_request("DELETE", URL + "/v1/consents")
    assert slug(await wire.problem(wrong))[:2] == (405, "method-not-allowed")
    docs = wire.http.build_request("GET", URL + "/docs")
    assert (await wire.send(docs)).status_code == 404


async def test_bad_parameters_are_refused_and_logged(wire: Wire) -> None:
    for path in (
        "/v1/consents/short",
        "/v1/messages?after=-1",
        "/v1/messages?after=x",
        "/v1/audit/entries?start=0&count=100000",
        "/v1/audit/consistency?old=1",
    ):
        assert slug(await wire.problem(wire.request("GET", path)))[:2] == (422, "invalid-request")
    assert len(await wire.hub.actions()) == 5


async def test_an_auditor_reads_the_log_and_nothing_else(wire: Wire) -> None:
    for path in ("/v1/consents", "/v1/messages", "/v1/revocations"):
        found = await wire.problem(wire.request("GET", path, who="auditor"))
        assert slug(found)[:2] == (403, "forbidden")
    pushed = await wire.problem(
        wire.request("POST", "/v1/sections", b'{"sections":[]}', who="auditor")
    )
    assert slug(pushed)[:2] == (403, "forbidden")


async def test_an_unexpected_error_says_nothing_and_is_logged(
    wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    router = APIRouter()

    @router.get("/v1/broken")
    async def broken(call: Signed) -> None:
        raise RuntimeError("the name is Jane")

    wire.hub.app.include_router(router)
    with caplog.at_level("INFO"):
        found = await wire.problem(wire.request("GET", "/v1/broken"))
    assert slug(found) == (500, "internal", [])
    assert "Jane" not in found.model_dump_json() + caplog.text
    assert "unexpected RuntimeError" in caplog.text
    assert await wire.hub.actions() == [("request.refused", "deny", ("internal",))]


async def test_the_entry_names_the_request_by_its_signature(wire: Wire) -> None:
    await wire.send(wire.request("POST", "/v1/sections", b"{"))
    (entry,) = [one for one in await wire.hub.entries() if one.action == "request.refused"]
    assert entry.actor == wire.hub.story.alpha.code
    assert entry.request is not None
    assert entry.at == NOW


async def test_metrics_and_health_name_nobody(wire: Wire) -> None:
    await wire.send(wire.request("GET", f"/v1/consents/{fixed_id('nothing')}"))
    metrics = (await wire.http.get(URL + "/metrics")).text
    assert 'route="/v1/consents/{consent}",status="404"' in metrics
    assert fixed_id("nothing") not in metrics
    assert (await wire.http.get(URL + "/healthz")).json() == {"status": "alive"}
    assert (await wire.http.get(URL + "/readyz")).json() == {"status": "ready", "reasons": []}


async def test_the_card_is_open_to_everyone(wire: Wire) -> None:
    answer = await wire.http.get(URL + "/v1/hub")
    assert json.loads(answer.content) == json.loads(wire.hub.card.to_bytes())


@pytest.mark.parametrize("path", ["/v1/hub", "/v1/audit/checkpoint"])
async def test_open_answers_are_tied_only_to_a_signature_that_holds(wire: Wire, path: str) -> None:
    request = wire.request("GET", path)
    wire.signing().verify(await wire.send(request))
    bare = await wire.send(wire.http.build_request("GET", URL + path))
    assert (bare.status_code, "signature" in bare.headers) == (200, False)
    elsewhere = wire.request("GET", "/v1/consents")
    elsewhere.url = request.url
    assert slug(await wire.problem(elsewhere))[2] == ["bad-signature"]
    stranger = wire.request("GET", path, who="mallory")
    assert slug(await wire.problem(stranger))[2] == ["unknown-key"]


async def test_a_code_counts_without_a_signature_that_holds(wire: Wire) -> None:
    await wire.hub.push_all()
    await wire.hub.consent()
    body = RevocationByCodeIn(code=b64u(CODE)).to_bytes()
    request = wire.request("POST", "/v1/revocations/by-code", body, who="mallory")
    answer = await wire.send(request)
    assert answer.status_code == 200
    assert "signature" not in answer.headers


async def test_a_refusal_is_tied_to_what_was_refused(wire: Wire) -> None:
    asked = wire.request("GET", "/v1/consents")
    turned = wire.request("GET", "/v1/consents")
    turned.headers.update(asked.headers)
    turned.url = httpx.URL(URL + "/v1/nowhere")
    answer = await wire.send(turned)
    assert answer.status_code == 404
    wire.signing().verify(answer)
    answer.request = asked
    with pytest.raises(AnswerError):
        wire.signing().verify(answer)


async def test_a_code_is_not_exchanged_under_a_signature(wire: Wire) -> None:
    path = "/v1/revocations/by-code"
    signed = wire.request("POST", path, b'{"code":"' + b64u(bytes(32)).encode() + b'"}')
    other = b'{"code":"' + b64u(bytes([1] * 32)).encode() + b'"}'
    changed = wire.http.build_request("POST", URL + path, content=other, headers=signed.headers)
    assert slug(await wire.problem(changed))[:2] == (400, "wrong-digest")
    assert slug(await wire.problem(signed))[:2] == (404, "not-found")
    assert await wire.hub.actions() == []  # whoever has the code is nobody here


async def test_a_key_certified_a_moment_ago_can_be_used_at_once(wire: Wire) -> None:
    from keys.keycard import make_key_statement
    from keys.request_keys import RequestSigner
    from schemas.wire.hub_api import StatementsIn

    alpha = wire.hub.story.alpha
    fresh = seed("alpha's next http")

    def certify(until: int, issued_at: int) -> StatementsIn:
        statement = make_key_statement(
            facility=alpha.code,
            kind="http",
            public=RequestSigner(fresh).public,
            issued_at=issued_at,
            not_before=NOW - 60,
            not_after=until,
            identity=alpha.identity,
        )
        return StatementsIn(statements=[statement])

    def request() -> httpx.Request:
        made = wire.http.build_request("GET", URL + "/v1/consents")
        Signing(fresh, wire.hub.hub.signer.public, wire.hub.clock).sign(made, None)
        return made

    assert slug(await wire.problem(request()))[2] == ["unknown-key"]
    await wire.hub.alpha.push_statements(certify(NOW + 600, NOW))
    assert (await wire.send(request())).status_code == 200
    await wire.hub.alpha.push_statements(certify(NOW - 1, NOW + 1))  # and ends it early
    assert slug(await wire.problem(request()))[2] == ["unknown-key"]
