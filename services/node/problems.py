"""How each of the node's errors is answered: the table, and its FHIR form. PROTOCOL section 9."""

from collections.abc import Mapping

import orjson
from fastapi import Request
from fastapi.responses import Response

from exchange.errors import CodeError, OpenError, SealError
from keys.errors import KeyringError, RecoveryCodeError
from schemas.errors import ComponentError
from schemas.wire.problem import Problem, ProblemField
from services.hub_client.errors import HubError, HubRefusal, HubUnavailableError
from services.node.errors import (
    ConflictError,
    DeniedError,
    ForkError,
    HostError,
    InputError,
    LockedError,
    NotThereError,
    NotTrustedError,
    StorageError,
    TokenError,
)
from services.web.problems import STATUSES, TYPE_PREFIX, Kind, ProblemTable, problem_response

FHIR = "application/fhir+json"
FHIR_PATH = "/fhir"

NODE: Mapping[type[Exception], Kind] = {
    TokenError: Kind(
        401,
        "unauthenticated",
        "The bearer token is missing or wrong",
        "Send `Authorization: Bearer ...` with the content of the file api-token.",
    ),
    HostError: Kind(
        421,
        "wrong-host",
        "The Host header is not one of this node's names",
        "Use 127.0.0.1 or localhost, or add the name to the setting allowed_hosts.",
    ),
    LockedError: Kind(
        423, "locked", "The node is locked", "Unlock it with the passphrase, then try again."
    ),
    KeyringError: Kind(
        403, "not-unlocked", "The record keyring did not open", "Check the passphrase."
    ),
    RecoveryCodeError: Kind(
        422, "not-a-recovery-code", "This is no recovery code", "Check every group."
    ),
    NotThereError: STATUSES[404],
    ConflictError: Kind(409, "conflict", "The state of things does not allow this"),
    DeniedError: Kind(403, "denied", "The consent does not permit this", "See the reasons."),
    InputError: Kind(422, "invalid-body", "Some fields can't be accepted", "See the fields."),
    ComponentError: Kind(
        422, "invalid-record", "The record can't be accepted", "Correct the field that is named."
    ),
    CodeError: Kind(422, "not-a-revocation-code", "This is no revocation code"),
    SealError: Kind(409, "not-sealable", "This can't be sealed or granted"),
    OpenError: Kind(409, "unopenable", "This can't be opened"),
    NotTrustedError: Kind(
        409,
        "not-trusted",
        "This facility is not trusted here",
        "Compare fingerprints over another channel, then trust it.",
    ),
    ForkError: Kind(
        409,
        "hub-log-forked",
        "The hub's log contradicts what it showed before",
        "Nothing is opened until the operator and an auditor have looked into it.",
    ),
    StorageError: Kind(
        503,
        "unavailable",
        "Not now; nothing was done",
        "See whether this machine's disk is full, then try again.",
    ),
    HubUnavailableError: Kind(
        503, "hub-unavailable", "The hub can't be reached", "Try again later."
    ),
    HubError: Kind(502, "hub-error", "The hub's answer can't be used", "Tell its operator."),
}

TABLE = ProblemTable(NODE)


def problem_for(error: Exception) -> Problem:
    """Return the document that answers `error`; what the hub refused is told in the hub's words."""
    if isinstance(error, HubRefusal):
        return _refused_by_hub(error)
    problem = TABLE.problem(error)
    if isinstance(error, ComponentError):
        named = (error, *error.others)
        fields = [ProblemField(path=one.path, problem=one.problem) for one in named]
        return problem.model_copy(update={"fields": fields})
    if isinstance(error, InputError):
        fields = [ProblemField(path=path, problem=text) for path, text in error.fields]
        return problem.model_copy(update={"fields": fields})
    if isinstance(error, ConflictError | SealError | NotThereError):
        # These are worded by this program and name no value.
        return problem.model_copy(update={"detail": str(error)})
    return problem


def _refused_by_hub(refusal: HubRefusal) -> Problem:
    if refusal.status == 401:
        # Not the caller's fault: this node is not admitted, or its clock is off.
        return Problem(
            type=f"{TYPE_PREFIX}hub-unauthenticated",
            title="The hub does not know this node",
            status=502,
            detail="Have the hub's operator admit the introduction; check this machine's clock.",
            reasons=list(refusal.reasons),
        )
    return Problem(
        type=TYPE_PREFIX + refusal.slug,
        title="The hub refused this",
        status=refusal.status,
        detail="See the reasons.",
        reasons=list(refusal.reasons),
    )


async def answer_error(request: Request, error: Exception) -> Response:
    """Return the answer to `error`: a problem document, on FHIR routes an OperationOutcome."""
    problem = problem_for(error)
    headers = {"www-authenticate": "Bearer"} if problem.status == 401 else None
    if request.url.path.startswith(FHIR_PATH):
        body = orjson.dumps(outcome(problem))
        return Response(body, problem.status, media_type=FHIR, headers=headers)
    return problem_response(problem, headers)


_ISSUE_CODES = {400: "structure", 401: "login", 403: "forbidden", 404: "not-found", 409: "conflict"}
_ISSUE_CODES |= {
    405: "not-supported",
    410: "deleted",
    413: "too-long",
    422: "invalid",
    423: "lock-error",
}


def outcome(problem: Problem) -> dict[str, object]:
    """Return a problem as a FHIR OperationOutcome."""
    slug = problem.type.removeprefix(TYPE_PREFIX)
    details = {"coding": [{"system": "urn:safehand:problem", "code": slug}], "text": problem.title}
    issue: dict[str, object] = {
        "severity": "error",
        "code": _ISSUE_CODES.get(problem.status, "exception"),
        "details": details,
    }
    if problem.detail:
        issue["diagnostics"] = problem.detail
    if problem.fields:
        issue["expression"] = [field.path for field in problem.fields]
    return {"resourceType": "OperationOutcome", "issue": [issue]}
