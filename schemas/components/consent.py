"""Component `consent` (booklet 8.4, 7.5): the informed-consent form, as it was given.

The form never leaves the facility by itself; what leaves is a token made from it. It names what is
withheld too, so it has the strictest label there is.
"""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.components.base import ComponentModel, Fact, Record
from schemas.components.values import CaseworkerCode, Language, Line, Moment
from schemas.identifiers import FacilityCode
from schemas.sensitivity import COMPONENTS, Category, Component
from schemas.wire.token import Purpose


class ScopeLine(ComponentModel):
    """One tick on the form: this category of this component."""

    component: Component
    category: Category


class Withheld(ComponentModel):
    """A category the person does not want to be sent: from one component, or at all."""

    category: Category
    component: Component | None = None
    reason: Literal["fear-of-harm", "wants-to-tell-personally", "other"] | None = None


class ConsentForm(Fact):
    """One informed consent: who may receive what, for what, until when, and how it was given."""

    on: Moment
    status: Literal["active", "inactive"] = "active"
    use: Literal[
        "care-transfer",
        "referral-service",
        "back-report",
        "statistics",
        "legal",
        "family",
        "supervision",
    ]
    purpose: Purpose
    recipient: FacilityCode
    facility: FacilityCode
    permitted: list[ScopeLine] = Field(min_length=1, max_length=84)
    withheld: list[Withheld] = Field(default=[], max_length=12)
    since: Moment
    until: Moment
    data_since: Moment | None = None
    data_until: Moment | None = None
    given_by: Literal["person", "guardian", "legal-representative"]
    child_assent: Literal["yes", "no", "not-applicable"] | None = None
    form: Literal["written", "oral-witnessed", "thumb-print"]
    explained: list[
        Literal[
            "purpose",
            "use",
            "research-use",
            "right-of-access",
            "storage-time",
            "withdrawal",
            "route",
            "recipient",
        ]
    ] = Field(default=[], max_length=8)
    explained_by: CaseworkerCode
    language: Language
    interpreter: CaseworkerCode | None = None
    interpreter_at_signing: bool | None = None
    alone_in_room: bool | None = None
    without_pressure: bool | None = None
    understood: bool | None = None
    note: Line | None = None

    @model_validator(mode="after")
    def _withholds_what_it_does_not_permit(self) -> Self:
        permitted = {(line.component, line.category) for line in self.permitted}
        for line in self.withheld:
            components = [line.component] if line.component else COMPONENTS
            if permitted & {(component, line.category) for component in components}:
                raise ValueError("permits and withholds the same")
        return self


class ConsentRecord(Record):
    """One consent of the person."""

    component: ClassVar[Component] = "consent"

    consent: ConsentForm | None = None
