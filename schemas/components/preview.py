"""What a facility is shown before it accepts a referral, made from the records and nothing else.

It leaves out code number, countries, names and health: a facility that declines has learned nothing
that tells who the person is (booklet 6.5.1). Pure.
"""

from schemas.components.administrative import AdministrativeRecord, AgeBand, FunctionalUnit
from schemas.components.referral import Preview, ReferralRequest

_BANDS: tuple[tuple[int, AgeBand], ...] = (
    (5, "0-5"),
    (11, "6-11"),
    (14, "12-14"),
    (17, "15-17"),
    (24, "18-24"),
    (39, "25-39"),
    (59, "40-59"),
)
"""Last year of each band; what lies above is the last one."""


def band_of(years: int) -> AgeBand:
    """Return the band of an age in completed years."""
    return next((band for last, band in _BANDS if years <= last), "60-and-over")


def _age_band(record: AdministrativeRecord) -> AgeBand:
    if record.age_band is not None:
        return record.age_band
    return "unknown" if record.age is None else band_of(record.age.years)


def _language(record: AdministrativeRecord) -> str | None:
    if record.profile is None:
        return None
    spoken = record.profile.languages
    preferred = [one.language for one in spoken if one.preferred]
    return next(iter([*preferred, *(one.language for one in spoken)]), None)


def preview_of(
    record: AdministrativeRecord, request: ReferralRequest, unit: FunctionalUnit
) -> Preview:
    """Return the preview of a referral to a functional unit.

    A language is said without script and region, which could tell where someone is from.
    """
    profile, language = record.profile, _language(record)
    return Preview(
        unit=unit,
        services=request.services,
        priority=request.priority,
        language=language.split("-")[0] if language else None,
        interpreter_needed=profile.interpreter_needed if profile else None,
        age_band=_age_band(record),
        gender=profile.gender if profile else "unknown",
        with_child=any(one.relation == "child" for one in record.linked_persons),
    )
