"""The demonstration, run from the wheel in another folder; its JSON is held against the world."""

import json
import signal
import socket
import sqlite3
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from schemas.samples.picture import noise_png
from tests.e2e.conftest import Installed

KEYS = [
    "hub",
    "facilities",
    "sealed_sections",
    "consented_sections",
    "released_sections",
    "opened_sections",
    "withheld_sections",
    "refused",
    "audit",
    "opened_bundles",
    "seconds",
]

FOREIGN: dict[str, Any] = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {
            "fullUrl": "urn:uuid:6f3c8a52-1c1e-4a39-9d0a-0e6b5e4c7a10",
            "resource": {
                "resourceType": "Patient",
                "id": "6f3c8a52-1c1e-4a39-9d0a-0e6b5e4c7a10",
                "name": [{"family": "Muster", "given": ["Mara"]}],
                "gender": "female",
                "birthDate": "1999-04-02",
            },
        },
        {
            "fullUrl": "urn:uuid:a5b0a1f4-6a44-4d0f-8a2f-6a1c7b7f2f11",
            "resource": {
                "resourceType": "AllergyIntolerance",
                "id": "a5b0a1f4-6a44-4d0f-8a2f-6a1c7b7f2f11",
                "patient": {"reference": "urn:uuid:6f3c8a52-1c1e-4a39-9d0a-0e6b5e4c7a10"},
                "code": {"text": "Penicillin"},
            },
        },
    ],
}
"""A bundle of somebody else's making."""


def ports_of(result: dict[str, Any]) -> list[int]:
    places = [result["hub"], *result["facilities"].values()]
    return [urlsplit(place["url"]).port or 0 for place in places]


def listens(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "state"


@pytest.fixture(scope="module")
def result(installed: Installed, folder: Path) -> dict[str, Any]:
    done = installed.run("demo", "--exit", "--json", "--data", folder, timeout=240)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def test_the_json_has_its_stable_keys(result: dict[str, Any]) -> None:
    assert list(result) == KEYS
    assert list(result["audit"]) == ["size", "root", "checkpoint", "verified", "tampering_detected"]
    for attempt in result["refused"]:
        assert list(attempt) == ["attempt", "status", "reason"]


def test_exactly_what_was_consented_is_released_and_opened(result: dict[str, Any]) -> None:
    assert 0 < result["consented_sections"] < result["sealed_sections"]
    assert result["released_sections"] == result["consented_sections"]
    assert result["opened_sections"] == result["consented_sections"]
    assert result["withheld_sections"] == result["sealed_sections"] - result["opened_sections"]
    assert len(result["opened_bundles"]) == result["opened_sections"]


def test_the_hub_holds_as_many_sections_as_were_sealed(result: dict[str, Any]) -> None:
    with sqlite3.connect(f"file:{result['hub']['database']}?mode=ro", uri=True) as database:
        (count,) = database.execute("select count(*) from sections").fetchone()
    assert count == result["sealed_sections"]


def test_the_opened_bundles_are_fhir_and_name_only_the_case(
    installed: Installed, result: dict[str, Any]
) -> None:
    code_number = json.loads(installed.done("demo", "--print-case"))["code_number"]
    for path in result["opened_bundles"]:
        text = Path(path).read_text("utf-8")
        bundle = json.loads(text)
        assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")
        assert code_number in text


def test_an_attachment_in_scope_came_over_whole(
    installed: Installed, result: dict[str, Any], folder: Path
) -> None:
    case = json.loads(installed.done("demo", "--print-case"))
    pictures = {one["name"]: one["picture"] for one in case["attachments"] if "picture" in one}
    ((name, made),) = pictures.items()
    (exported,) = (folder / "beta-opened").glob(f"*{name}")
    assert exported.read_bytes() == noise_png(made["seed"], made["width"], made["height"])
    assert exported.stat().st_size > 2_000_000


def test_nothing_of_a_withheld_category_was_opened(result: dict[str, Any]) -> None:
    opened = {Path(path).stem for path in result["opened_bundles"]}
    for withheld in ("identity", "location", "legal-liaison", "reproductive"):
        assert not any(name.endswith(f"-{withheld}") for name in opened)


def test_everything_that_must_be_refused_was(result: dict[str, Any]) -> None:
    refused = [(one["status"], one["reason"]) for one in result["refused"]]
    assert refused == [
        (404, "not-found"),
        (403, "out-of-scope"),
        (404, "not-found"),
        (409, "not-trusted"),
        (403, "revoked"),
        (403, "revoked"),
    ]


def test_the_audit_verifies_once_more_offline(
    installed: Installed, result: dict[str, Any], folder: Path
) -> None:
    audit = result["audit"]
    assert audit["verified"] is True
    assert audit["tampering_detected"] is True
    assert audit["checkpoint"].splitlines()[1:3] == [str(audit["size"]), audit["root"]]
    again = installed.done("auditor", "verify", "--dir", folder / "auditor", "--offline", "--json")
    assert json.loads(again)["verified"] is True
    assert json.loads(again)["size"] == audit["size"]


def test_a_tampered_mirror_fails_the_auditor(
    installed: Installed, result: dict[str, Any], folder: Path
) -> None:
    entries = folder / "auditor" / "mirror" / "entries.ndjson"
    whole = entries.read_bytes()
    entries.write_bytes(whole[: whole.index(b"\n") + 1])
    try:
        done = installed.run("auditor", "verify", "--dir", folder / "auditor", "--offline")
    finally:
        entries.write_bytes(whole)
    assert done.returncode == 1
    assert "NOT as signed" in done.stdout


def test_no_process_is_left_over(result: dict[str, Any]) -> None:
    assert [port for port in ports_of(result) if listens(port)] == []


def test_a_folder_that_is_in_use_is_refused(
    installed: Installed, result: dict[str, Any], folder: Path
) -> None:
    done = installed.run("demo", "--exit", "--data", folder)
    assert done.returncode == 1
    assert "is not empty" in done.stderr


@pytest.mark.parametrize(("given", "end"), [("case", signal.SIGINT), ("bundle", signal.SIGTERM)])
def test_without_exit_it_prints_first_then_serves_until_told_to_stop(
    installed: Installed, tmp_path: Path, given: str, end: signal.Signals
) -> None:
    """On a case of the caller's: the printed sample given back, and a foreign FHIR bundle."""
    file = tmp_path / f"{given}.json"
    sample = installed.done("demo", "--print-case") if given == "case" else json.dumps(FOREIGN)
    file.write_text(sample, "utf-8")
    command = [installed.command, "demo", "--json", "--data", tmp_path / "state"]
    command += [f"--{given}", file]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as demo:
        try:
            result = read_json(demo)
            assert 0 < result["opened_sections"] < result["sealed_sections"]
            answer = httpx.get(f"{result['hub']['url']}/v1/audit/checkpoint", trust_env=False)
            assert answer.status_code == 200
            for place in result["facilities"].values():
                answer = httpx.get(f"{place['url']}/fhir/metadata", trust_env=False)
                assert answer.status_code == 401
            assert demo.poll() is None
        finally:
            demo.send_signal(end)
            assert demo.wait(60) == 0
    assert [port for port in ports_of(result) if listens(port)] == []


def read_json(demo: subprocess.Popen[str]) -> dict[str, Any]:
    """Read one JSON document from a process that goes on running."""
    assert demo.stdout is not None
    text = ""
    for line in demo.stdout:
        text += line
        if line == "}\n":
            break
    parsed: dict[str, Any] = json.loads(text)
    return parsed
