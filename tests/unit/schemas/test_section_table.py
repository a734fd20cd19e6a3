"""Which section every field of every component goes to, cell by cell.

Written down a second time by hand, so that a changed row is seen. A cell is a field, or a field and
the kind of its fact. PROTOCOL section 4.
"""

import pytest

from schemas.components.assignment import ASSIGNMENTS
from schemas.fhir.labels import LABELS, security
from schemas.fhir.systems import ACT_CODE, CONFIDENTIALITY, SENSITIVITY
from schemas.sensitivity import CATEGORIES

CELLS = """
administrative.profile general
administrative.gender_identity reproductive
administrative.age general
administrative.minor_at_admission general
administrative.age_band general
administrative.linked_codes identity
administrative.linked_persons family
administrative.interpreter_missing general
administrative.literate general
administrative.education general
administrative.occupation_before general
administrative.origin legal-status
administrative.displacement legal-status
administrative.legal_status legal-status
administrative.identification trafficking
administrative.number_of_children family
administrative.dependants family
administrative.unaccompanied family
administrative.stays general
administrative.case_status general
administrative.completed_tasks general
administrative.completed_tasks[task=crisis-assessment] mental-health
administrative.completed_tasks[task=in-depth-mental-health-assessment] mental-health
administrative.completed_tasks[task=diagnosis] mental-health
administrative.completed_tasks[task=brief-psychotherapy] mental-health
administrative.completed_tasks[task=psychotherapy] mental-health
administrative.care_team general
administrative.referrer trafficking
administrative.confidentiality_assured general
administrative.consent_state general
administrative.urgent_needs general
administrative.absent general
administrative.safe_contact location
administrative.guardians family
administrative.family_members family
identity.person identity
identity.snapshots identity
identity.whereabouts location
identity.contacts identity
identity.documents identity
health.alerts general
health.alerts[kind=psychosis] mental-health
health.alerts[kind=intoxication] substance-use
health.alerts[kind=aggression] violence
health.alerts[kind=suicide] mental-health
health.complaints general
health.problems general
health.findings general
health.blood_pressures general
health.measurements general
health.lab_results general
health.screenings infectious
health.pregnancy reproductive
health.allergies general
health.medications general
health.prescriptions general
health.immunizations general
health.procedures general
health.instruments substance-use
health.instruments[instrument=phq-9] mental-health
health.instruments[instrument=gad-7] mental-health
health.instruments[instrument=pcl-5] mental-health
health.instruments[instrument=pc-ptsd-5] mental-health
health.instruments[instrument=ies-r] mental-health
health.instruments[instrument=who-5] mental-health
health.instruments[instrument=k10] mental-health
health.instruments[instrument=srq-20] mental-health
health.instruments[instrument=c-ssrs] mental-health
health.instruments[instrument=rhs-15] mental-health
health.instruments[instrument=htq] mental-health
health.instruments[instrument=hscl-25] mental-health
health.instruments[instrument=other] mental-health
health.functioning general
health.disability general
health.baselines general
health.baselines[kind=mental] mental-health
health.mental_health_before mental-health
health.family_background family
health.needs general
health.needs_by_area general
health.needs_by_area[area=safety] violence
health.needs_by_area[area=psychosocial] mental-health
health.needs_by_area[area=legal] legal-status
health.exploitation trafficking
health.risks general
health.risks[kind=violence] violence
health.risks[kind=re-trafficking] trafficking
health.risks[kind=stigma] trafficking
health.risks[kind=family] family
health.risks[kind=self-harm] mental-health
health.safety_plan violence
health.care_plan general
health.goals general
health.goals[area=mental-health] mental-health
health.goals[area=safety] violence
health.goals[area=legal] legal-status
health.goals[area=family] family
health.observation mental-health
health.crisis_danger mental-health
health.crisis_stress mental-health
health.crisis_trauma trafficking
health.crisis_family violence
health.crisis_substances substance-use
health.crisis_summary mental-health
health.pursued_by_traffickers trafficking
health.forced_substance_use trafficking
health.notes general
health.notes[kind=case-conference] mental-health
health.notes[kind=counselling] mental-health
health.notes[kind=observation] mental-health
health.letters general
health.letters[party=authority] legal-liaison
health.letters[party=family] family
health.legal_papers legal-liaison
health.documents general
health.documents[kind=legal-paper] legal-liaison
health.documents[kind=identity-document] identity
health.documents[kind=received-bundle] identity
health.documents[kind=consent-form] identity
discharge-summary.document general
discharge-summary.attestations general
discharge-summary.attestations[part=course-of-stay] mental-health
discharge-summary.attestations[part=assessment-on-admission] mental-health
discharge-summary.attestations[part=mental-status] mental-health
discharge-summary.alerts general
discharge-summary.alerts[kind=psychosis] mental-health
discharge-summary.alerts[kind=intoxication] substance-use
discharge-summary.alerts[kind=aggression] violence
discharge-summary.alerts[kind=suicide] mental-health
discharge-summary.reason_for_admission trafficking
discharge-summary.course_of_stay mental-health
discharge-summary.assessment_on_admission mental-health
discharge-summary.diagnoses general
discharge-summary.open_problems general
discharge-summary.mental_status mental-health
discharge-summary.self_care general
discharge-summary.allergies general
discharge-summary.medications general
discharge-summary.immunizations general
discharge-summary.procedures general
discharge-summary.results general
discharge-summary.screenings infectious
discharge-summary.care_plan general
discharge-summary.goals general
discharge-summary.goals[area=mental-health] mental-health
discharge-summary.goals[area=safety] violence
discharge-summary.goals[area=legal] legal-status
discharge-summary.goals[area=family] family
discharge-summary.follow_ups general
discharge-summary.appointments general
discharge-summary.not_carried general
discharge-summary.instructions general
discharge-summary.disposition general
discharge-summary.comprehension general
discharge-summary.copies general
discharge-summary.copies[kind=legal-paper] legal-liaison
discharge-summary.copies[kind=identity-document] identity
discharge-summary.copies[kind=received-bundle] identity
discharge-summary.copies[kind=consent-form] identity
discharge-summary.consents general
discharge-summary.consents[covers=identity] identity
discharge-summary.consents[covers=location] location
discharge-summary.consents[covers=legal-liaison] legal-liaison
discharge-summary.consents[covers=legal-status] legal-status
discharge-summary.consents[covers=trafficking] trafficking
discharge-summary.consents[covers=violence] violence
discharge-summary.consents[covers=reproductive] reproductive
discharge-summary.consents[covers=infectious] infectious
discharge-summary.consents[covers=mental-health] mental-health
discharge-summary.consents[covers=substance-use] substance-use
discharge-summary.consents[covers=family] family
discharge-summary.consents[covers=general] general
discharge-summary.contacts location
discharge-summary.documents general
discharge-summary.documents[kind=legal-paper] legal-liaison
discharge-summary.documents[kind=identity-document] identity
discharge-summary.documents[kind=received-bundle] identity
discharge-summary.documents[kind=consent-form] identity
referral.request general
referral.state general
referral.preview general
referral.caregiver family
referral.safe_contact location
referral.letter mental-health
referral.deliveries general
referral.deliveries[party=family] family
referral.deliveries[party=authority] legal-liaison
referral.journey location
referral.taken_up general
referral.follow_ups general
referral.back_reports general
referral.contacts location
referral.documents general
referral.documents[kind=legal-paper] legal-liaison
referral.documents[kind=identity-document] identity
referral.documents[kind=received-bundle] identity
referral.documents[kind=consent-form] identity
interventions.caseworkers general
interventions.interventions general
interventions.interventions[kind=crisis-intervention] mental-health
interventions.interventions[kind=psychosocial] mental-health
interventions.interventions[kind=psychotherapy] mental-health
interventions.interventions[kind=legal] legal-liaison
interventions.interventions[kind=police-liaison] legal-liaison
interventions.interventions[kind=family-mediation] family
interventions.interventions[kind=reunification] family
interventions.handovers general
consent.consent identity
"""


