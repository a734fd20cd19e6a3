"""What a person chose to share: from a choice of components and categories to the lines of a scope.

Pure. A scope never covers more than the choice names; consent records themselves travel only if
they are chosen by name. PROTOCOL section 6.
"""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, model_validator

from exchange.scope import scope_tag
from schemas.sensitivity import CATEGORIES, COMPONENTS, Category, Component
from schemas.wire.base import WireModel
from schemas.wire.statement import FineScopeLine


class ScopeItem(WireModel):
    """A component, a category, or one category of one component."""

    component: Component | None = None
    category: Category | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.component is None and self.category is None:
            raise ValueError("names neither a component nor a category")
        return self

    def covers(self, component: Component, category: Category) -> bool:
        """Say whether a section with these labels is meant."""
        return self.component in (None, component) and self.category in (None, category)


Items = Annotated[list[ScopeItem], Field(max_length=84)]


class ScopeChoice(WireModel):
    """Either `only` what is listed, or `all_except` what is listed."""

    only: Items | None = None
    all_except: Items | None = None

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if (self.only is None) == (self.all_except is None):
            raise ValueError("needs exactly one of only, all_except")
        return self

    def labels(self) -> list[tuple[Component, Category]]:
        """Return the labels of the sections that are meant."""
        return [pair for pair in _everything() if self._means(*pair)]

    def _means(self, component: Component, category: Category) -> bool:
        if self.only is not None:
            return any(item.covers(component, category) for item in self.only)
        excepted = any(item.covers(component, category) for item in self.all_except or ())
        return component != "consent" and not excepted


def _everything() -> Iterator[tuple[Component, Category]]:
    for component in COMPONENTS:
        for category in CATEGORIES:
            yield component, category


def scope_lines(choice: ScopeChoice, scope_key: bytes) -> list[FineScopeLine]:
    """Return the fine scope of a choice; none if nothing is left of it."""
    return [
        FineScopeLine(
            tag=scope_tag(scope_key, component, category),
            component=component,
            category=category,
        )
        for component, category in choice.labels()
    ]
