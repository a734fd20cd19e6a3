"""Told to the person: what a copy or an export must not be the first to say (R24).

A result, diagnosis or report counts as untold until a professional has told the person; `declined`
means that she does not want to hear it, so that she isn't handed it either.
"""

from collections.abc import Iterator
from typing import Any

from schemas.case_file import CaseComponents
from schemas.components.base import Record
from schemas.rules.changes import placed_facts
from schemas.rules.findings import Finding, finding

NO_NEWS = (
    "problem",
    "legal-paper",
    "identity-document",
    "consent-form",
    "letter",
    "received-bundle",
    "other",
)
"""Kinds of problems and papers that hold no result; a problem is what the person came with."""


RESULTS = ("laboratory", "imaging", "specialist-report")
"""Kinds of papers that a professional explains before they are handed over."""


def untold_facts(record: Record) -> list[str]:
    """Return the paths of facts that the person has not been told: not for a copy or an export."""
    return [path for path, _, fact in placed_facts(record) if _is_news(fact) and not _is_told(fact)]


def check_told(case: CaseComponents) -> Iterator[Finding]:
    """Find diagnoses and results that say nothing of telling, and copies given before it."""
    for record in (case.health, case.discharge_summary):
        for path, _, fact in placed_facts(record) if record else ():
            if _is_news(fact) and fact.told_to_person is None:
                yield finding("told.open", path)
    copies = case.discharge_summary.copies if case.discharge_summary else []
    for place, copy in enumerate(copies):
        if copy.outcome == "given" and copy.kind in RESULTS and copy.explained_by is None:
            yield finding("told.copy-first", f"discharge-summary.copies.{place}")


def _is_told(fact: Any) -> bool:
    return bool(fact.told_to_person == "yes")


def _is_news(fact: Any) -> bool:
    """Say whether a fact can be unwelcome news: it can be told, and there is something to tell."""
    if "told_to_person" not in getattr(type(fact), "model_fields", {}):
        return False
    if fact.told_to_person is None and getattr(fact, "kind", None) in NO_NEWS:
        return False
    return getattr(fact, "result", None) not in ("pending", "declined")
