"""Mapping components to FHIR and back, against the FHIR models' own parsing of the same bundles."""

from collections.abc import Iterator, Mapping

from fhir.resources.R4B.bundle import Bundle

from keys.randomness import new_id
from schemas.case_file import load_sample_case
from schemas.components.base import Record
from schemas.fhir.labels import labels_of
from schemas.fhir.sections import from_sections, to_sections
from schemas.sensitivity import Category
from tests.bench.measures import Timed, compared, timed
from tests.bench.plan import Plan

GROUP = "FHIR mapping"


def measure(plan: Plan) -> Iterator[Timed]:
    """Yield rows for each component of the sample case."""
    case = load_sample_case()
    for record in case.records():
        yield from _rows(record, case.code_number, plan.timed)


def _rows(record: Record, code_number: str, seconds: float) -> Iterator[Timed]:
    record_id = new_id()

    def write() -> dict[Category, bytes]:
        return to_sections(record, code_number=code_number, record_id=record_id)

    bundles = write()
    total = sum(len(one) for one in bundles.values())
    size = f"{record.component}: {len(bundles)} sections, {total / 1024:.0f} KiB"
    floor = timed(GROUP, "FHIR models alone: parse", lambda: _parse(bundles), seconds, size=size)
    yield floor
    yield compared(timed(GROUP, "component to FHIR", write, seconds, size=size), floor)
    back = timed(
        GROUP,
        "FHIR to component",
        lambda: from_sections(record.component, bundles),
        seconds,
        size=size,
    )
    yield compared(back, floor)
    labels = timed(
        GROUP, "labels of its sections", lambda: _labels(bundles), seconds / 2, size=size
    )
    yield labels


def _parse(bundles: Mapping[Category, bytes]) -> None:
    for one in bundles.values():
        Bundle.model_validate_json(one)


def _labels(bundles: Mapping[Category, bytes]) -> None:
    for one in bundles.values():
        labels_of(one)
