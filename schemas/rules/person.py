"""The person: a guardian for minors, first assurances, an interpreter, the emergency minimum."""

from collections.abc import Iterator

from schemas.case_file import CaseComponents
from schemas.components.administrative import AdministrativeRecord
from schemas.rules.findings import Finding, finding

ADULT = 18


def check_person(case: CaseComponents) -> Iterator[Finding]:
    """Find what is missing or contradictory in what is known of the person."""
    admin = case.administrative
    if admin is None:
        return
    if is_minor(admin) and not admin.guardians:
        yield finding("person.guardian-missing", "administrative.guardians")
    if admin.confidentiality_assured is None:
        yield finding("person.no-assurance", "administrative.confidentiality_assured")
    yield from _age(admin)
    yield from _interpreters(case, admin)
    for part in missing_minimum(case):
        yield finding("person.minimum-open", "administrative", label=part)


def is_minor(admin: AdministrativeRecord | None) -> bool:
    """Say whether the person is known to be under age, by word or by years."""
    if admin is None:
        return False
    young = admin.age is not None and admin.age.years < ADULT
    return admin.minor_at_admission == "yes" or young


def _age(admin: AdministrativeRecord) -> Iterator[Finding]:
    """Find an age that contradicts the answer on minority; an estimate contradicts nothing."""
    age, minor = admin.age, admin.minor_at_admission
    if age is None or age.estimated:
        return
    if minor == "no" and age.years < ADULT:
        yield finding("person.age-contradicts-minor", "administrative.age", level="block")
    if minor == "yes" and age.years > ADULT + 1:
        yield finding("person.age-contradicts-minor", "administrative.age")


def _interpreters(case: CaseComponents, admin: AdministrativeRecord) -> Iterator[Finding]:
    """Find talks of consequence without an interpreter, where one is needed."""
    if not (admin.profile and admin.profile.interpreter_needed):
        return
    talks = {
        "administrative.confidentiality_assured": admin.confidentiality_assured,
        "discharge-summary.comprehension": (
            case.discharge_summary.comprehension if case.discharge_summary else None
        ),
        "consent.consent": case.consent.consent if case.consent else None,
    }
    for path, talk in talks.items():
        if talk is not None and talk.interpreter is None:
            yield finding("person.interpreter-unnamed", path)


def missing_minimum(case: CaseComponents) -> list[str]:
    """Return the parts of the emergency minimum that are neither there nor given up for a reason.

    The code number is a part of every record by itself (6.3.2; data dictionary: mode).
    """
    admin = case.administrative
    if admin is None:
        return []
    there = {
        "gender": admin.profile,
        "age": admin.age or admin.age_band,
        "languages": admin.profile and admin.profile.languages,
        "alerts": case.health and case.health.alerts,
        "urgent-needs": admin.urgent_needs or (case.health and case.health.complaints),
        "consent": admin.consent_state or (case.consent and case.consent.consent),
    }
    explained = {part.field for part in admin.absent}
    return [part for part, known in there.items() if not known and part not in explained]
