"""Failures are two lines for a person: no traceback, no value that was typed or stored."""

from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from keys.errors import SuiteUnavailableError
from schemas.wire.hub_api import AuditorCard
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
