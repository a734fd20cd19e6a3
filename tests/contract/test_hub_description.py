"""openapi/hub.json is what the application says of itself."""

from pathlib import Path

from services.hub.description import describe, hub_description

COMMITTED = Path(__file__).parents[2] / "openapi" / "hub.json"


def test_the_committed_description_is_current() -> None:
    assert COMMITTED.read_text() == hub_description(), "run `make openapi`"


def test_everything_but_the_open_routes_asks_for_a_signature() -> None:
    unsigned = {
        path
        for path, operations in describe()["paths"].items()
        for operation in operations.values()
        if "security" not in operation
    }
    assert unsigned == {
        "/healthz",
        "/readyz",
        "/metrics",
        "/v1/hub",
        "/v1/revocations/by-code",
        "/v1/audit/checkpoint",
        "/v1/audit/tile/{path}",
    }


def test_every_reference_leads_somewhere() -> None:
    text = hub_description()
    names = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert names <= set(describe()["components"]["schemas"])
