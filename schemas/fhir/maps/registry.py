"""All maps, by component and field."""

from schemas.errors import ComponentError
from schemas.fhir.fact_map import FactMap
from schemas.fhir.maps.administrative import ADMINISTRATIVE
from schemas.fhir.maps.consent import CONSENT
from schemas.fhir.maps.discharge import DISCHARGE
from schemas.fhir.maps.health import HEALTH
from schemas.fhir.maps.identity import IDENTITY
from schemas.fhir.maps.interventions import INTERVENTIONS
from schemas.fhir.maps.referral import REFERRAL
from schemas.sensitivity import Component

MAPS: dict[Component, dict[str, FactMap]] = {
    "administrative": ADMINISTRATIVE,
    "identity": IDENTITY,
    "health": HEALTH,
    "discharge-summary": DISCHARGE,
    "referral": REFERRAL,
    "interventions": INTERVENTIONS,
    "consent": CONSENT,
}


def map_of(component: Component, field: str) -> FactMap:
    """Return how a field is spelt in FHIR. Raises ComponentError for one that isn't known."""
    try:
        return MAPS[component][field]
    except KeyError:
        raise ComponentError("is not a known fact", component) from None
