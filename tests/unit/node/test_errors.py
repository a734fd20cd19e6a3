"""Every error of the node has its answer; none shows a value. PROTOCOL section 9."""

import inspect

import pytest

from schemas.errors import ComponentError
from schemas.wire.problem import Problem
from services.hub_client.errors import HubRefusal, HubUnavailableError
from services.node import errors
from services.node.errors import ConflictError, FolderError, InputError, NodeError
from services.node.problems import TABLE, outcome, problem_for


def test_every_node_error_that_a_request_can_meet_has_an_entry() -> None:
    for _, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, NodeError) and kind is not NodeError:
            known = any(base in TABLE.errors for base in kind.__mro__)
            assert known or issubclass(kind, FolderError), kind


def test_slugs_and_statuses_belong_together() -> None:
    seen: dict[str, int] = {}
    for error in TABLE.errors:
        kind = TABLE.kind_of(error.__new__(error))
        assert seen.setdefault(kind.slug, kind.status) == kind.status


def test_fields_are_named() -> None:
    problem = problem_for(InputError(("a.b", "is wrong"), ("c", "is missing")))
    assert [(field.path, field.problem) for field in problem.fields] == [
        ("a.b", "is wrong"),
        ("c", "is missing"),
    ]
    component = problem_for(ComponentError("is empty", "health.notes.0.text"))
    assert component.fields[0].path == "health.notes.0.text"
    assert problem_for(ConflictError("said so")).detail == "said so"


def test_what_the_hub_refused_is_told_in_its_words() -> None:
    problem = problem_for(HubRefusal(403, "denied", ["revoked"]))
    assert (problem.status, problem.type, problem.reasons) == (
        403,
        "urn:safehand:problem:denied",
        ["revoked"],
    )
    # A hub that does not know the node is not a caller without a token.
    assert problem_for(HubRefusal(401, "unauthenticated")).status == 502
    assert problem_for(HubUnavailableError("no-answer")).status == 503


def test_unexpected_errors_say_nothing() -> None:
    problem = problem_for(RuntimeError("Ilinca"))
    assert problem.status == 500
    assert "Ilinca" not in problem.model_dump_json()


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "not-found"), (422, "invalid"), (423, "lock-error"), (500, "exception")],
)
def test_outcomes_are_fhir(status: int, code: str) -> None:
    problem = Problem(type="urn:safehand:problem:x", title="T", status=status, detail="D")
    built = outcome(problem)
    assert built["resourceType"] == "OperationOutcome"
    (issue,) = built["issue"]  # type: ignore[misc]
    assert (issue["severity"], issue["code"], issue["diagnostics"]) == ("error", code, "D")
