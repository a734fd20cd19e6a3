"""Which case the demo is about: the shipped one, the caller's, or one made of a foreign bundle."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keys.randomness import new_code_number
from schemas.case_file import CaseFile, load_sample_case
from schemas.sensitivity import CATEGORIES, Category
from services.cli.case_input import load_case

SENSITIVE: tuple[Category, ...] = ("identity", "location", "legal-liaison", "reproductive")
"""What the person of the demo does not want to be sent, as far as her case has it."""

EXPLAINED = [
    "purpose",
    "use",
    "right-of-access",
    "storage-time",
    "withdrawal",
    "route",
    "recipient",
]
"""What was explained to her before she agreed."""


@dataclass(frozen=True)
class DemoCase:
    """A case for the node's record API, and the words said of where it comes from."""

    case: dict[str, Any] = field(repr=False)
    origin: str

    @property
    def code_number(self) -> str:
        """The beneficiary's code number."""
        return str(self.case["code_number"])


def choose_case(case: Path | None, bundle: Path | None) -> DemoCase:
    """Return the case to show. Raises ComponentError, CommandError, OSError."""
    if case is not None:
        return DemoCase(_plain(CaseFile.from_bytes(_dump(load_case(case)))), f"the case in {case}")
    if bundle is not None:
        return _import(bundle)
    return DemoCase(_plain(load_sample_case()), "the sample case that is shipped (made up)")


def _import(bundle: Path) -> DemoCase:
    # Only here, since it loads the FHIR models.
    from schemas.fhir.importing import import_bundle

    imported = import_bundle(bundle.read_bytes())
    kept = len(imported.not_mapped)
    origin = f"{bundle}, mapped; {kept} resources are kept only within the bundle as received"
    return DemoCase(_plain(imported.as_case(new_code_number())), origin)


def _plain(case: CaseFile) -> dict[str, Any]:
    """Return a checked case as JSON values. A consent in it is left out: the demo takes its own."""
    plain: dict[str, Any] = json.loads(case.to_bytes())
    plain["components"].pop("consent", None)
    return plain


def _dump(value: object) -> bytes:
    return json.dumps(value).encode()


def withheld_categories(present: set[Category]) -> list[Category]:
    """Return which of the categories present are left out of the consent: some, never all."""
    ordered = [category for category in CATEGORIES if category in present]
    chosen = [category for category in ordered if category in SENSITIVE]
    if not chosen or len(chosen) == len(ordered):
        # A case of few categories: hold back the strictest, if anything then remains to be sent.
        return ordered[:1] if len(ordered) > 1 else []
    return chosen


def consent_form(withheld: list[Category]) -> dict[str, Any]:
    """Return how consent was given, for the node to fill in the terms."""
    return {
        "use": "care-transfer",
        "given_by": "person",
        "form": "written",
        "explained": [
            "purpose",
            "use",
            "right-of-access",
            "storage-time",
            "withdrawal",
            "route",
            "recipient",
        ],
        "explained_by": "CW-01",
        "language": "en",
        "alone_in_room": True,
        "without_pressure": True,
        "understood": True,
        "withheld": [{"category": one, "reason": "fear-of-harm"} for one in withheld],
    }
