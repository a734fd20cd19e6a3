"""Component `identity` (booklet 7.1(1), 7.2.5): the only place for names and whereabouts."""

import hashlib
import json
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from schemas.components.base import ComponentModel, Fact, Record, require_distinct
from schemas.components.shared import Document
from schemas.components.values import (
    CaseworkerCode,
    FieldError,
    Language,
    Line,
    Moment,
    PartialDate,
)
from schemas.encoding import b64u
from schemas.identifiers import CountryCode, Digest, FacilityCode
from schemas.sensitivity import Component

Relation = Literal[
    "mother",
    "father",
    "parent",
    "sister",
    "brother",
    "child",
    "spouse",
    "partner",
    "grandparent",
    "aunt",
    "uncle",
    "other-relative",
    "friend",
    "neighbour",
    "guardian",
    "referrer",
    "other",
]


class Name(ComponentModel):
    """A name in one script; the same person may have several."""

    use: Literal["official", "usual", "nickname", "maiden", "old"] = "usual"
    family: Line | None = None
    given: list[Line] = Field(default=[], max_length=8)
    text: Line | None = None
    language: Language | None = None
    """Language and script of this spelling: `uk-Cyrl`, `ro`."""


class IdentityNumber(ComponentModel):
    """A number on a paper that says who someone is (types of HL7 v2 table 0203)."""

    type: Literal[
        "passport", "national-id", "birth-certificate", "residence", "unhcr", "agency", "other"
    ]
    number: Line
    country: CountryCode | None = None
    held_by: Literal["person", "facility", "authority", "trafficker", "family", "lost"] | None = (
        None
    )


class PersonData(ComponentModel):
    """What says who someone is. Where she is belongs elsewhere, in a section of its own."""

    names: list[Name] = Field(default=[], max_length=16)
    birth_date: PartialDate | None = None
    numbers: list[IdentityNumber] = Field(default=[], max_length=16)

    @model_validator(mode="after")
    def _has_each_number_once(self) -> Self:
        require_distinct("numbers", [(one.type, one.number, one.country) for one in self.numbers])
        return self


class Person(Fact, PersonData):
    """Who the beneficiary is."""


def person_digest(person: PersonData) -> Digest:
    """Return SHA-256 over what a record says of who someone is, as base64url.

    Two snapshots with one digest say the same.
    """
    data = person.model_dump(mode="json", exclude={"sensitivities"}, exclude_none=True)
    return b64u(hashlib.sha256(json.dumps(data, sort_keys=True).encode()).digest())


class IdentitySnapshot(Fact):
    """Who the person was said to be at admission and again at release (booklet 7.1(1))."""

    moment: Literal["admission", "release"]
    facility: FacilityCode
    unit: Literal["short-term", "mid-term", "long-term"]
    on: Moment
    by: CaseworkerCode | None = None
    person: PersonData

    @model_validator(mode="after")
    def _shows_something(self) -> Self:
        if self.person == PersonData():
            raise FieldError("person", "is empty")
        return self

    @property
    def digest(self) -> Digest:
        """Digest of what it shows."""
        return person_digest(self.person)


class Address(ComponentModel):
    """A postal address; `text` is the whole, as one would write it."""

    text: Line
    city: Line | None = None
    country: CountryCode | None = None


class Whereabouts(Fact):
    """Where the person is or can be reached."""

    addresses: list[Address] = Field(default=[], max_length=8)
    phones: list[Line] = Field(default=[], max_length=8)


class ContactPerson(Fact):
    """Someone outside the facilities, by name."""

    relation: Relation
    names: list[Name] = Field(default=[], max_length=4)
    phones: list[Line] = Field(default=[], max_length=4)
    addresses: list[Address] = Field(default=[], max_length=4)
    note: Line | None = None


class IdentityRecord(Record):
    """Names and contact data, apart from everything else, so that a transfer can go without."""

    component: ClassVar[Component] = "identity"

    person: Person | None = None
    snapshots: list[IdentitySnapshot] = Field(default=[], max_length=64)
    whereabouts: Whereabouts | None = None
    contacts: list[ContactPerson] = Field(default=[], max_length=64)
    documents: list[Document] = Field(default=[], max_length=256)
