"""Observation check-list and crisis assessment in FHIR: a QuestionnaireResponse for each group."""

from schemas.fhir.codecs import PLAIN, coding
from schemas.fhir.fact_map import FactMap, fact
from schemas.fhir.lenses import Lens, answers, at
from schemas.fhir.maps.shared import CASEWORKER_REF
from schemas.fhir.systems import own

QUESTIONNAIRE = own("questionnaire") + ":"
"""Prefix of the canonical names of our check-lists and of published instruments."""
_ANSWER = coding(own("answer"))


def form(name: str, *lenses: Lens, label: str, status: str = "completed") -> FactMap:
    """Describe a fact that is a filled-in form of ours."""
    return fact(
        "QuestionnaireResponse",
        at("on", "authored"),
        at("by", "author", CASEWORKER_REF),
        *lenses,
        label=label,
        status=status,
        questionnaire=QUESTIONNAIRE + name,
    )


def _asked(*names: str) -> tuple[Lens, ...]:
    """Return the lenses of questions answered yes, no, unknown, not asked or declined."""
    return tuple(answers(name, "valueCoding", _ANSWER) for name in names)


def _ticked(name: str, system: str) -> Lens:
    return answers(name, "valueCoding", coding(own(system)), many=True)


CRISIS: dict[str, FactMap] = {
    "observation": form(
        "observation-checklist",
        answers("observer_role", "valueCoding", coding(own("observer-role"))),
        _ticked("appearance", "appearance"),
        _ticked("emotion", "emotion"),
        answers("awareness", "valueCoding", coding(own("awareness"))),
        _ticked("interaction", "interaction"),
        answers("note", "valueString"),
        label="Observation check-list",
    ),
    "crisis_danger": form(
        "crisis-danger",
        *_asked(
            "suicidal_thoughts",
            "past_attempt",
            "self_injury",
            "threat_to_others",
            "psychotic_signs",
            "intoxication_or_withdrawal",
            "urgent_medical_complaint",
        ),
        label="Crisis assessment: immediate danger",
    ),
    "crisis_stress": form(
        "crisis-stress",
        answers("distress", "valueInteger"),
        *_asked(
            "sleep", "nightmares", "panic", "appetite", "pain", "concentration", "irritability"
        ),
        label="Crisis assessment: stress",
    ),
    "crisis_trauma": form(
        "crisis-trauma",
        *_asked("re_experiencing", "avoidance", "arousal", "dissociation", "shame"),
        _ticked("victim_of", "victim-of"),
        label="Crisis assessment: impact of trauma",
    ),
    "crisis_family": form(
        "crisis-family",
        *_asked(
            "support",
            "conflict",
            "violence_at_home",
            "wishes_contact",
            "dependants_abroad",
            "threats_to_family",
        ),
        label="Crisis assessment: family",
    ),
    "crisis_substances": form(
        "crisis-substances",
        *_asked("alcohol", "drugs"),
        answers("last_use", "valueString"),
        label="Crisis assessment: alcohol and drugs",
    ),
    "crisis_summary": form(
        "crisis-summary",
        answers("risk_level", "valueCoding", coding(own("risk-level"))),
        answers("measures", "valueString"),
        answers("first_aid", "valueString"),
        answers("referral_made", "valueBoolean"),
        answers("review_due", "valueDate", PLAIN),
        answers("emergency_author", "valueBoolean"),
        answers("confirmed_by", "valueReference", CASEWORKER_REF),
        answers("confirmed_on", "valueDateTime"),
        label="Crisis assessment: summary",
    ),
}
