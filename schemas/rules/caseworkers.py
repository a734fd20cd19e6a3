"""Everyone who was ever in contact is in one list (R82), with the licence of their profession."""

from collections.abc import Iterator

from schemas.case_file import CaseComponents
from schemas.components.references import dangling_caseworkers
from schemas.rules.findings import Finding, finding
from schemas.rules.listed_staff import LICENSED_AS


def check_caseworkers(case: CaseComponents) -> Iterator[Finding]:
    """Find caseworkers who are named and not listed, or whose licence is missing."""
    if case.interventions is None:
        return
    records = [getattr(case, name) for name in type(case).model_fields]
    for path in dangling_caseworkers([record for record in records if record is not None]):
        yield finding("caseworker.unlisted", path)
    for place, worker in enumerate(case.interventions.caseworkers):
        if worker.role in LICENSED_AS and not (worker.licence_body and worker.licence_country):
            yield finding("caseworker.no-licence", f"interventions.caseworkers.{place}")
    for place, given in enumerate(case.interventions.interventions):
        if given.interpreter in given.by:
            path = f"interventions.interventions.{place}.interpreter"
            yield finding("caseworker.interprets-self", path)
