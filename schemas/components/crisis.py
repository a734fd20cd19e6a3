"""Observation check-list and crisis assessment (booklet 6.3, annex 4), as parts of `health`.

The training manual's own forms are not public; these follow the booklet's headings and free tools,
and want a clinician's review. Each group is a fact of its own, so that danger, trauma, family and
substances can be released apart. The check-list is filled in out of sight of the person and
replaces no assessment (6.3.1).
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas.components.administrative import TeamRole
from schemas.components.base import Fact
from schemas.components.values import CaseworkerCode, Day, FieldError, Line, Text, Time

Answer = Literal["yes", "no", "unknown", "not-yet", "not-asked", "declined"]
"""`not-yet`: will be known later."""
Total = Annotated[int, Field(ge=0, le=1000)]
"""Total of a scale; its raw items are an `Instrument` of their own."""
Scale = Annotated[int, Field(ge=0, le=10)]
"""0 none, 10 worst."""


class ObservationChecklist(Fact):
    """What any trained caseworker sees at first contact."""

    on: Time
    by: CaseworkerCode
    observer_role: Literal["professional", "caseworker", "volunteer", "security-guard"]
    place: Line | None = None
    """Where in the house, never an address."""
    appearance: list[
        Literal["unremarkable", "clothing", "hygiene", "visible-injury", "malnourished"]
    ] = Field(default=[], max_length=5)
    emotion: list[Literal["calm", "tearful", "fearful", "numb", "agitated", "angry"]] = Field(
        default=[], max_length=6
    )
    awareness: Literal["alert", "drowsy", "disoriented", "intoxicated"] | None = None
    interaction: list[
        Literal["cooperative", "withdrawn", "mistrustful", "controlled-by-companion"]
    ] = Field(default=[], max_length=4)
    note: Text | None = None
    reviewed_by: CaseworkerCode | None = None
    """The professional who has read it; until then it is unfinished."""
    reviewed_on: Time | None = None

    @model_validator(mode="after")
    def _is_reviewed_by_someone(self) -> Self:
        if self.reviewed_on and not self.reviewed_by:
            raise FieldError("reviewed_by", "is needed with reviewed_on")
        return self


class CrisisDanger(Fact):
    """Immediate danger."""

    on: Time
    by: CaseworkerCode
    suicidal_thoughts: Answer | None = None
    feels_suicidal: Answer | None = None
    suicide_threat: Answer | None = None
    past_attempt: Answer | None = None
    self_injury: Answer | None = None
    threat_to_others: Answer | None = None
    psychotic_signs: Answer | None = None
    intoxication_or_withdrawal: Answer | None = None
    urgent_medical_complaint: Answer | None = None


class CrisisStress(Fact):
    """Stress."""

    on: Time
    by: CaseworkerCode
    distress: Scale | None = None
    sleep: Answer | None = None
    nightmares: Answer | None = None
    panic: Answer | None = None
    appetite: Answer | None = None
    pain: Answer | None = None
    concentration: Answer | None = None
    irritability: Answer | None = None
    k6_total: Total | None = None
    k10_total: Total | None = None
    srq_20_total: Total | None = None


class CrisisTrauma(Fact):
    """Impact of trauma, and what it came from."""

    on: Time
    by: CaseworkerCode
    re_experiencing: Answer | None = None
    avoidance: Answer | None = None
    arousal: Answer | None = None
    dissociation: Answer | None = None
    shame: Answer | None = None
    victim_of: list[Literal["trafficking", "torture", "rape", "threats", "other"]] = Field(
        default=[], max_length=5
    )
    pc_ptsd_5_total: Total | None = None
    pcl_5_total: Total | None = None
    ies_r_total: Total | None = None


class CrisisFamily(Fact):
    """Support and conflict in the family."""

    on: Time
    by: CaseworkerCode
    support: Answer | None = None
    conflict: Answer | None = None
    violence_at_home: Answer | None = None
    wishes_contact: Answer | None = None
    dependants_abroad: Answer | None = None
    threats_to_family: Answer | None = None


class CrisisSubstances(Fact):
    """Alcohol and drugs."""

    on: Time
    by: CaseworkerCode
    alcohol: Answer | None = None
    drugs: Answer | None = None
    last_use: Line | None = None
    audit_c_total: Total | None = None
    dast_10_total: Total | None = None


class CrisisSummary(Fact):
    """What follows from the assessment; an emergency author is confirmed by a professional."""

    on: Time
    by: CaseworkerCode
    risk_level: Literal["low", "medium", "high"]
    measures: Text | None = None
    first_aid: Text | None = None
    referral_made: bool | None = None
    watch_plan: Text | None = None
    """Who looks in when, and what to watch for."""
    review_due: Day | None = None
    author_role: TeamRole | None = None
    emergency_author: bool = False
    confirmed_by: CaseworkerCode | None = None
    confirmed_on: Time | None = None
