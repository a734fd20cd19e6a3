"""The informed-consent form: how consent was given, and the terms it was given for.

The form that is sealed and the token that leaves are made from the same terms, so that they can't
say different things. Pure. PROTOCOL section 6.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from schemas.components.base import Record
from schemas.components.records import parse_record
from schemas.wire.statement import FineScopeLine
from schemas.wire.token import Purpose
from services.node.errors import InputError
from services.node.scope import ScopeChoice


@dataclass(frozen=True)
class ConsentTerms:
    """What the person agreed to. Times in seconds."""

    code_number: str = field(repr=False)
    recipient: str
    purpose: Purpose
    scope: ScopeChoice
    valid_from: int | None
    valid_until: int
    max_releases: int
    on_revocation: Literal["block", "erase"]
    erase_at: int | None


def fill_form(
    form: Mapping[str, Any],
    terms: ConsentTerms,
    lines: Sequence[FineScopeLine],
    *,
    facility: str,
    to: str,
    now: int,
) -> Record:
    """Return the form with its terms filled in. Raises InputError, ComponentError."""
    filled = {
        "status": "active",
        "purpose": terms.purpose,
        "recipient": to,
        "facility": facility,
        "permitted": [{"component": one.component, "category": one.category} for one in lines],
        "since": moment(terms.valid_from or now),
        "until": moment(terms.valid_until),
    }
    for name in (*filled, "data_since", "data_until"):
        if name in form:
            raise InputError((f"form.{name}", "comes from the terms, or not at all: leave it out"))
    return parse_record("consent", {"consent": {"on": moment(now), **form, **filled}})


def moment(at: int) -> str:
    """Return seconds since the epoch as FHIR writes an instant in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
