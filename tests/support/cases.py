"""Cases for tests of the rules: components from plain JSON data."""

from functools import cache
from typing import Any

from schemas.case_file import CaseComponents, load_sample_case

NOW = 1_772_755_200
"""2026-03-06T00:00:00Z: while the sample case is in its mid-term unit."""
ALPHA = "F-7K2MQ9XZ4T"


def case(**components: Any) -> CaseComponents:
    """Return a case; `discharge=` is the summary."""
    named = {("discharge-summary" if name == "discharge" else name): data
             for name, data in components.items()}  # fmt: skip
    return CaseComponents.model_validate(named)


@cache
def sample() -> CaseComponents:
    """Return the components of the shipped sample case."""
    return load_sample_case().components


def stay(**data: Any) -> dict[str, Any]:
    """Return an active stay in a short-term unit that began two days before NOW."""
    return {
        "facility": ALPHA,
        "unit": "short-term",
        "status": "active",
        "admitted": "2026-03-04T00:00:00Z",
        "case_manager": "CW-01",
        **data,
    }


def keys(findings: Any, *, level: str | None = None) -> list[str]:
    """Return the keys of findings, of one level if it is given."""
    return [found.key for found in findings if level in (None, found.level)]
