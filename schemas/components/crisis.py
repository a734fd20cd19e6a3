"""Observation check-list and crisis assessment (booklet 6.3, annex 4), as parts of `health`.

The training manual's own forms are not public; these follow the booklet's headings and free tools,
and want a clinician's review. Each group is a fact of its own, so that danger, trauma, family and
substances can be released apart. The check-list is filled in out of sight of the person and
replaces no assessment (6.3.1).
"""

from typing import Annotated, Literal

from pydantic import Field

from schemas.components.base import Fact
from schemas.components.values import CaseworkerCode, Day, Line, Text, Time

Answer = Literal["yes", "no", "unknown", "not-asked", "declined"]
Scale = Annotated[int, Field(ge=0, le=10)]
"""0 none, 10 worst."""


class ObservationChecklist(Fact):
    """What any trained caseworker sees at first contact."""

    on: Time
    by: CaseworkerCode
    observer_role: Literal["professional", "caseworker", "volunteer", "security-guard"]
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


class CrisisDanger(Fact):
    """Immediate danger."""

    on: Time
    by: CaseworkerCode
    suicidal_thoughts: Answer | None = None
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


class CrisisSummary(Fact):
    """What follows from the assessment; an emergency author is confirmed by a professional."""

    on: Time
    by: CaseworkerCode
    risk_level: Literal["low", "medium", "high"]
    measures: Text | None = None
    first_aid: Text | None = None
    referral_made: bool | None = None
    review_due: Day | None = None
    emergency_author: bool = False
    confirmed_by: CaseworkerCode | None = None
    confirmed_on: Time | None = None
