"""A FastAPI application that says nothing to anyone but its callers.

Owns what is switched off in every process: interactive pages, which load scripts from elsewhere,
and FastAPI's own telemetry, which a variable in the environment could make send URLs and errors to
a collector.
"""

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def new_application(title: str) -> FastAPI:
    """Return an application without pages and telemetry."""
    return FastAPI(
        title=title,
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        telemetry=NO_TELEMETRY,
    )
