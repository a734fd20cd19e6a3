"""Component `identity` (booklet 7.1(1), 7.2.5): the only place for names and whereabouts."""

from typing import ClassVar, Literal

from pydantic import Field

from schemas.components.base import ComponentModel, Fact, Record
from schemas.components.shared import Document
from schemas.components.values import Language, Line, PartialDate
from schemas.identifiers import CountryCode
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

    type: Literal["passport", "national-id", "birth-certificate", "residence", "agency", "other"]
    number: Line
    country: CountryCode | None = None
    held_by: Literal["person", "facility", "authority", "trafficker", "family", "lost"] | None = (
        None
    )


class Person(Fact):
    """Who the beneficiary is."""

    names: list[Name] = Field(default=[], max_length=16)
    birth_date: PartialDate | None = None
    numbers: list[IdentityNumber] = Field(default=[], max_length=16)


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
    whereabouts: Whereabouts | None = None
    contacts: list[ContactPerson] = Field(default=[], max_length=64)
    documents: list[Document] = Field(default=[], max_length=256)
