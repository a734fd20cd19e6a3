"""The hub cannot open or understand a record: the code for it is not even loaded."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.running_hub import URL

FORBIDDEN = (
    "exchange.opening",
    "keys.opening",
    "keys.keyring",
    "schemas.components",
    "schemas.fhir",
    "fhir",
)

RUN = """
import asyncio, sys
from pathlib import Path
import httpx
from services.hub.admin import make_hub
from services.hub.app import create_app
from services.hub.description import describe
from services.hub.settings import load_settings
from services.web import serve

async def run():
    folder = Path(sys.argv[1])
    await make_hub(folder, sys.argv[2])
    app = create_app(load_settings(folder))
    async with app.router.lifespan_context(app):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http:
            for path in ("/readyz", "/v1/hub", "/v1/audit/checkpoint", "/v1/consents"):
                await http.get(sys.argv[2] + path)
    describe()

asyncio.run(run())
print("\\n".join(sorted(sys.modules)))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names of all modules in a fresh interpreter in which a hub has served."""
    folder = tmp_path_factory.mktemp("blind") / "hub"
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(folder), URL],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return set(done.stdout.split())


def test_the_hub_did_run(loaded: set[str]) -> None:
    assert {"services.hub.delivery", "exchange.consent", "keys.signing"} <= loaded


@pytest.mark.parametrize("module", FORBIDDEN)
def test_nothing_that_opens_or_understands_records_is_loaded(loaded: set[str], module: str) -> None:
    assert not {one for one in loaded if one == module or one.startswith(f"{module}.")}
