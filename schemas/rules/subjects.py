"""What is written, as far as the author rules tell it apart, and what one does with it."""

from typing import Literal, get_args

Verb = Literal["author", "compile", "approve", "attest", "confirm", "read"]
"""author: find it oneself and record it. compile: put down what others found, under their codes.
approve: let take effect what someone proposed. attest: answer for clinical parts of a whole.
confirm: take over what was written in an emergency or unseen by a professional. read: read it."""

Subject = Literal[
    # the stay and the person, without clinical facts
    "stay",
    "care-team",
    "completeness",
    "intake",
    "identity",
    "whereabouts",
    "family",
    "legal-status",
    "legal-papers",
    "trafficking-history",
    "social-history",
    # first hours
    "complaint",
    "alert",
    "observation",
    "crisis-sheet",
    "crisis-sheet-emergency",
    # clinical facts
    "clinical-fact",
    "medical-examination",
    "medical-test",
    "functioning",
    "problem",
    "diagnosis-medical",
    "diagnosis-psychiatric",
    "diagnosis-nursing",
    "diagnosis-uncoded",
    "rating-scale",
    "clinical-instrument",
    "psychological-test",
    "prescription",
    "prescription-on-order",
    "telling",
    # plans and notes
    "risk",
    "plan",
    "progress-note",
    "counselling-note",
    "correspondence",
    "outside-report",
    "received-record",
    # consent
    "consent",
    "consent-explanation",
    # discharge and referral
    "discharge-summary",
    "discharge-clinical-part",
    "self-care",
    "comprehension",
    "copies",
    "referral",
    "referral-note",
    "referral-state",
    "back-report",
    "contact-list",
    # caseworkers and services
    "caseworkers",
    "handover",
    "information-support",
    "legal-guidance",
    "outside-liaison",
    "crisis-intervention",
    "health-service",
    "psychosocial-support",
    "psychotherapy",
    "group-activity",
    "family-work",
    "vocational-work",
    "practical-help",
]
"""Rows of the matrix (schemas.rules.matrix)."""

SUBJECTS: tuple[Subject, ...] = get_args(Subject)
VERBS: tuple[Verb, ...] = get_args(Verb)
