"""RFC 9457 problem documents. PROTOCOL section 9."""

from pydantic import Field

from schemas.wire.base import WireModel


class ProblemField(WireModel):
    """Where in the body, and what is wrong; never the value."""

    path: str
    problem: str


class Problem(WireModel):
    """`type` is `urn:safehand:problem:<slug>`; `detail` says what to do next."""

    type: str
    title: str
    status: int
    detail: str = ""
    reasons: list[str] = Field(default=[])
    fields: list[ProblemField] = Field(default=[])