def _told_apart() -> dict[str, str]:
    cells: dict[str, str] = {}
    for component, rows in ASSIGNMENTS.items():
        for field, row in rows.items():
            cells[f"{component}.{field}"] = row.category
            for kind, category in row.kinds.items():
                cells[f"{component}.{field}[{row.kind}={kind}]"] = category
    return cells


WRITTEN = dict(line.split() for line in CELLS.split("\n") if line)


def test_no_cell_is_missing_and_none_is_left_over():
    assert set(_told_apart()) == set(WRITTEN)


@pytest.mark.parametrize("cell", WRITTEN)
def test_each_cell_is_what_it_should_be(cell):
    assert _told_apart()[cell] == WRITTEN[cell]


LABEL_CELLS = {
    "identity": ("V", {"IDS", "DEMO"}),
    "location": ("V", {"LOCIS", "PATLOC"}),
    "legal-liaison": ("R", {"SPI"}),
    "legal-status": ("R", {"SPI", "DEMO"}),
    "trafficking": ("R", {"SDV", "VIO"}),
    "violence": ("R", {"SDV", "VIO"}),
    "reproductive": ("R", {"SEX", "PREGNANT"}),
    "infectious": ("R", {"STD", "HIV"}),
    "mental-health": ("R", {"PSY", "MH"}),
    "substance-use": ("R", {"SUD", "ETH"}),
    "family": ("R", {"LIVARG"}),
    "general": ("N", set()),
}
"""One confidentiality code of v3-Confidentiality; sensitivities of v3-ActCode (HL7 DS4P 1.0)."""


def test_every_category_has_its_labels_written_down():
    assert tuple(LABEL_CELLS) == CATEGORIES == tuple(LABELS)


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_section_bears_exactly_the_labels_of_its_category(category):
    confidentiality, sensitivities = LABEL_CELLS[category]
    labels = {(label["system"], label["code"]) for label in security([category])}
    assert labels == {
        (CONFIDENTIALITY, confidentiality),
        (SENSITIVITY, category),
        *((ACT_CODE, code) for code in sensitivities),
    }
