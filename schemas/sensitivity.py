"""Sensitivity categories: how a record is cut into sections. PROTOCOL section 4.

The order is from the strictest to the least strict; a fact with several sensitivities belongs to
the first that applies. Slugs are frozen: scope tags are computed from them.
"""

from collections.abc import Iterable
from typing import Literal, get_args

Category = Literal[
    "identity",
    "location",
    "legal-liaison",
    "legal-status",
    "trafficking",
    "violence",
    "reproductive",
    "infectious",
    "mental-health",
    "substance-use",
    "family",
    "general",
]

Component = Literal[
    "administrative",
    "identity",
    "health",
    "discharge-summary",
    "referral",
    "interventions",
    "consent",
]

CATEGORIES: tuple[Category, ...] = get_args(Category)
COMPONENTS: tuple[Component, ...] = get_args(Component)


def strictest(categories: Iterable[Category]) -> Category:
    """Return the strictest of `categories`. Raises ValueError if there is none."""
    return min(categories, key=CATEGORIES.index)
