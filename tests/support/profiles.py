"""Profiles of other bodies as code: what no judge of plain R4 knows.

DS4P 1.0 (HL7 security labels), the IHE PCF consent profiles, and our own rule that a section holds
everything it refers to. Each checker returns its objections in words; nothing means it conforms.
"""

from collections.abc import Iterator
from typing import Any, Literal

Json = dict[str, Any]
Level = Literal["basic", "intermediate", "advanced"]

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
CONFIDENTIALITY = f"{_TERMINOLOGY}/v3-Confidentiality"
ACT_CODE = f"{_TERMINOLOGY}/v3-ActCode"
_RANK = "ULMNRV"
_SENSITIVITY_CODES = (
    # v3-ActCode under _InformationSensitivityPolicy in R4 4.0.1
    "ETH GDIS HIV MST SCA SDV SEX SPI BH COGN DVD EMOTDIS MH PSY PSYTHPN SUD ETHUD OPIOIDUD STD VIO"
    " DEMO DOB GENDER LIVARG MARST RACE REL B EMPL LOCIS SSP ADOL CEL DIA DRGIS EMP PDS PHY PRS"
    # added to it since, and used by DS4P
    " IDS PATLOC PREGNANT"
)
_SENSITIVITIES = frozenset(_SENSITIVITY_CODES.split())
_MARKS = frozenset({"NODSCLCD", "NODSCLCDS", "NORDSCLCD", "NORDSCLCDS", "NORDSLCD", "MASK"})
"""Obligations and refrains that tell a reader of the envelope what is inside."""
_ENVELOPES = frozenset({"Bundle", "DocumentReference", "MessageHeader"})


def resources_of(resource: Json) -> list[Json]:
    """Return the resource, and for a Bundle those of its entries after it."""
    entries = resource.get("entry", []) if resource["resourceType"] == "Bundle" else []
    return [resource, *(entry["resource"] for entry in entries if "resource" in entry)]


def _name(resource: Json) -> str:
    return f"{resource['resourceType']}/{resource.get('id', '?')}"


def _labels(resource: Json, system: str) -> list[str]:
    security = resource.get("meta", {}).get("security", [])
    return [label.get("code", "") for label in security if label.get("system") == system]


def ds4p_faults(resource: Json) -> list[str]:
    """Return what breaks DS4P in the labels of a resource, or of a Bundle and all its entries."""
    every = resources_of(resource)
    return [fault for one in every for fault in _label_faults(one)] + _high_water_faults(every)


def _label_faults(resource: Json) -> Iterator[str]:
    confidentiality = _labels(resource, CONFIDENTIALITY)
    if len(confidentiality) != 1 or confidentiality[0] not in _RANK:
        yield f"{_name(resource)}: needs exactly one confidentiality code"
    for code in _labels(resource, ACT_CODE):
        if code in _MARKS and resource["resourceType"] in _ENVELOPES:
            yield f"{_name(resource)}: an envelope may not carry {code}"
        elif code not in _SENSITIVITIES | _MARKS:
            yield f"{_name(resource)}: {code} is not a sensitivity"


def _high_water_faults(every: list[Json]) -> list[str]:
    """A Bundle is as confidential as the most confidential of its entries."""
    if len(every) == 1:
        return []
    bundle, *inside = ("".join(_labels(one, CONFIDENTIALITY)) for one in every)
    ranks = [_RANK.find(code) for code in inside if len(code) == 1]
    if ranks and _RANK.find(bundle) != max(ranks):
        return [f"{_name(every[0])}: is not labelled as its most confidential entry"]
    return []


def emitted_faults(bundle: Json) -> list[str]:
    """Return what breaks any profile in a section of ours; Consents are held to advanced PCF."""
    consents = [one for one in resources_of(bundle) if one["resourceType"] == "Consent"]
    pcf = [f"{_name(one)}: {fault}" for one in consents for fault in pcf_faults(one, "advanced")]
    return ds4p_faults(bundle) + section_faults(bundle) + pcf


def section_faults(bundle: Json) -> list[str]:
    """Return references of a Bundle that leave it, and resources that have no address in it."""
    here = {entry.get("fullUrl") for entry in bundle.get("entry", [])}
    faults = [
        f"{_name(entry['resource'])}: has no fullUrl"
        for entry in bundle.get("entry", [])
        if not entry.get("fullUrl")
    ]
    return faults + [
        f"{_name(resource)}: refers to something outside the bundle"
        for resource in resources_of(bundle)[1:]
        for target in _references(resource)
        if target not in here and not target.startswith("#")
    ]


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield node["reference"]
        for child in node.values():
            yield from _references(child)
    elif isinstance(node, list):
        for child in node:
            yield from _references(child)


_REQUIRED = ("status", "scope", "category", "patient", "dateTime", "performer", "organization")
_FORBIDDEN_IN_PROVISION = ("action", "class", "code")
_BEYOND_BASIC = ("securityLabel", "dataPeriod", "data", "provision")
_MEANINGS = {"instance", "related", "authoredby"}


def pcf_faults(consent: Json, level: Level) -> list[str]:
    """Return what breaks the IHE PCF consent profile of a level (basic within the others)."""
    faults = [f"lacks {element}" for element in _REQUIRED if not consent.get(element)]
    if not any(name.startswith("source") for name in consent):
        faults.append("lacks source[x]")
    if "verification" in consent:
        faults.append("verification is forbidden")
    faults += _scope_and_policy_faults(consent)
    root = consent.get("provision")
    return faults + (_root_faults(root, level) if root else ["lacks provision"])


def _coded(concept: Any, system: str, code: str) -> bool:
    codings = concept.get("coding", []) if isinstance(concept, dict) else []
    return any((one.get("system"), one.get("code")) == (system, code) for one in codings)


def _scope_and_policy_faults(consent: Json) -> Iterator[str]:
    if not _coded(consent.get("scope"), f"{_TERMINOLOGY}/consentscope", "patient-privacy"):
        yield "scope is not patient-privacy"
    policies = consent.get("policy", [])
    if not policies and "policyRule" not in consent:
        yield "lacks policy or policyRule (ppc-1)"
    if not all(policy.get("uri") for policy in policies):
        yield "a policy lacks its uri"


def _root_faults(root: Json, level: Level) -> list[str]:
    faults = list(_provision_faults(root, level))
    if not root.get("type"):
        faults.append("provision lacks type")
    for exception in root.get("provision", []):
        faults += _provision_faults(exception, level)
        if "provision" in exception:
            faults.append("a provision of the third level is forbidden")
    return faults


def _provision_faults(provision: Json, level: Level) -> Iterator[str]:
    for name in _FORBIDDEN_IN_PROVISION:
        if name in provision:
            yield f"provision.{name} is forbidden"
    if level == "basic":
        yield from (f"{name} is beyond basic" for name in _BEYOND_BASIC if name in provision)
    if level == "intermediate" and "securityLabel" in provision:
        yield "securityLabel is beyond intermediate"
    if not all(data.get("meaning") in _MEANINGS for data in provision.get("data", [])):
        yield "data.meaning is not instance, related or authoredby"
    for actor in provision.get("actor", []):
        if not _coded(actor.get("role"), f"{_TERMINOLOGY}/v3-ParticipationType", "IRCP"):
            yield "the role of an actor is not IRCP"
    if not all(label.get("code") for label in provision.get("securityLabel", [])):
        yield "a securityLabel lacks its code"
