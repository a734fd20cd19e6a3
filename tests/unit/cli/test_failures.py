"""Failures are two lines for a person: no traceback, no value that was typed or stored."""

import json
import os
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from keys.errors import SuiteUnavailableError
from schemas.wire.hub_api import AuditorCard
from services.cli.case_input import MAX_ATTACHMENTS_BYTES, load_case
from services.cli.errors import CommandError, NodeRefusalError
from services.cli.failures import explain
from services.cli.main import app
from services.cli.node_access import refusal_of
from services.hub.errors import StartError
from services.hub_client.errors import AnswerError, HubRefusal, HubUnavailableError
from services.node.errors import FolderError

SECRET = "Olena-Kovalchuk-7431"


def test_a_wrong_shape_is_told_by_place_never_by_value() -> None:
    with pytest.raises(ValidationError) as caught:
        AuditorCard.model_validate({"auditor": SECRET, SECRET: 1, "ed25519": SECRET})
    problem, _ = explain(caught.value)
    assert "auditor" in problem
    assert SECRET not in problem.replace(f"  {SECRET}:", "")


def test_an_unexpected_fault_shows_its_kind_only() -> None:
    problem, advice = explain(KeyError(SECRET))
    assert problem == "unexpected KeyError"
    assert SECRET not in advice


@pytest.mark.parametrize(
    "error", [FolderError("words"), StartError("words"), CommandError("words", "advice")]
)
def test_domain_errors_speak_for_themselves(error: Exception) -> None:
    assert explain(error)[0] == "words"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (HubUnavailableError("no-answer"), "can't be reached"),
        (AnswerError("answer-malformed"), "not the pinned hub's"),
        (HubRefusal(401, "unauthenticated", ("unknown-key",)), "does not know this caller"),
        (HubRefusal(403, "denied", ("revoked",)), "revoked"),
    ],
)
def test_what_the_hub_answered_is_told(error: Exception, words: str) -> None:
    assert words in explain(error)[0]


def test_a_missing_suite_says_what_to_install() -> None:
    assert "make" in explain(SuiteUnavailableError("the wheel is too old"))[1]


def test_a_problem_document_becomes_a_refusal() -> None:
    document = {
        "type": "urn:safehand:problem:denied",
        "title": "The consent does not permit this",
        "detail": "See the reasons.",
        "reasons": ["revoked"],
        "fields": [{"path": "body.staff", "problem": "no such staff member"}],
    }
    refusal = refusal_of(httpx.Response(403, json=document))
    assert isinstance(refusal, NodeRefusalError)
    assert (refusal.status, refusal.slug, refusal.reasons) == (403, "denied", ("revoked",))
    assert "body.staff: no such staff member" in refusal.problem


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"\xff"])
def test_an_answer_that_is_no_problem_document_is_a_refusal_too(body: bytes) -> None:
    assert refusal_of(httpx.Response(502, content=body)).slug == "status-502"  # type: ignore[attr-defined]


def test_a_locked_node_says_how_to_unlock_it() -> None:
    document = {"type": "urn:safehand:problem:locked", "title": "The node is locked"}
    assert "node unlock" in refusal_of(httpx.Response(423, json=document)).advice


@pytest.mark.parametrize(
    "arguments",
    [
        ["node", "status", "--dir", "nowhere"],
        ["node", "serve", "--dir", "nowhere"],
        ["hub", "serve", "--dir", "nowhere"],
        ["auditor", "verify", "--dir", "nowhere"],
        ["record", "list", "--dir", "nowhere"],
    ],
    ids=" ".join,
)
def test_a_command_in_the_wrong_place_fails_without_a_traceback(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 1
    assert shown.stderr.startswith("Error: ")
    assert "Traceback" not in shown.stderr
    assert "unexpected" not in shown.stderr


def _case(folder: Path, *files: object) -> Path:
    attachments = [{"name": f"paper-{place}", "file": file} for place, file in enumerate(files)]
    case = folder / "case.json"
    case.write_text(json.dumps({"attachments": attachments}))
    return case


@pytest.fixture
def case_folder(tmp_path: Path) -> Path:
    """A folder with one paper, one link to a secret outside, a pipe and a folder."""
    (tmp_path / "secret").write_text(SECRET)
    folder = tmp_path / "cases"
    (folder / "papers").mkdir(parents=True)
    (folder / "papers" / "a.txt").write_bytes(b"x")
    (folder / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(folder / "pipe")
    return folder


def test_an_attachment_below_the_case_files_folder_is_read(case_folder: Path) -> None:
    case = load_case(_case(case_folder, "papers/a.txt"))
    assert case["attachments"] == [{"name": "paper-0", "base64": "eA=="}]


@pytest.mark.parametrize(
    "file", ["../secret", "link", "pipe", "papers", "absent", "/etc/hostname", "a\0b", 7]
)
def test_a_case_file_can_name_no_file_elsewhere(case_folder: Path, file: object) -> None:
    with pytest.raises(CommandError, match="attachment 'paper-0'"):
        load_case(_case(case_folder, file))


def test_attachments_are_limited_in_all(case_folder: Path) -> None:
    with (case_folder / "large").open("wb") as stream:
        stream.truncate(MAX_ATTACHMENTS_BYTES)
    with pytest.raises(CommandError, match=r"attachment 'paper-1'.*48 MiB"):
        load_case(_case(case_folder, "large", "papers/a.txt"))
