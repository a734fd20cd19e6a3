"""The base of every wire model: strict scalars, unknown fields refused, immutable.

Times are integers: seconds since the Unix epoch, UTC. Lists are lists and there are no enums, dates
or UUIDs, so that strict validation treats a parsed body and raw JSON alike.
"""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

Seconds = Annotated[int, Field(ge=0, lt=2**40)]
"""A point in time: seconds since the Unix epoch, UTC."""


class WireModel(BaseModel):
    """Strict, frozen, closed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    def to_bytes(self) -> bytes:
        """Return compact UTF-8 JSON, fields in declaration order: the bytes that get signed."""
        return self.model_dump_json().encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Parse JSON strictly. Raises pydantic.ValidationError."""
        return cls.model_validate_json(data)
