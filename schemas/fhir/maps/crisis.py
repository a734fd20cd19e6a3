"""Observation check-list and crisis assessment in FHIR.

The check-list is a QuestionnaireResponse, in progress until a professional has read it. Each group
of the assessment is an Observation whose components are the answers, coded where the free set of
SNOMED CT or LOINC has a code; what was not answered says why by HL7's data-absent reasons.
"""

from typing import Any

from schemas.fhir.codecs import PLAIN, Codec, Json, coding, concept, mapped, wrapped
from schemas.fhir.fact_map import VALUE, FactMap, fact
from schemas.fhir.lenses import (
    Lens,
    answer_element,
    answers,
    asked,
    at,
    component,
    components,
    own_ext,
    read_answer,
)
from schemas.fhir.maps.shared import CASEWORKER_REF, observed, own_code
from schemas.fhir.systems import DATA_ABSENT, LOINC, SNOMED, own

QUESTIONNAIRE = own("questionnaire") + ":"
"""Prefix of the canonical names of our check-lists and of published instruments."""
_YES_NO = concept(own("answer"))
_REASONS = {
    "unknown": "asked-unknown",
    "not-yet": "temp-unknown",
    "not-asked": "not-asked",
    "declined": "asked-declined",
}
_REASON_NAMES = {code: name for name, code in _REASONS.items()}


def _encode_absence(answer: str) -> Json | None:
    reason = _REASONS.get(answer)
    return {"coding": [{"system": DATA_ABSENT, "code": reason}]} if reason else None


_ABSENCE = Codec(_encode_absence, lambda value: _REASON_NAMES[value["coding"][0]["code"]])


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


def asked_alone(name: str, *, label: str) -> FactMap:
    """Describe a fact that is one answer: an Observation with a value or a reason for none."""

    def put(node: Json, answer: Any) -> None:
        node |= answer_element(answer, _YES_NO, _ABSENCE)

    lens = Lens(VALUE, "value", put, lambda node: read_answer(node, _YES_NO, _ABSENCE))
    return observed(own_code(name), lens, label=label)


def _asked(*names: str, **coded: tuple[str, str]) -> tuple[Lens, ...]:
    """Return the lenses of questions, with published codes or codes of our own."""
    codes: dict[str, tuple[str, str] | None] = dict.fromkeys(names) | coded
    return tuple(asked(name, _YES_NO, _ABSENCE, code=code) for name, code in codes.items())


def _totals(*names: str, **coded: tuple[str, str]) -> tuple[Lens, ...]:
    codes: dict[str, tuple[str, str] | None] = dict.fromkeys(names) | coded
    return tuple(component(name, "valueInteger", code=code) for name, code in codes.items())


def _assessed(name: str, *lenses: Lens, label: str) -> FactMap:
    return observed(
        own_code(name),
        at("on", "effectiveDateTime"),
        at("by", "performer.0", CASEWORKER_REF),
        *lenses,
        label=label,
        category="survey",
    )


def _ticked(name: str, system: str) -> Lens:
    return answers(name, "valueCoding", coding(own(system)), many=True)


def _reviewed_by() -> Lens:
    """Say who read the check-list, and that it is complete by that."""
    inner = own_ext("reviewed_by", "valueReference", CASEWORKER_REF)

    def put(node: Json, value: Any) -> None:
        node["status"] = "completed"
        inner.put(node, value)

    return Lens("reviewed_by", "status", put, inner.get)


_AWARENESS = Codec(
    lambda slug: (
        {"system": SNOMED, "code": "62476001"}
        if slug == "disoriented"
        else {"system": own("awareness"), "code": slug}
    ),
    lambda value: "disoriented" if value["system"] == SNOMED else value["code"],
)
_VICTIM_OF = mapped(
    {
        "trafficking": (SNOMED, "734998001"),
        "torture": (SNOMED, "95318007"),
        "rape": (SNOMED, "42085001"),
        "threats": (SNOMED, "225819001"),
        "other": (own("victim-of"), "other"),
    }
)

CRISIS: dict[str, FactMap] = {
    "observation": form(
        "observation-checklist",
        answers("observer_role", "valueCoding", coding(own("observer-role"))),
        answers("place", "valueString"),
        _ticked("appearance", "appearance"),
        _ticked("emotion", "emotion"),
        answers("awareness", "valueCoding", _AWARENESS),
        _ticked("interaction", "interaction"),
        answers("note", "valueString"),
        _reviewed_by(),
        own_ext("reviewed_on", "valueDateTime"),
        label="Observation check-list",
        status="in-progress",
    ),
    "crisis_danger": _assessed(
        "crisis-danger",
        *_asked(
            suicidal_thoughts=(SNOMED, "6471006"),
            feels_suicidal=(SNOMED, "225457007"),
            suicide_threat=(SNOMED, "41501003"),
            past_attempt=(SNOMED, "82313006"),
            self_injury=(SNOMED, "248062006"),
            threat_to_others=(SNOMED, "61372001"),
            psychotic_signs=(SNOMED, "69322001"),
        ),
        *_asked("intoxication_or_withdrawal", "urgent_medical_complaint"),
        label="Crisis assessment: immediate danger",
    ),
    "crisis_stress": _assessed(
        "crisis-stress",
        component("distress", "valueInteger"),
        *_asked(
            "appetite",
            "pain",
            "concentration",
            "irritability",
            sleep=(SNOMED, "193462001"),
            nightmares=(SNOMED, "419145002"),
            panic=(SNOMED, "225624000"),
        ),
        *_totals("k6_total", "k10_total", "srq_20_total"),
        label="Crisis assessment: stress",
    ),
    "crisis_trauma": _assessed(
        "crisis-trauma",
        *_asked(
            "re_experiencing",
            "avoidance",
            "arousal",
            dissociation=(SNOMED, "44376007"),
            shame=(SNOMED, "225012006"),
        ),
        components("victim_of", wrapped("valueCodeableConcept", _VICTIM_OF)),
        *_totals("pc_ptsd_5_total", "pcl_5_total", "ies_r_total"),
        label="Crisis assessment: impact of trauma",
    ),
    "crisis_family": _assessed(
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
    "crisis_substances": _assessed(
        "crisis-substances",
        *_asked("alcohol", "drugs"),
        component("last_use", "valueString"),
        *_totals(audit_c_total=(LOINC, "75626-2"), dast_10_total=(LOINC, "82667-7")),
        label="Crisis assessment: alcohol and drugs",
    ),
    "crisis_summary": form(
        "crisis-summary",
        answers("risk_level", "valueCoding", coding(own("risk-level"))),
        answers("measures", "valueString"),
        answers("first_aid", "valueString"),
        answers("referral_made", "valueBoolean"),
        answers("watch_plan", "valueString"),
        answers("review_due", "valueDate", PLAIN),
        answers("author_role", "valueCoding", coding(own("team-role"))),
        answers("emergency_author", "valueBoolean"),
        answers("confirmed_by", "valueReference", CASEWORKER_REF),
        answers("confirmed_on", "valueDateTime"),
        label="Crisis assessment: summary",
    ),
}
