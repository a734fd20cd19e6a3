"""How each of the hub's errors is answered. PROTOCOL section 9."""

from collections.abc import Mapping

from services.hub.errors import (
    ConflictError,
    DeniedError,
    ForbiddenError,
    NotFoundError,
    RejectedError,
    UnavailableError,
)
from services.web.problems import STATUSES, Kind, ProblemTable

HUB: Mapping[type[Exception], Kind] = {
    NotFoundError: STATUSES[404],
    ConflictError: Kind(
        409,
        "conflict",
        "It contradicts what is stored",
        "Compare with what the hub holds; an accepted version can't be replaced.",
    ),
    RejectedError: Kind(
        422, "rejected", "A statement or token can't be accepted", "See the reasons."
    ),
    DeniedError: Kind(403, "denied", "The consent does not permit this", "See the reasons."),
    ForbiddenError: Kind(403, "forbidden", "Not for this kind of caller"),
    UnavailableError: Kind(
        503, "unavailable", "Not now; nothing was done", "Try again in a little while."
    ),
}

TABLE = ProblemTable(HUB)
