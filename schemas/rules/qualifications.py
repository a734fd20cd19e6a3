"""What someone is trained for: one closed list, and what implies what (booklet 3.4, 4.1, 4.4).

A role (schemas.wire.statement) is the post; a qualification is what the person who holds it has
learned or been given as a task. A right needs both (R16). Professions are what is learned before
coming here; levels of training are the four courses of the booklet; a task description names a
task that the facility gives to someone without the profession for it.
"""

from typing import Literal, get_args

Training = Literal[
    "training-introductory", "training-basic", "training-intermediate", "training-high"
]
"""The four courses (booklet 3.4.1 to 3.4.4), each building on the one before."""

Profession = Literal[
    "medicine",
    "psychiatry",
    "nursing",
    "psychology",
    "clinical-psychology",
    "social-work",
    "clinical-social-work",
    "law",
]
Skill = Literal[
    "mental-health",
    "psychotherapy",
    "nursing-diagnosis",
    "interpreting",
    "vocational-education",
]
"""Further training beside a profession: in mental health care, in psychotherapy and so on."""

TaskDescription = Literal["task-crisis-sheet"]
"""Written orders that let a trained volunteer or guard do one task in an emergency (R22)."""

Qualification = Literal[Training, Profession, Skill, TaskDescription]

QUALIFICATIONS: tuple[Qualification, ...] = get_args(Qualification)

IMPLIED: dict[Qualification, tuple[Qualification, ...]] = {
    "training-basic": ("training-introductory",),
    "training-intermediate": ("training-basic",),
    "training-high": ("training-intermediate",),
    "psychiatry": ("medicine", "mental-health"),
    "psychology": ("mental-health",),
    "clinical-psychology": ("psychology",),
    "clinical-social-work": ("social-work", "mental-health"),
}
"""What else whoever has a qualification has; applied again to what it gives."""

REGULATED: frozenset[Qualification] = frozenset(
    {"medicine", "psychiatry", "nursing", "clinical-psychology", "law"}
)
"""Professions whose licence, with issuer and country, belongs in the staff register (R120)."""

LABELS: dict[Qualification, str] = {
    "training-introductory": "introductory course",
    "training-basic": "basic skills training",
    "training-intermediate": "intermediate skills training",
    "training-high": "high-level skills training",
    "medicine": "medicine",
    "psychiatry": "psychiatry",
    "nursing": "nursing",
    "psychology": "psychology",
    "clinical-psychology": "clinical psychology",
    "social-work": "social work",
    "clinical-social-work": "clinical social work",
    "law": "law",
    "mental-health": "training in mental health care",
    "psychotherapy": "training in psychotherapy",
    "nursing-diagnosis": "training in nursing diagnosis",
    "interpreting": "interpreting",
    "vocational-education": "vocational education",
    "task-crisis-sheet": "task description for the crisis sheet",
}
"""How each is called in a sentence."""


def implied_by(qualifications: frozenset[Qualification]) -> frozenset[Qualification]:
    """Return `qualifications` and everything that they imply."""
    more = frozenset(to for held in qualifications for to in IMPLIED.get(held, ()))
    return qualifications if more <= qualifications else implied_by(qualifications | more)
