"""The discharge summary: compiled, attested, explained, and handed over (R94 to R98).

The same rules are asked twice: while it is drafted they warn; when it is closed, those without
which a summary must not leave the facility block.
"""

from collections.abc import Iterator

from schemas.case_file import CaseComponents
from schemas.components.discharge import DischargeSummaryRecord
from schemas.rules.findings import Finding, Level, finding
from schemas.rules.person import is_minor
from schemas.rules.stays import stays_of
from schemas.rules.times import surely_before

CLINICAL_PARTS = (
    "assessment_on_admission",
    "diagnoses",
    "open_problems",
    "mental_status",
    "allergies",
    "medications",
    "immunizations",
    "procedures",
    "results",
    "screenings",
)
"""Parts that a health professional has to attest (R17, R94)."""

GONE = ("died", "went-missing", "left-against-advice")
"""Ways of leaving after which nobody could explain anything or hand anything over."""


def check_discharge(case: CaseComponents, *, closing: bool) -> Iterator[Finding]:
    """Find what is missing in a discharge summary; `closing`: it is about to leave."""
    summary = case.discharge_summary
    if summary is None:
        return
    yield from _attestation(summary, "block" if closing else "warn")
    yield from _compiler(case, summary)
    yield from _departure(case, summary)
    if summary.disposition is None or summary.disposition.kind not in GONE:
        yield from _explanation(case, summary)
        yield from _papers(summary)


def _attestation(summary: DischargeSummaryRecord, level: Level) -> Iterator[Finding]:
    """Find clinical parts that nobody attested, neither the part nor the whole."""
    document = summary.document
    attested = {one.part.replace("-", "_") for one in summary.attestations}
    if document is None or document.attested_by is None:
        for part in CLINICAL_PARTS:
            if getattr(summary, part) and part not in attested:
                yield finding("discharge.unattested", f"discharge-summary.{part}", level=level)
    if document and document.attested_by == document.compiled_by:
        path = "discharge-summary.document.attested_by"
        yield finding("discharge.attested-by-compiler", path)


def _compiler(case: CaseComponents, summary: DischargeSummaryRecord) -> Iterator[Finding]:
    managers = {stay.case_manager for _, stay in stays_of(case) if stay.case_manager}
    if summary.document and managers and summary.document.compiled_by not in managers:
        yield finding("discharge.other-compiler", "discharge-summary.document.compiled_by")


def _departure(case: CaseComponents, summary: DischargeSummaryRecord) -> Iterator[Finding]:
    """Find a departure in the summary that is the end of no stay, once all stays have ended."""
    ends = [stay.departed for _, stay in stays_of(case) if stay.status != "planned"]
    gone = summary.disposition.on if summary.disposition else None
    if gone and ends and not any(end is None or _may_be_same(gone, end) for end in ends):
        yield finding("stay.left-another-day", "discharge-summary.disposition.on")


def _may_be_same(first: str, second: str) -> bool:
    return not surely_before(first, second) and not surely_before(second, first)


def _explanation(case: CaseComponents, summary: DischargeSummaryRecord) -> Iterator[Finding]:
    path = "discharge-summary.comprehension"
    talk = summary.comprehension
    if talk is None:
        yield finding("discharge.not-explained", path)
    elif talk.understood != "understood":
        yield finding("discharge.not-understood", path)
    if talk and talk.to == "person" and is_minor(case.administrative):
        yield finding("discharge.minor-alone", path)
    if summary.self_care is None:
        yield finding("discharge.self-care-missing", "discharge-summary.self_care")


def _papers(summary: DischargeSummaryRecord) -> Iterator[Finding]:
    if not summary.copies:
        yield finding("discharge.no-copies", "discharge-summary.copies")
    for place, copy in enumerate(summary.copies):
        if copy.outcome == "given" and copy.language is None:
            yield finding("copy.no-language", f"discharge-summary.copies.{place}")
    if not summary.contacts:
        yield finding("contacts.none", "discharge-summary.contacts")
    for place, entry in enumerate(summary.contacts):
        if entry.name_translated is None:
            yield finding("contact.one-language", f"discharge-summary.contacts.{place}")
