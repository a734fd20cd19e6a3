"""Small cases for node tests: a few facts in sections of different sensitivity, one attachment."""

import base64
from typing import Any

CODE = "AB-12-34"
NAME = "Ilinca Canary"
COMPLAINT = "cannot sleep since the spring"
ATTACHMENT = bytes(range(256)) * 40

FORM = {
    "use": "care-transfer",
    "given_by": "person",
    "form": "written",
    "explained": ["purpose", "withdrawal", "recipient"],
    "explained_by": "CW-07",
    "language": "uk",
    "understood": True,
}


def identity() -> dict[str, Any]:
    return {
        "person": {"names": [{"use": "official", "text": NAME}], "birth_date": "1999-02-03"},
        "whereabouts": {"phones": ["+373 22 555 014"]},
    }


def health(complaint: str = COMPLAINT) -> dict[str, Any]:
    return {
        "complaints": [{"text": complaint}],
        "problems": [{"code": {"system": "icd-10", "code": "F43.1"}, "kind": "diagnosis"}],
        "screenings": [{"disease": "hiv", "result": "negative", "on": "2026-03-02"}],
        "legal_papers": [
            {
                "title": "Witness summons",
                "authority": "A court",
                "on": "2026-03-01",
                "attachment": "summons-1.pdf",
            }
        ],
    }


def case(code_number: str = CODE, **components: Any) -> dict[str, Any]:
    """Return a case file; without components: identity and health, with an attachment."""
    chosen = components or {"identity": identity(), "health": health()}
    body: dict[str, Any] = {
        "format": "safehand-case/1",
        "code_number": code_number,
        "components": chosen,
    }
    if "health" in chosen and chosen["health"].get("legal_papers"):
        content = base64.b64encode(ATTACHMENT).decode()
        body["attachments"] = [
            {"name": "summons-1.pdf", "content_type": "application/pdf", "base64": content}
        ]
    return body
