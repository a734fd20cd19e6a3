"""Who acts: role, qualifications and licences of one staff member, without a name.

Owns what the author rules need to know of a person. The staff register that holds it, and the keys
that prove who signed, are elsewhere.
"""

from functools import cached_property
from typing import Self

from pydantic import model_validator

from schemas.components.base import ComponentModel
from schemas.components.values import Line
from schemas.identifiers import CountryCode
from schemas.rules.qualifications import Profession, Qualification, implied_by
from schemas.wire.statement import StaffRole


class Licence(ComponentModel):
    """The leave to practise a profession, from the body that regulates it in a country (R120)."""

    profession: Profession
    issuer: Line
    country: CountryCode


class Staff(ComponentModel):
    """One staff member as the author rules see them."""

    role: StaffRole
    qualifications: frozenset[Qualification] = frozenset()
    licences: tuple[Licence, ...] = ()

    @model_validator(mode="after")
    def _is_licensed_for_what_is_held(self) -> Self:
        if not {licence.profession for licence in self.licences} <= self.holds:
            raise ValueError("a licence needs the qualification it is for")
        return self

    @cached_property
    def holds(self) -> frozenset[Qualification]:
        """Everything the staff member is qualified for, implied qualifications included."""
        return implied_by(self.qualifications)

    def is_licensed_for(self, qualification: Qualification) -> bool:
        """Say whether a licence covers `qualification`, by itself or as part of a specialty."""
        return any(
            qualification in implied_by(frozenset({licence.profession}))
            for licence in self.licences
        )
