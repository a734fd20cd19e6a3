"""Errors of the command line, each with what to do next.

CommandError
└── NodeRefusalError     the node answered with a problem document
"""

from collections.abc import Sequence


class CommandError(Exception):
    """`problem` says what is wrong, `advice` what to do next."""

    def __init__(self, problem: str, advice: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.advice = advice


class NodeRefusalError(CommandError):
    """A node said no. `slug` and `reasons` are stable; see PROTOCOL sections 6 and 9."""

    def __init__(
        self, status: int, slug: str, problem: str, advice: str, reasons: Sequence[str]
    ) -> None:
        super().__init__(problem, advice)
        self.status = status
        self.slug = slug
        self.reasons = tuple(reasons)
