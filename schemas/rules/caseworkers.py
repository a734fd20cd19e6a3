"""Everyone who was ever in contact is in one list, by code, once per period (R82)."""

from collections.abc import Iterator

from schemas.case_file import CaseComponents
from schemas.components.interventions import Caseworker
from schemas.rules.findings import Finding, finding
from schemas.rules.leaves import caseworker_codes
from schemas.rules.listed_staff import LICENSED_AS


def check_caseworkers(case: CaseComponents) -> Iterator[Finding]:
    """Find caseworkers who are named and not listed, listed twice, or without their licence."""
    if case.interventions is None:
        return
    listed = case.interventions.caseworkers
    codes = {worker.code for worker in listed}
    for path, code in named_codes(case):
        if code not in codes:
            yield finding("caseworker.unlisted", path)
    for place, worker in enumerate(listed):
        path = f"interventions.caseworkers.{place}"
        if _key(worker) in [_key(other) for other in listed[:place]]:
            yield finding("caseworker.twice", path, level="block")
        if worker.role in LICENSED_AS and not (worker.licence_body and worker.licence_country):
            yield finding("caseworker.no-licence", path)
    for place, given in enumerate(case.interventions.interventions):
        if given.interpreter in given.by:
            yield finding(
                "caseworker.interprets-self", f"interventions.interventions.{place}.interpreter"
            )


def _key(worker: Caseworker) -> tuple[str, str | None, str | None]:
    return worker.code, worker.facility, worker.since


def named_codes(case: CaseComponents) -> Iterator[tuple[str, str]]:
    """Yield (path, caseworker code) wherever a fact names one, but for the list itself."""
    for name in type(case).model_fields:
        record = getattr(case, name)
        for path, code in caseworker_codes(record) if record else ():
            if not path.startswith("interventions.caseworkers."):
                yield path, code
